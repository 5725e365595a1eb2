"""Settings of model 704 that end by themselves: what is written for one, and whether its time limit runs.

After ``…RvrtTms`` a device takes over ``…Rvrt`` and ``…EnaRvrt``. The latter tells whether the setting holds after the
lease; some devices take it for the switch of the lease itself. So it is first written as 0 (afterwards the device
decides by itself), and when the device's countdown does not start, as 1 with a value that does no harm. Each try that
starts no countdown is taken back at once, and the way that did is kept for the next time. A device that counts nothing
either way has no lease, and is left as it was.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import batched

from modbus_connection import ModbusUnit

from ..errors import DeviceRefusedError
from .chain import prepared, send
from .models.der_control import DERCtlAC

type Requests = tuple[Mapping[str, int | float], ...]


@dataclass(slots=True)
class Reverting:
    """One setting of a device.

    Args:
        counts: the field of its countdown.
        off: what takes it back.
        refusal: what is told where no countdown starts.
    """

    counts: str
    off: Mapping[str, int]
    refusal: str
    still_enabled: int = 0

    async def start(self, what: str, unit: ModbusUnit, control: DERCtlAC, requests: Callable[[int], Requests]) -> None:
        """Write it, and make sure that its time limit runs.

        Args:
            what: the device and its model, as they begin a sentence.
            unit: where the device answers.
            control: its model 704.
            requests: what is written, by what ``…EnaRvrt`` is to be: what follows the lease, the lease, and last what
                makes it count.

        Raises:
            ModbusError: the device does not take it.
            DeviceError: it has no time limit, or a value cannot be written.
        """
        ways = (self.still_enabled, 1 - self.still_enabled)
        steps = [requests(way) for way in ways]
        off, *encoded = await prepared(what, control, (self.off, *(each for step in steps for each in step)))
        for way, of_way in zip(ways, batched(encoded, len(steps[0]), strict=True), strict=True):
            await send(unit, of_way)
            await control.async_update(notify=False)
            if getattr(control, self.counts):
                self.still_enabled = way
                return
            await send(unit, [off])
        raise DeviceRefusedError(self.refusal)
