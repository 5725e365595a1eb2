"""What the devices' readings of a second mean to the blackout logic: an observation of what is fresh.

Each value is remembered with the moment it was true at, by the monotonic clock, and is unknown when that is too long
ago (I18). Which device tells of which side of the living room's contacts depends on the wiring:

- The grid is measured by the meter; by the inverter where its terminals hang on the grid. A meter that fell silent
  with the grid is unknown: that nobody draws power, or that nobody answers, is no outage.
- Some meters tell each second, others each minute, and a grid that fails for a moment shows where one misses a word.
  So it is learned how far apart a meter's words are while it answers; its words are fresh for two and a half times as
  long, and known for three times. A silence now and then teaches nothing; one whose line is so slow that it mostly
  answers only each few seconds is given that time (I8).
- A flat has 100 V and 200 V: a meter may show the one and an inverter the other. How the inverter counts is learned
  while both see the same grid, and before that it tells nothing of the grid. All is told as the meter counts.
- The island is what the inverter gives at its backup terminals, or at its own while it forms. Of a pair those
  terminals are the living room only behind the island's closed contact. Where no voltage is measured a relay at the
  circuit tells whether it has any.

Pure: a memory, a round and a time in, a memory out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from ..devices import InverterReading, MeterReading, OperatingState, RelayReading
from ..islanding import Asked, Contact, Drill, Grid, Mode, Observation, Policy, Supply, Wiring, grid
from ..islanding.judging import LIT, nominal
from ..round import Round
from .charge import Charge, believed

POLL_S: Final = 1.0
STALE_S: Final = max(3 * POLL_S, 15.0)
"""What is older is unknown (I18)."""
FRESH_S: Final = 2.5 * POLL_S
"""Two polls, and what a reading takes: upon older feedback nothing is energised (I2)."""
_POLLS: Final = 2.5
"""FRESH_S in polls: what tells each minute is heard as lately as it tells when it is not older than so many of its."""
_SLOWEST_S: Final = 60.0
"""Further apart nobody's words are taken to be: more is silence."""
_WORDS: Final = 8
"""So many gaps are remembered, and the longest counts: entities of Home Assistant tell when something has changed."""
_SAME_S: Final = 0.25
"""Ages are told to some milliseconds: what is no younger than that is the same word once more."""
_LEAST_V: Final = 50.0
"""Below it two voltages are not compared."""
_KINDS_V: Final = ((101.0, 75.0, 125.0), (202.0, 150.0, 250.0))
"""The two voltages of a flat, and what is taken for either."""
_LIT_V: Final = LIT * _KINDS_V[0][0]
_RUNS: Final = frozenset({OperatingState.RUNNING, OperatingState.THROTTLED})
_OFF: Final = frozenset({OperatingState.OFF, OperatingState.SLEEPING})


@dataclass(frozen=True, slots=True)
class Known[T]:
    """A value, and when it was so."""

    value: T
    at: float


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How a device tells: when it answered last, and how far apart its words were while it answered."""

    heard_at: float
    answers: tuple[float, ...] = ()
    """How far apart its last answers were."""
    words: tuple[float, ...] = ()
    """How far apart what it told anew was, while it answered."""
    unbroken: bool = True
    """Whether it has answered each second since its last word."""

    @property
    def answers_s(self) -> float:
        """How far apart its answers are when all is well: a quarter of them may be closer, and others farther."""
        return min(max((POLL_S, *sorted(self.answers)[len(self.answers) // 4 :][:1])), _SLOWEST_S)

    @property
    def every_s(self) -> float:
        """How far apart its words are when all is well."""
        return min(max((self.answers_s, *self.words)), _SLOWEST_S)

    def fresh(self, at: float, now: float) -> bool:
        """Whether it answers, and its word of a moment is as new as its words are."""
        return now - self.heard_at <= _POLLS * self.answers_s and now - at <= _POLLS * self.every_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What was heard last of each."""

    meter: Known[Supply] | None = None
    metering: Rhythm | None = None
    """How the meter tells of the grid."""
    inverter: Known[Supply] | None = None
    """At its terminals."""
    inverting: Rhythm | None = None
    left_at: float | None = None
    """When the flat, or its inverter, was last seen to leave the grid: what was said of that before may be over."""
    backup: Known[Supply] | None = None
    connected: Known[bool] | None = None
    forming: Known[bool] | None = None
    state: Known[OperatingState] | None = None
    main: Known[Contact] | None = None
    island: Known[Contact] | None = None
    energised: Known[bool] | None = None
    charge: Charge | None = None
    output_w: Known[float] | None = None
    """What the inverter gives to the living room."""
    rated_w: float | None = None
    times: float | None = None
    """What the inverter's volts are to be multiplied by to be the meter's."""


