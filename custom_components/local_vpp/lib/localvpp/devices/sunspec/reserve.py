"""The share of a battery that is kept for an outage: ``MinRsvPct`` of model 124, or ``SoCRsvMin`` of model 802.

It is a setting, kept in the device's memory: it is written when the device shows another value only, and no more often
than a memory bears.
"""

from collections.abc import Callable
from fractions import Fraction
from time import monotonic
from typing import Final

from modbus_connection import ModbusUnit
from modbus_connection.model.sunspec import SunSpecComponent

from .. import plausible
from ..errors import DeviceRefusedError, device_border
from ..mapping import Control, Quantity, Setting, Step
from ..quantity import WordType
from ..writing import Writer
from .chain import prepared

WRITES_PER_DAY: Final = 20
"""Whether a device keeps it in flash is not published; a person, or the weather, changes it less often."""


class Reserve:
    """The setting of one device.

    Args:
        what: the device, as it begins a sentence.
        unit: where it answers.
        component: the model that has it, which is read with the others.
        field: its field there.
        clock: a monotonic clock in seconds.
    """

    def __init__(
        self,
        what: str,
        unit: ModbusUnit,
        component: SunSpecComponent,
        field: str,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._what = what
        self._component = component
        self._field = field
        self._writer = Writer(what, unit, Control(writes_per_day=WRITES_PER_DAY), clock)

    @property
    def percent(self) -> float | None:
        """What the device shows, as far as it was read; None where it has no such setting."""
        return plausible.percent(getattr(self._component, self._field))

    async def set(self, percent: int) -> None:
        """Write it, unless the device shows it already.

        Raises:
            DeviceError: silent, refusing, or without such a setting.
        """
        with device_border(f"{self._what}, its reserve"):
            # It also makes sure that the model still stands there: nothing is written into foreign registers.
            await self._component.async_update(notify=False)
            if self.percent is None:
                raise DeviceRefusedError(f"{self._what} has no setting for a reserve")
            if self.percent == percent:
                return
            (request,) = await prepared(self._what, self._component, [{self._field: percent}])
        setting = Setting(
            name=self._field,
            quantity=Quantity.SHARE,
            address=request.address,
            type=WordType.U16,
            words="big",
            factor=Fraction(1),
            sentinels=frozenset(),
            states={},
            limits=None,
            volatile=False,
            renewed=False,
            single=False,
            readback=None,
        )
        self._writer.forget()  # What the device shows counts, not what was written once.
        await self._writer.send([Step(((setting, Fraction(request.words[0])),))], {})
