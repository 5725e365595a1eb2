"""The running building: steps the physics once a second and keeps what a test wants to know afterwards.

The plant has no timer and no socket: :mod:`simulator.runner` calls :meth:`Plant.tick`, the devices read its state.
"""

from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
import random
from typing import Final

from .building import BuildingPlan, FlatPlan
from .errors import InvalidInput
from .garage import Garage
from .physics import (
    DEAD,
    Backup,
    Controls,
    EnergyRegisters,
    Flat,
    FlatInputs,
    Grid,
    Pair,
    Relay,
    Switch,
    at_flat,
    drift,
    resting,
    settle_switch,
    step,
)
from .registers.face import Reading
from .settings import Fault, Sky

HISTORY_MS: Final = 3 * 3_600_000
"""How long the truth of every register is kept: two hours that a test may look back on, and one to spare."""

COMMON_BASE_MW: Final = 800_000
COMMON_PER_FLAT_MW: Final = 45_000
_LIFT_MW: Final = 4_500_000


_SKY_PERMILLE: Final = {Sky.CLEAR: (1000, 1000), Sky.CLOUDY: (250, 650), Sky.RAIN: (60, 160), Sky.NIGHT: (0, 0)}
"""The share of the profile's PV that comes through: it wanders between the two."""


@dataclass(slots=True)
class History:
    """Every value that one meter's energy registers showed, with the wall-clock moment of its commit.

    ``step_wh`` is the step of its counters: what lies between two steps was never shown.
    """

    step_wh: int = 1
    entries: deque[tuple[int, int, int]] = field(default_factory=deque)

    def commit(self, unix_ms: int, energy: EnergyRegisters) -> None:
        """Remember the registers if they changed."""
        step = self.step_wh
        shown = (energy.import_wh // step * step, energy.export_wh // step * step)
        if self.entries and self.entries[-1][1:] == shown:
            return
        self.entries.append((unix_ms, *shown))
        # The newest entry before the window stays: it says what the register showed when the window began.
        while len(self.entries) > 1 and self.entries[1][0] < unix_ms - HISTORY_MS:
            self.entries.popleft()

    def since(self, unix_ms: int) -> list[tuple[int, int, int]]:
        """The commits from ``unix_ms`` on, led by the one whose values were shown at that moment."""
        shown = 0
        for index, entry in enumerate(self.entries):
            if entry[0] > unix_ms:
                break
            shown = index
        return list(self.entries)[shown:]


@dataclass(slots=True)
class Household:
    """A flat of the running building."""

    plan: FlatPlan
    state: Flat
    feed: bool = True
    surge: bool = False
    """Something draws as much as the inverter is rated for, on top of what the living room draws."""
    version: int = 0
    """Counts every change that a register could show."""
    history: History = field(init=False)
    garage: Garage | None = field(init=False)

    def __post_init__(self) -> None:
        self.history = History(self.plan.meter_family.step_wh)
        self.garage = Garage() if self.plan.garage else None

    @property
    def reading(self) -> Reading:
        """What the billing meter shows."""
        return Reading(self.state.grid, self.state.grid_mw, self.state.meter)


class Plant:
    """A building in motion.

    Args:
        plan: what the building is made of.
        profile_start: the local time at which the profile clock starts.
        profile_speed: seconds of the profile clock for one real second.
        now_ms: the simulation's monotonic clock, whose whole seconds are the ticks.
        unix_ms: the wall clock, for the history alone.
    """

    def __init__(
        self,
        plan: BuildingPlan,
        profile_start: datetime,
        profile_speed: float,
        now_ms: Callable[[], int],
        unix_ms: Callable[[], int],
    ) -> None:
        self.plan = plan
        self.now_ms = now_ms
        self._unix_ms = unix_ms
        self.profile_start = profile_start
        self.profile_speed = profile_speed
        self._draw = random.Random(f"{plan.seed}/noise")
        self.households = {each.flat: Household(each, each.initial) for each in plan.flats}
        self._seconds = {each.flat: each.home.series.second_of(profile_start) for each in plan.flats}
        self.grid_on = True
        self._forced: tuple[int | None, int | None] = (None, None)
        self._flaps: deque[tuple[int, bool, tuple[str, ...] | None]] = deque()
        self.sky = Sky.CLEAR
        self._sky_permille = 1000
        self._grid = resting(plan.nominal_hz)
        self._lift_until = 0
        self.ticks = 0
        self.bulk = Reading(DEAD, 0, plan.bulk)
        self.common = Reading(DEAD, 0, plan.common)
        self.bulk_history = History()
        self.common_history = History()
        self.tick()

    @property
    def profile_seconds(self) -> float:
        """Seconds that the profile clock has run."""
        return self.ticks * self.profile_speed

    @property
    def profile_time(self) -> datetime:
        """What the profile clock shows."""
        return self.profile_start + timedelta(seconds=self.profile_seconds)

    def tick(self) -> None:
        """One second passes; every register of the building changes at the same moment."""
        while self._flaps and self._flaps[0][0] <= self.ticks:
            _, on, flats = self._flaps.popleft()
            self.switch_grid(on, flats)
        noise = self._draw
        self._grid = drift(self._grid, self.plan.nominal_hz, noise.randint(-150, 150), noise.randint(-8, 8))
        low, high = _SKY_PERMILLE[self.sky]
        self._sky_permille = min(max(self._sky_permille + noise.randint(-25, 25), low), high)
        grid = self.grid
        middle = self.profile_seconds + self.profile_speed / 2
        total = 0
        for name, household in self.households.items():
            home = household.plan.home
            second = self._seconds[name] + middle
            garage = household.garage
            rated = household.plan.rating.inverter
            inputs = FlatInputs(
                demand_mw=home.demand_mw(second) + (garage.demand_mw if garage else 0),
                pv_mw=home.pv_mw(second) * self._sky_permille // 1000,
                grid=grid if household.feed else DEAD,
                surge_mw=rated.ac_mw if household.surge and rated else 0,
            )
            household.state = step(household.plan.rating, household.state, inputs, 1)
            if garage:
                garage.tick(powered=inputs.grid.present)
            total += household.state.grid_mw
        self._step_building(grid, total)
        self.ticks += 1
        self._commit()

    def _step_building(self, grid: Grid, flats_mw: int) -> None:
        common = self._common_mw() if grid.present else 0
        bulk = flats_mw + common
        self.common = Reading(at_flat(grid, common), common, self.common.energy.count(common, 1))
        self.bulk = Reading(grid, bulk, self.bulk.energy.count(bulk, 1))

    def _common_mw(self) -> int:
        """Corridors, pumps, and a lift that runs for twenty seconds now and then."""
        if self.ticks >= self._lift_until and self._draw.random() < 1 / 90:
            self._lift_until = self.ticks + 20
        lift = _LIFT_MW if self.ticks < self._lift_until else 0
        return COMMON_BASE_MW + COMMON_PER_FLAT_MW * len(self.households) + lift

    def _commit(self) -> None:
        moment = self._unix_ms()
        for household in self.households.values():
            household.version += 1
            household.history.commit(moment, household.state.meter)
        self.bulk_history.commit(moment, self.bulk.energy)
        self.common_history.commit(moment, self.common.energy)

    def household(self, flat: str) -> Household:
        """A flat by its number.

        Raises:
            InvalidInput: there is no such flat.
        """
        found = self.households.get(flat)
        if found is None:
            raise InvalidInput("flat", flat, f"give one of {', '.join(self.households)}")
        return found

    def switch_grid(self, on: bool, flats: Collection[str] | None) -> None:
        """Break or mend the grid at the building's door, or only the feed of some flats."""
        if flats is None:
            self.grid_on = on
            if on:
                for household in self.households.values():
                    household.feed = True
            return
        chosen = [self.household(flat) for flat in flats]
        for household in chosen:
            household.feed = on

    def disturb(self, voltage_mv: int | None, frequency_mhz: int | None) -> None:
        """Hold the grid at the building's door at a voltage, a frequency, or both; None: as it is by itself."""
        self._forced = (voltage_mv, frequency_mhz)

    def flap(self, seconds: Sequence[int], flats: Collection[str] | None) -> None:
        """Let the grid go for the first of ``seconds``, come back for the second, and so on; at the end it is there.

        A new call takes the place of one that still runs.
        """
        chosen = None if flats is None else tuple(self.household(flat).plan.flat for flat in flats)
        self._flaps.clear()
        moment, on = self.ticks, False
        for length in seconds:
            self._flaps.append((moment, on, chosen))
            moment, on = moment + length, not on
        self._flaps.append((moment, True, chosen))

    @property
    def grid(self) -> Grid:
        """The grid at the building's door."""
        if not self.grid_on:
            return DEAD
        voltage, frequency = self._forced
        return Grid(
            self._grid.voltage_mv if voltage is None else voltage,
            self._grid.frequency_mhz if frequency is None else frequency,
        )

    def line(self, household: Household) -> Grid:
        """The grid where a flat's line begins."""
        return self.grid if household.feed else DEAD

    def grid_present(self, household: Household) -> bool:
        """Whether a flat's line is alive."""
        return self.line(household).present

    def settle(self, household: Household) -> None:
        """Let the contacts of a flat arrive where they are by now, between two ticks."""
        state = household.state
        switch = settle_switch(state.switch, household.plan.rating.fit(self.line(household)), self.now_ms())
        self._put(household, switch)

    def _put(self, household: Household, switch: Switch) -> None:
        if switch is not household.state.switch:
            household.state = replace(household.state, switch=switch)
            household.version += 1

    def hear(self, household: Household) -> None:
        """The module of a pair was asked something: its communication watchdog starts anew."""
        self.settle(household)
        switch = household.state.switch
        if isinstance(switch, Pair):
            # No register shows it, so the household's version stays.
            household.state = replace(household.state, switch=replace(switch, spoken_ms=self.now_ms()))

    def command(self, household: Household, coil: int, closed: bool) -> None:
        """Set a coil of a flat's module: 0 of the main contact, 1 of a pair's island contact; the contact follows."""
        self.settle(household)
        match household.state.switch:
            case Relay() as relay:
                self._put(household, replace(relay, command=closed))
            case Pair() as pair if coil == 0:
                self._put(household, replace(pair, main=replace(pair.main, command=closed)))
            case Pair() as pair:
                self._put(household, replace(pair, island=replace(pair.island, command=closed)))
            case Backup():
                raise AssertionError("backup terminals have no coil")
        self.settle(household)

    def weld(self, household: Household, coil: int, welded: bool) -> None:
        """Weld the contact of a coil where it is, or free it."""
        self.settle(household)
        match household.state.switch:
            case Relay() as relay:
                self._put(household, replace(relay, welded=welded))
            case Pair() as pair if coil == 0:
                self._put(household, replace(pair, main=replace(pair.main, welded=welded)))
            case Pair() as pair:
                self._put(household, replace(pair, island=replace(pair.island, welded=welded)))
            case Backup():
                raise AssertionError("backup terminals have no coil")

    def ail(self, household: Household, fault: Fault | None) -> None:
        """Let a flat's inverter have a fault of its own, or be well."""
        inverter, switch = household.state.inverter, household.state.switch
        assert inverter is not None, "a flat without an inverter has none that could ail"
        welded = fault is Fault.WELDED
        if isinstance(switch, Backup):
            switch = replace(switch, welded=welded)
        elif isinstance(switch, Pair):
            switch = replace(switch, output=replace(switch.output, welded=welded))
        inverter = replace(inverter, dead=fault is Fault.TRANSFER, pv_trips=fault is Fault.PV_TRIPS)
        household.surge = fault is Fault.OVERLOAD
        household.state = replace(household.state, inverter=inverter, switch=switch)
        household.version += 1

    def control(self, household: Household, change: Callable[[Controls, int], Controls]) -> None:
        """Change what a controller asks of a flat's inverter."""
        inverter = household.state.inverter
        assert inverter is not None, "a flat without an inverter has no controls"
        controls = change(inverter.controls, self.now_ms())
        household.state = replace(household.state, inverter=replace(inverter, controls=controls))
        household.version += 1