def remember(memory: Memory, read: Round, now: float) -> Memory:
    """Take in what a second's devices said."""
    before = memory
    memory = _of_meter(memory, read.meter, now)
    memory = _of_inverter(memory, read.inverter, now)
    metered = read.meter is not None and read.meter.voltage_v is not None
    inverted = read.inverter is not None and read.inverter.voltage_v is not None
    memory = replace(
        memory,
        metering=_rhythm(memory.metering, before.meter, memory.meter if metered else None, now),
        inverting=_rhythm(memory.inverting, before.inverter, memory.inverter if inverted else None, now),
    )
    if (battery := read.battery) is not None:
        at = now - _age_s(battery.ages_ms, "soc_percent")
        memory = replace(memory, charge=believed(memory.charge, battery, at))
    memory = _of_relays(_compared(memory, now), read.relay, read.island_relay, now)
    return replace(memory, left_at=now) if _is_off(memory) and not _is_off(before) else memory


def _is_off(memory: Memory) -> bool:
    """Whether something is off the grid, as it was heard last."""
    forming, connected, main = memory.forming, memory.connected, memory.main
    told = (forming is not None and forming.value, connected is not None and not connected.value)
    return any(told) or (main is not None and main.value is Contact.OPEN)


def _rhythm(
    rhythm: Rhythm | None, before: Known[Supply] | None, told: Known[Supply] | None, now: float
) -> Rhythm | None:
    """Learn how a device tells of its voltage; None for one that tells nothing of it in this second."""
    if told is None:
        return None if rhythm is None else replace(rhythm, unbroken=False)
    if rhythm is None:
        return Rhythm(now)
    rhythm = replace(rhythm, heard_at=now, answers=(*rhythm.answers, now - rhythm.heard_at)[-_WORDS:])
    if before is None:
        return replace(rhythm, unbroken=True)
    gap_s = told.at - before.at
    if gap_s <= _SAME_S:
        return rhythm
    words = (*rhythm.words, gap_s)[-_WORDS:] if rhythm.unbroken else rhythm.words
    return replace(rhythm, words=words, unbroken=True)


def _of_meter(memory: Memory, meter: MeterReading | None, now: float) -> Memory:
    if meter is None:
        return memory
    if meter.voltage_v is None:
        # One that answers and has no voltage to tell has none at its terminals, or none that can be: what it had
        # before is over. Where a part of it was not heard nothing follows.
        return memory if meter.failed else replace(memory, meter=None)
    age_s = _age_s(meter.ages_ms, "voltage_v", "frequency_hz")
    return replace(memory, meter=Known(Supply(meter.voltage_v, meter.frequency_hz), now - age_s))


def _of_inverter(memory: Memory, inverter: InverterReading | None, now: float) -> Memory:
    if inverter is None:
        return memory
    ages = inverter.ages_ms

    def known[T](value: T | None, before: Known[T] | None, *fields: str) -> Known[T] | None:
        return before if value is None else Known(value, now - _age_s(ages, *fields))

    volts, backup = inverter.voltage_v, inverter.backup_voltage_v
    output_w = inverter.backup_power_w if inverter.backup_power_w is not None else inverter.ac_power_w
    return replace(
        memory,
        inverter=known(
            None if volts is None else Supply(volts, inverter.frequency_hz),
            memory.inverter,
            "voltage_v",
            "frequency_hz",
        ),
        backup=known(
            None if backup is None else Supply(backup, inverter.backup_frequency_hz),
            memory.backup,
            "backup_voltage_v",
            "backup_frequency_hz",
        ),
        connected=known(inverter.grid_connected, memory.connected, "grid_connected"),
        forming=known(inverter.grid_forming, memory.forming, "grid_forming"),
        state=known(inverter.state, memory.state, "state"),
        output_w=known(output_w, memory.output_w, "backup_power_w", "ac_power_w"),
        rated_w=memory.rated_w if inverter.rated_power_w is None else inverter.rated_power_w,
    )


