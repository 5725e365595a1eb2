"""One line and the devices that share it: a gateway's bus, or a serial line.

A line carries one request at a time. One that nobody answers holds it up until it is given up: by us, and by the
gateway, which may wait for longer and is deaf to everybody meanwhile. Whoever is asked then and does not answer may
well be there, and each further question only makes the queue longer.

We give up earlier than the Modbus libraries, which open a link anew when they themselves gave up so many requests in a
row: so this is seen to here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from typing import Final

from modbus_connection import ModbusUnit

from .serial import SerialUnit, Turns
from .unwritten import BROADCAST, UnwrittenUnit
from .wrapped import Wrapping

HELD_S: Final = 3.0
"""So long a gateway may wait for a device that does not answer. Many can be set, and most are set to one second."""

DEAD_REQUESTS: Final = 3
"""So many requests in a row that nobody on a line answers, and its link is taken for dead, as after a gateway's restart
or a router's that forgot it: then the link does not end, and whatever is sent is lost. One may be a lost packet, two
that and its repetition."""
DEAD_S: Final = 2 * HELD_S
"""So long nobody was heard by then, too: longer than a gateway is deaf that waits for one device."""
DEAD_REQUESTS_MOST: Final = 24
"""The number doubles with each opening that helped nothing, up to this. A device that sleeps alone on its line is not
heard all night, and other programs' devices may be behind the same gateway."""


type Endpoint = tuple[str, str, int] | tuple[str, str]
"""What a link leads to, as ``modbus_connection`` names it; its first word is the kind of link."""


class Line:
    """What is known of a line, by those who share it.

    Args:
        turns: those of a line with the frames of a serial one; None where an answer says which question it belongs to,
            as on Modbus TCP.
    """

    def __init__(self, turns: Turns | None = None) -> None:
        self._turns = turns
        self._devices = 0
        self._held_until = -inf
        self._holder: object = None
        self._asking: list[tuple[float, object]] = []
        self._unheard = 0
        self._unheard_since = inf
        self._dead_requests = DEAD_REQUESTS

    def unit(self, unit: ModbusUnit, number: int, capture: Wrapping | None = None) -> ModbusUnit:
        """Give a unit with a number on this line as it is to be asked, and keep what it says if that is wanted."""
        if number == BROADCAST:
            unit = UnwrittenUnit(unit)
        if capture is not None:
            unit = capture.unit(unit)
        return unit if self._turns is None else SerialUnit(unit, number, self._turns)

    def join(self) -> None:
        """Take up one more device."""
        self._devices += 1

    def leave(self) -> None:
        """Let go of one device."""
        self._devices -= 1
        assert self._devices >= 0, "who leaves a line has joined it"

    @property
    def shared(self) -> bool:
        """Whether there is more than one device."""
        return self._devices > 1

    # --- who holds it up -----------------------------------------------------------------------

    def held(self, now: float) -> bool:
        """Whether the line may still be held up by a request that nobody answered."""
        return self.shared and now < self._held_until

    def held_by(self, who: object, now: float) -> bool:
        """Whether it may be held up by a request to this one."""
        return self._holder is who and self.held(now)

    @contextmanager
    def asking(self, who: object, now: float) -> Iterator[None]:
        """Take down that somebody is asked."""
        asked = (now, who)
        self._asking.append(asked)
        try:
            yield
        finally:
            self._asking.remove(asked)

    def queued(self, since: float) -> bool:
        """Whether a request of that time still waits for one that came before it."""
        return any(other < since for other, _ in self._asking)

    def hindered(self, who: object, now: float) -> bool:
        """Whether another one may keep this one from being heard."""
        since = min((asked for asked, each in self._asking if each is who), default=now)
        return self.queued(since) or (self.held(now) and self._holder is not who)

    def hold(self, who: object, since: float) -> None:
        """Take down that somebody did not answer a request of that time."""
        self._holder, self._held_until = who, since + HELD_S

    def free(self) -> None:
        """Take down that somebody answers."""
        self._held_until = -inf
        self._unheard, self._unheard_since = 0, inf
        self._dead_requests = DEAD_REQUESTS

    # --- whether its link is dead --------------------------------------------------------------

    def unheard(self, since: float, now: float) -> bool:
        """Take down that a request of that time was not answered; return whether the link is to be opened anew.

        One who is told so is the only one.
        """
        self._unheard += 1
        self._unheard_since = min(self._unheard_since, since)
        if self._unheard < self._dead_requests or now - self._unheard_since < DEAD_S:
            return False
        self._unheard, self._unheard_since = 0, inf
        self._dead_requests = min(2 * self._dead_requests, DEAD_REQUESTS_MOST)
        return True


_FRAMED_AS_SERIAL: Final = frozenset({"serial", "udp"})
"""Over UDP we speak the frames of a serial line alone (``address``)."""


class Lines:
    """The lines of one program, by their endpoints."""

    def __init__(self) -> None:
        self._lines: dict[Endpoint, Line] = {}

    def at(self, endpoint: Endpoint) -> Line:
        """Return the line of a link."""
        if endpoint not in self._lines:
            self._lines[endpoint] = Line(Turns() if endpoint[0] in _FRAMED_AS_SERIAL else None)
        return self._lines[endpoint]

    def join(self, endpoint: Endpoint) -> Line:
        """Return the line of a link, for one more device."""
        line = self.at(endpoint)
        line.join()
        return line
