"""What is known of the devices at the present second: what they told, what follows from it, and for how long it has."""

from dataclasses import replace
import logging

from ..islanding import Asked, Drill, Observation, Place, Policy, place
from ..islanding.judging import lit
from ..round import Round
from .observing import Memory, Sight, remember

_LOGGER = logging.getLogger(__name__)


class Senses:
    """Of one flat."""

    def __init__(self, policy: Policy, flat: str) -> None:
        self._policy = policy
        self._flat = flat
        self._memory = Memory()
        self._was_lit: bool | None = None
        self.read: Round | None = None
        """The newest readings."""
        self.seen: Observation | None = None
        """What followed from them last; None before anything was judged."""
        self.island_since: float | None = None
        """Since when the flat has been an island, as it is seen."""

    def take(self, read: Round, now: float) -> None:
        """Take in a second's readings."""
        before, self._memory = self._memory.charge, remember(self._memory, read, now)
        self.read = read
        charge = self._memory.charge
        if before is not None and charge is not None and charge.jumps != before.jumps:
            _LOGGER.warning(
                "Flat %s: its battery's charge jumped from %g to %g %%, more than its power can have moved it",
                self._flat,
                before.percent,
                charge.percent,
            )

    def look(self, now: float, asked: Asked | Drill | None = None) -> Observation:
        """Judge what was taken in."""
        self.seen = Sight(self._memory, self._policy, now).observe(asked)
        return self.seen

    @property
    def where(self) -> Place:
        """Where the flat is."""
        return Place.UNKNOWN if self.seen is None else place(self.seen, self._policy.wiring)

    @property
    def lit(self) -> bool | None:
        """Whether the living room has voltage, as it is measured."""
        return None if self.seen is None else lit(self.seen, self._policy)

    @property
    def undoubted(self) -> Observation | None:
        """What was seen last, without a charge that is in doubt: what somebody asks for is begun upon that."""
        seen, charge = self.seen, self._memory.charge
        if seen is None or charge is None or charge.doubted is None:
            return seen
        return replace(seen, soc_percent=None)

    def collapsed(self, now: float) -> bool:
        """Take down for how long the flat has been an island; return whether that has just lost its voltage."""
        islanded, is_lit = self.where is Place.ISLANDED, self.lit
        if self.where is Place.CONNECTED:
            self.island_since = None
        elif islanded and self.island_since is None:
            self.island_since = now
        was_lit, self._was_lit = self._was_lit, is_lit
        return islanded and was_lit is True and is_lit is False

    def may_sleep(self, now: float) -> bool:
        """Whether an inverter that is silent is so as it is each night."""
        return Sight(self._memory, self._policy, now).may_sleep()

    def free_w(self, now: float) -> float | None:
        """Return what the inverter can still give."""
        sight = Sight(self._memory, self._policy, now)
        output_w, rated_w = sight.known(self._memory.output_w), self._memory.rated_w
        return None if output_w is None or rated_w is None else rated_w - output_w