def _compared(memory: Memory, now: float) -> Memory:
    """Learn how the inverter counts its volts while it follows the grid that the meter measures."""
    meter, inverter, connected = memory.meter, memory.inverter, memory.connected
    if meter is None or inverter is None or connected is None or not connected.value:
        return memory
    if any(now - each.at > FRESH_S for each in (meter, inverter, connected)) or inverter.value.volts < _LEAST_V:
        return memory
    ratio = meter.value.volts / inverter.value.volts
    times = next((each for each in (0.5, 1.0, 2.0) if 0.8 * each <= ratio <= 1.25 * each), memory.times)
    return memory if times == memory.times else replace(memory, times=times)


def _of_relays(memory: Memory, main: RelayReading | None, island: RelayReading | None, now: float) -> Memory:
    if main is not None and main.closed is not None:
        memory = replace(memory, main=Known(_contact(main.closed), now))
    if island is not None and island.closed is not None:
        memory = replace(memory, island=Known(_contact(island.closed), now))
    told = [each.energised for each in (main, island) if each is not None and each.energised is not None]
    return replace(memory, energised=Known(told[0], now)) if told else memory


def _contact(closed: bool) -> Contact:
    return Contact.CLOSED if closed else Contact.OPEN


def _age_s(ages_ms: Mapping[str, int], *fields: str) -> float:
    return max((ages_ms.get(field, 0) for field in fields), default=0) / 1000


