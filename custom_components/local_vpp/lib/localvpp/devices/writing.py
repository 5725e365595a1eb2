"""Writing a map's commands: each step one request, no more often than the device's memory bears.

What is kept in flash is written on a change only and counted; a day has room for as many writings as the map allows,
and no more: a control loop that went wild must not wear a device out. Only letting go and stopping are never refused:
they follow a command that had its place in the day, and repeat nothing. What is volatile is written whenever it is
asked.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
import logging
from typing import Final

from modbus_connection import ModbusUnit

from .capability import FlashWrites
from .errors import MemoryWornError, device_border
from .mapping import Asked, Control, Setting, Step
from .wear import Wear

_LOGGER: Final = logging.getLogger(__name__)


class Writer:
    """Writes to one device.

    Args:
        what: the device, as it begins a sentence.
        unit: where it answers.
        control: what can be written.
        clock: a monotonic clock in seconds.
        wear: what was written to its memory, where that is known for longer than this.
    """

    def __init__(
        self, what: str, unit: ModbusUnit, control: Control, clock: Callable[[], float], wear: Wear | None = None
    ) -> None:
        self._what = what
        self._unit = unit
        self._control = control
        self._written: dict[str, list[int]] = {}
        self.wear: Final = wear or Wear(clock)
        self._spent = False
        self._let_go: Sequence[Step] | None = None
        """What let go of the device, if nothing was written since."""

    @property
    def flash_writes(self) -> FlashWrites | None:
        """Writings to flash in the last 24 hours; None where nothing is kept in flash."""
        most = self._control.writes_per_day
        return FlashWrites(written=self.wear.today, most=most) if most else None

    async def send(
        self, steps: Sequence[Step], asked: Mapping[Asked, Fraction], *, lets_go: bool = False, stops: bool = False
    ) -> None:
        """Write the steps of a command, in their order; what lets go or stops is written whatever today's budget is.

        A step that only repeats what is in flash already is left out: what is asked for anew, a power or its time, is
        written again, and so is what the device counts its time from.

        Raises:
            MemoryWornError: out of writings for today.
            DeviceError: silent, or refusing.
            ValueError: a setting takes no such value.
        """
        encoded = [(step, [self._words(setting, value, asked) for setting, value in step.writes]) for step in steps]
        due = [(step, words) for step, words in encoded if self._is_due(step, words)]
        flash = sum(step.is_flash for step, _ in due)
        if self.wear.today + flash > self._control.writes_per_day:
            if lets_go and steps == self._let_go:
                due = []
            elif flash and not (lets_go or stops):
                self._refuse()
        elif self._spent:
            self._spent = False
            _LOGGER.info("%s takes settings again", self._what)
        if due:
            self._let_go = None
        for step, words in due:
            first = step.writes[0][0]
            for setting, _ in step.writes:
                self._written.pop(setting.name, None)  # Unknown until the device has taken it.
            if step.is_flash:
                self.wear.wrote()
            with device_border(f"{self._what}, setting {first.name}"):
                if first.single:
                    await self._unit.write_register(first.address, words[0][0])
                else:
                    await self._unit.write_registers(first.address, [word for each in words for word in each])
            for (setting, _), each in zip(step.writes, words, strict=True):
                self._written[setting.name] = each
        if lets_go:
            self._let_go = steps

    def forget(self) -> None:
        """Hold nothing for written any more: the device was away, and may have lost it."""
        self._written.clear()

    def _words(self, setting: Setting, value: Fraction | Asked, asked: Mapping[Asked, Fraction]) -> list[int]:
        return setting.encode(asked[value] if isinstance(value, Asked) else value)

    def _is_due(self, step: Step, words: Sequence[list[int]]) -> bool:
        if step.is_renewed:
            return True
        return any(
            self._written.get(setting.name) != each for (setting, _), each in zip(step.writes, words, strict=True)
        )

    def _refuse(self) -> None:
        error = MemoryWornError(
            f"{self._what} was written to {self.wear.today} times in 24 hours, and its memory bears no more: see "
            "what changes its settings so often"
        )
        if not self._spent:
            self._spent = True
            _LOGGER.warning("%s", error)
        raise error
