"""Settings of model 704 that end by themselves: what is written for one, and whether its time limit runs.

After ``…RvrtTms`` a device takes over ``…Rvrt`` and ``…EnaRvrt``. The latter tells whether the setting holds after the
lease; some devices take it for the switch of the lease itself. So it is first written as 0 (afterwards the device
decides by itself), and when the device's countdown does not start, as 1 with a value that does no harm. Each try that
starts no countdown is taken back at once, and the way that did is kept. A device that counts nothing either way has no
lease, and is left as it was.

Taking back needs a link and somebody alive. So the first setting that a device is given is one that may stay: only
when that was seen to count down, what is wished for is written. It is proven once, and looked at each time.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched

from modbus_connection import ModbusUnit

from ..errors import DeviceRefusedError
from .chain import Request, prepared, send
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
    proven: bool = False
    """Whether its time limit was seen to run."""

    async def start(
        self,
        what: str,
        unit: ModbusUnit,
        control: DERCtlAC,
        requests: Callable[[int], Requests],
        harmless: Callable[[int], Requests],
    ) -> None:
        """Write it, and make sure that its time limit runs.

        Args:
            what: the device and its model, as they begin a sentence.
            unit: where the device answers.
            control: its model 704.
            requests: what is written, by what ``…EnaRvrt`` is to be: what follows the lease, the lease, and last what
                makes it count.
            harmless: the same for a value that may stay for ever.

        Raises:
            ModbusError: the device does not take it.
            DeviceError: it has no time limit, or a value cannot be written.
        """
        ways = (self.still_enabled, 1 - self.still_enabled)
        steps = [*map(harmless, ways), *map(requests, ways)]
        off, *encoded = await prepared(what, control, (self.off, *(each for step in steps for each in step)))
        by_step = list(batched(encoded, len(steps[0]), strict=True))
        wished = dict(zip(ways, by_step[2:], strict=True))

        async def counts_down(tried: Sequence[Request]) -> bool:
            await send(unit, tried)
            await control.async_update(notify=False)
            if getattr(control, self.counts):
                return True
            await send(unit, [off])
            return False

        if not self.proven:
            for way, tried in zip(ways, by_step[:2], strict=True):
                if await counts_down(tried):
                    self.still_enabled, self.proven = way, True
                    break
            else:
                raise DeviceRefusedError(self.refusal)
        self.proven = await counts_down(wished[self.still_enabled])
        if not self.proven:
            raise DeviceRefusedError(self.refusal)