@dataclass(frozen=True, slots=True)
class Sight:
    """What is known at a moment of what is remembered."""

    memory: Memory
    policy: Policy
    now: float

    def known[T](self, known: Known[T] | None) -> T | None:
        """Return a value that is not too old."""
        return None if known is None or self.now - known.at > STALE_S else known.value

    def is_fresh(self, known: Known[object] | None) -> bool:
        """Whether it was heard within two polls."""
        return known is not None and self.now - known.at <= FRESH_S

    def observe(self, asked: Asked | Drill | None = None) -> Observation:
        """Return what follows from it."""
        pair = self.policy.wiring is Wiring.PAIR
        supply, grid_fresh = self._grid()
        return Observation(
            grid=supply,
            island=self._island(),
            energised=self._energised(),
            main=self.known(self.memory.main) if pair else None,
            island_contact=self.known(self.memory.island) if pair else None,
            mode=self._mode(),
            separated=None if pair else self._separated(),
            soc_percent=self._soc_percent(asking=asked is not None),
            overloaded=self._overloaded(),
            fresh=self._fresh(),
            grid_fresh=grid_fresh,
            asked=asked,
        )

    def _soc_percent(self, *, asking: bool) -> float | None:
        """The charge; while it is in doubt nothing is begun upon it that somebody asks for."""
        charge = self.memory.charge
        if charge is None or (asking and charge.doubted is not None):
            return None
        return self.known(Known(charge.percent, charge.at))

    def may_sleep(self) -> bool:
        """Whether an inverter that is its own master is silent as it is each night: the grid it hung on is there.

        It feeds nobody then, and nothing is asked of it. One that was off the grid, or has a contact to tell of it, or
        whose grid is not seen to be good, is missed at once.
        """
        memory, policy = self.memory, self.policy
        supply, fresh = self._grid()
        good = fresh and grid(supply, policy.profile) is Grid.GOOD
        return policy.wiring is Wiring.AUTONOMOUS and memory.main is None and good and not _is_off(memory)

    def _grid(self) -> tuple[Supply | None, bool]:
        """Give the meter's word while it is fresh, else that of an inverter whose terminals hang on the grid.

        Beside it stands whether it is as fresh as it can be of who tells it.
        """
        memory = self.memory
        told = [(memory.meter, memory.metering), (self._inverter_on_grid(), memory.inverting)]
        heard = [(known, rhythm) for known, rhythm in told if known is not None and rhythm is not None]
        # What was told within two polls, whoever tells it; else what is not too old for who tells it.
        for known, rhythm in [each for each in heard if self.is_fresh(each[0])] or heard:
            if self.now - known.at <= max(3 * rhythm.every_s, STALE_S):
                supply = self._with_hertz(known.value) if known is memory.meter else known.value
                since_left = memory.left_at is None or known.at >= memory.left_at
                return supply, since_left and rhythm.fresh(known.at, self.now)
        return None, False

    def _with_hertz(self, supply: Supply) -> Supply:
        """Return what the meter tells, with the frequency of an inverter on the same grid where it tells none."""
        if supply.hertz is not None or not self._terminals_on_grid():
            return supply
        inverter = self.known(self.memory.inverter)
        return replace(supply, hertz=None if inverter is None else inverter.hertz)

    def _energised(self) -> bool | None:
        """Whether the room has voltage: a relay's word; else that nothing separates it from a grid that is there."""
        told = self.known(self.memory.energised)
        if told is not None or self.policy.wiring is Wiring.PAIR or self._separated() is not False:
            return told
        meter = self.memory.meter
        alive = meter is not None and self.is_fresh(meter) and meter.value.volts >= LIT * nominal(self.policy)
        return True if alive else None

    def _inverter_on_grid(self) -> Known[Supply] | None:
        """What the inverter measures of the grid, as the meter would show it."""
        inverter, times = self.memory.inverter, self.memory.times
        if inverter is None or times is None or not self._terminals_on_grid():
            return None
        return replace(inverter, value=replace(inverter.value, volts=inverter.value.volts * times))

    def _terminals_on_grid(self) -> bool:
        forming = self.known(self.memory.forming)
        return forming is False or (forming is None and self.known(self.memory.connected) is True)

    def _island(self) -> Supply | None:
        """What the living room has, as the meter counts; a battery's inverter makes the one voltage or the other."""
        given = self._fed()
        if given is None:
            return None
        kind = next((usual for usual, low, high in _KINDS_V if low <= given.volts <= high), nominal(self.policy))
        return replace(given, volts=given.volts * nominal(self.policy) / kind)

    def _fed(self) -> Supply | None:
        memory, backup = self.memory, self.known(self.memory.backup)
        if self.policy.wiring is Wiring.PAIR:
            behind = (self.known(memory.main), self.known(memory.island)) == (Contact.OPEN, Contact.CLOSED)
            given = backup if backup is not None or self._mode() is not Mode.FORMING else self.known(memory.inverter)
            return given if behind else None
        if backup is not None:
            return backup
        return self.known(memory.inverter) if self._mode() is Mode.FORMING else None

    def _mode(self) -> Mode | None:
        forming = self.known(self.memory.forming)
        if forming:
            return Mode.FORMING
        state = self.known(self.memory.state)
        if state in _OFF:
            return Mode.OFF
        if forming is False or self.known(self.memory.connected):
            return Mode.FOLLOWING
        if self.known(self.memory.connected) is None:
            return None
        # It says that it is off the grid, and not what it does there: its own terminals tell, or that it runs.
        backup = self.known(self.memory.backup)
        if backup is not None:
            return Mode.FORMING if backup.volts >= _LIT_V else Mode.FOLLOWING
        if state is not None:
            return Mode.FORMING if state in _RUNS else Mode.FOLLOWING
        return None if self.policy.wiring is Wiring.PAIR else Mode.FORMING

    def _separated(self) -> bool | None:
        """What contact and inverter say together; where they contradict each other nothing is known."""
        main, connected = self.known(self.memory.main), self.known(self.memory.connected)
        by_inverter: bool | None = None
        if connected is not None:
            # Off the grid, not forming, and the living room has voltage: it waits to come back, and the room has not.
            waits = self.known(self.memory.forming) is False and self._lit() is True
            by_inverter = not connected and not waits
        by_contact = None if main is None else main is Contact.OPEN
        if by_contact is None or by_inverter is None:
            return by_inverter if by_contact is None else by_contact
        return by_contact if by_contact is by_inverter else None

    def _lit(self) -> bool | None:
        backup = self.known(self.memory.backup)
        return self.known(self.memory.energised) if backup is None else backup.volts >= _LIT_V

    def _overloaded(self) -> bool:
        """Whether the inverter gives the island more than it is made for."""
        output_w, rated_w = self.known(self.memory.output_w), self.memory.rated_w
        forms = self._mode() is Mode.FORMING
        return forms and output_w is not None and rated_w is not None and output_w > rated_w

    def _fresh(self) -> bool:
        memory, tells = self.memory, self.memory.forming or self.memory.connected
        if self.policy.wiring is Wiring.PAIR:
            return self.is_fresh(memory.main) and self.is_fresh(memory.island) and self.is_fresh(tells)
        return self.is_fresh(memory.main if memory.connected is None else memory.connected)
