"""What a flat has beside its wiring: a car at its charger, and a boiler whose gas a module counts."""

from typing import Final

from .registers.alfen_eve import AlfenSocket
from .registers.moxa_e1210 import PulseCounter

_PULSE_S: Final = 60
"""A boiler that burns 600 litres in an hour closes the meter's contact each minute: a pulse is 10 litres."""


class Garage:
    """Moves both on by whole seconds."""

    def __init__(self) -> None:
        self.socket = AlfenSocket()
        self.counter = PulseCounter()
        self._seconds = 0

    @property
    def demand_mw(self) -> int:
        """What the car draws now, of the flat's power."""
        return self.socket.taken_mw

    def tick(self, *, powered: bool) -> None:
        """A second passes; without power the charger gives nothing, and the contact is counted all the same."""
        if powered:
            self.socket.pass_seconds(1)
        self._seconds += 1
        if self._seconds % _PULSE_S == 0:
            self.counter.pulse(0)
