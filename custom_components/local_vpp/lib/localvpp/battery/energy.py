"""How much energy went into a battery and came out of it: counted by the device, or else integrated from its power.

Energy is whole microjoules (milliwatts times milliseconds): nothing is lost by adding up a year of seconds.

A power holds until the next known one, for at most `HOLD_MS`; what lies between readings further apart is unknown, and
its time is counted as such. Where the device has a counter of its own, that wins: what was integrated between two of
its readings is dropped for what the counter says. What is settled never becomes less.
"""

from dataclasses import dataclass, replace
from typing import Final

UJ_PER_WH: Final = 3_600_000_000
HOLD_MS: Final = 10_000
"""A lost packet or two must not open a hole; after ten seconds without a reading nobody knows what a battery did."""

GIVEN_UP_MS: Final = 3_600_000
"""A counter that was not read for an hour of readings is not waited for: the battery is integrated from there."""

AGREEMENT_SPAN_WH: Final = 5_000
"""A counter and the integral are held against each other whenever the counter has moved so far, from one of its steps
to another: some count whole kWh."""
AGREEMENT_PERMILLE: Final = 100
AGREEMENT_SLACK_WH: Final = 200
"""What is measured at both ends of the span."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What was integrated between two readings."""

    charged_uj: int = 0
    discharged_uj: int = 0
    unknown_ms: int = 0


@dataclass(frozen=True, slots=True)
class Power:
    """The last known power. It is not kept over a restart: its time is of a clock that begins anew."""

    at_ms: int
    mw: int
    """Positive = discharging."""

    def until(self, at_ms: int) -> Moved:
        """Return what moved since, if this power held."""
        elapsed = at_ms - self.at_ms
        if elapsed > HOLD_MS:
            return Moved(unknown_ms=elapsed)
        energy = self.mw * elapsed
        return Moved(charged_uj=max(-energy, 0), discharged_uj=max(energy, 0))


@dataclass(frozen=True, slots=True)
class StepBack:
    """A counter that showed less than before."""

    before_wh: int
    after_wh: int


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What a counter and the integral said of the same span."""

    counted_wh: int
    integrated_wh: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """The span over which a counter is held against the integral, while it grows."""

    from_wh: int
    integrated_uj: int = 0
    at_step: bool = False
    """Whether it began as the counter stepped: elsewhere a counter of whole kWh has up to one of them left."""


@dataclass(frozen=True, slots=True)
class Flow:
    """One direction: into the battery, or out of it."""

    settled_uj: int = 0
    pending_uj: int = 0
    """Integrated since the counter was read last; all of it, where there is none."""
    counter_wh: int | None = None
    silent_ms: int = 0
    """For how long readings came without the counter."""
    span: Agreement | None = None

    @property
    def total_uj(self) -> int:
        """What has moved. While a counter is in force, only what it has counted: it is about to tell the rest."""
        return self.settled_uj if self.counter_wh is not None else self.settled_uj + self.pending_uj

    @property
    def counted(self) -> bool:
        """Whether the device's own counter is in force."""
        return self.counter_wh is not None

    def grown(self, energy_uj: int, elapsed_ms: int, *, gap: bool) -> Flow:
        """Return the flow after an integrated piece; a gap ends the span in which counter and integral compare."""
        # Field by field: it happens twice a second in each flat, and `replace` takes several times as long.
        span = self.span
        if gap:
            span = None
        elif span is not None and energy_uj:
            span = Agreement(span.from_wh, span.integrated_uj + energy_uj, span.at_step)
        pending_uj, silent_ms = self.pending_uj + energy_uj, self.silent_ms + elapsed_ms
        return Flow(self.settled_uj, pending_uj, self.counter_wh, silent_ms, span)

    def read(self, counter_wh: int | None) -> tuple[Flow, StepBack | Disagreement | Agreement | None]:
        """Return the flow after a reading of the counter, and what is to be said of it.

        An `Agreement` says that the counter agreed with the integral over a whole span.
        """
        if counter_wh is None:
            if self.counter_wh is not None and self.silent_ms >= GIVEN_UP_MS:
                return Flow(settled_uj=self.settled_uj + self.pending_uj), None
            return self, None
        if self.counter_wh is None or counter_wh < self.counter_wh:
            # Nothing says how the new count and the old one belong together: what was integrated stands.
            said = None if self.counter_wh is None else StepBack(self.counter_wh, counter_wh)
            settled = self.settled_uj + self.pending_uj
            return Flow(settled_uj=settled, counter_wh=counter_wh, span=Agreement(counter_wh)), said
        step_uj = (counter_wh - self.counter_wh) * UJ_PER_WH
        flow = Flow(self.settled_uj + step_uj, counter_wh=counter_wh, span=self.span)
        if flow.span is None or (step_uj and not flow.span.at_step):
            return replace(flow, span=Agreement(counter_wh, at_step=step_uj > 0)), None
        counted_wh = counter_wh - flow.span.from_wh
        if counted_wh < AGREEMENT_SPAN_WH:
            return _unmoved_is_judged_too(flow, flow.span, counted_wh)
        return replace(flow, span=Agreement(counter_wh, at_step=True)), _judged(flow.span, counted_wh)


def _unmoved_is_judged_too(flow: Flow, span: Agreement, counted_wh: int) -> tuple[Flow, Disagreement | None]:
    """A counter that stands still while power flows never fills its span: then the integral does."""
    if span.integrated_uj < 2 * AGREEMENT_SPAN_WH * UJ_PER_WH:
        return flow, None
    return replace(flow, span=Agreement(flow.counter_wh or 0)), Disagreement(
        counted_wh, span.integrated_uj // UJ_PER_WH
    )


def _judged(span: Agreement, counted_wh: int) -> Disagreement | Agreement:
    allowed_uj = (counted_wh * AGREEMENT_PERMILLE // 1000 + AGREEMENT_SLACK_WH) * UJ_PER_WH
    if abs(counted_wh * UJ_PER_WH - span.integrated_uj) > allowed_uj:
        return Disagreement(counted_wh, span.integrated_uj // UJ_PER_WH)
    return span
