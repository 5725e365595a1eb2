"""A living room, its two contactors and an inverter, as they are: what the blackout logic only sees through feedback.

The plant is small enough to be searched exhaustively: contacts are open or closed, the inverter forms or follows, the
grid is good, doubtful or gone, and a command takes effect at once, a moment later, or never.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from localvpp.islanding import Asked, Command, Contact, Drill, Mode, Observation, Supply, Wiring

GOOD: Final = Supply(101.0, 50.0)
DOUBTFUL: Final = Supply(92.0, 50.0)
GONE: Final = Supply(0.0)


class GridIs(StrEnum):
    """The grid, in truth."""

    GOOD = "good"
    DOUBTFUL = "doubtful"
    GONE = "gone"


class Weld(StrEnum):
    """What no longer moves."""

    NOTHING = "nothing"
    MAIN = "main"
    ISLAND = "island"
    INVERTER = "inverter"
    """It does not begin or end to form."""


class Sight(StrEnum):
    """What of the truth is seen."""

    ALL = "all"
    NOTHING = "nothing"
    NO_GRID = "no grid"
    """The meter in front of the main contact has no power itself."""
    NO_CONTACTS = "no contacts"
    NO_MAIN = "no main"
    """The wire of the main contact's feedback is off."""
    NO_ISLAND = "no island"
    """That of the island's contact is."""
    CROSSED = "crossed"
    """Both contacts are shown closed, as where the wires of their feedback touch."""
    OLD = "old"
    """All of it, as it was two polls ago."""
    OLD_GRID = "old grid"
    """The meter's last word is of a while ago, when the grid was good."""


@dataclass(frozen=True, slots=True)
class Plant:
    """What is."""

    wiring: Wiring
    main: Contact = Contact.CLOSED
    island: Contact = Contact.OPEN
    forming: bool = False
    grid: GridIs = GridIs.GOOD
    weld: Weld = Weld.NOTHING
    asked: bool = False
    """Whether the inverter of a pair was asked to leave the grid, and the lease on that is renewed."""
    on_its_way: Command | None = None
    """A command that takes effect a moment later."""

    @property
    def supply(self) -> Supply:
        """What the grid gives."""
        return {GridIs.GOOD: GOOD, GridIs.DOUBTFUL: DOUBTFUL, GridIs.GONE: GONE}[self.grid]

    @property
    def lit(self) -> bool:
        """Whether the living room has voltage."""
        if self.main is Contact.CLOSED and self.grid is not GridIs.GONE:
            return True
        return self.forming and (self.wiring is not Wiring.PAIR or self.island is Contact.CLOSED)

    @property
    def good(self) -> bool:
        """Whether the grid is."""
        return self.grid is GridIs.GOOD

    @property
    def against_the_grid(self) -> bool:
        """Whether the inverter holds a voltage on what hangs on the grid."""
        touches = self.wiring is not Wiring.PAIR or self.island is Contact.CLOSED
        return self.main is Contact.CLOSED and self.forming and touches

    @property
    def bridged(self) -> bool:
        """Whether both contacts are closed."""
        return self.wiring is Wiring.PAIR and self.main is Contact.CLOSED and self.island is Contact.CLOSED

    def seen(
        self, sight: Sight, soc: float | None, asked: Asked | Drill | None, *, overloaded: bool = False
    ) -> Observation:
        """Return what is seen of it."""
        if sight is Sight.NOTHING:
            return Observation(asked=asked)
        contacts, paired = sight is not Sight.NO_CONTACTS, self.wiring is Wiring.PAIR
        main = self.main if contacts and sight is not Sight.NO_MAIN else None
        island = self.island if contacts and sight is not Sight.NO_ISLAND else None
        if sight is Sight.CROSSED:
            main = island = Contact.CLOSED
        return Observation(
            grid={Sight.NO_GRID: None, Sight.OLD_GRID: GOOD}.get(sight, self.supply),
            island=GOOD if self.lit else GONE,
            main=main if paired else None,
            island_contact=island if paired else None,
            mode=Mode.FORMING if self.forming else Mode.FOLLOWING,
            separated=None if paired or main is None else main is Contact.OPEN,
            soc_percent=soc,
            overloaded=overloaded,
            fresh=sight is not Sight.OLD,
            grid_fresh=sight not in {Sight.OLD, Sight.OLD_GRID},
            asked=asked,
        )

    def lives(self, grid: GridIs, weld: Weld | None = None) -> Plant:
        """Return what is a moment later: what was on its way has its effect, and the device does what it does."""
        stuck = self.weld if weld is None else weld
        return replace(self, grid=grid, weld=stuck, on_its_way=None).obey(self.on_its_way).by_itself()

    def commanded(self, command: Command | None, *, holds: bool, late: bool = False, lost: bool = False) -> Plant:
        """Return what becomes of a command, and of the lease that is renewed or is not."""
        plant = self.held(holds and not lost)
        if late:
            return replace(plant, on_its_way=command)
        return plant if lost else plant.obey(command)

    def obey(self, command: Command | None) -> Plant:
        """Return what is after a command has taken effect."""
        stuck = self.weld
        match command:
            case Command.OPEN_MAIN if stuck is not Weld.MAIN:
                return replace(self, main=Contact.OPEN)
            case Command.CLOSE_MAIN if stuck is not Weld.MAIN:
                return replace(self, main=Contact.CLOSED)
            case Command.OPEN_ISLAND if stuck is not Weld.ISLAND:
                return replace(self, island=Contact.OPEN)
            case Command.CLOSE_ISLAND if stuck is not Weld.ISLAND:
                return replace(self, island=Contact.CLOSED)
            case Command.FORM if stuck is not Weld.INVERTER:
                return replace(self, forming=True, asked=True)
            case Command.FOLLOW if stuck is not Weld.INVERTER:
                return replace(self, forming=False, asked=False)
            case Command.GO_OFF_GRID if stuck is not Weld.INVERTER:
                return replace(self, main=Contact.OPEN, forming=True)
            case Command.RECONNECT | Command.RELEASE if self.wiring is Wiring.OWNED and stuck is not Weld.INVERTER:
                return self.by_itself(released=True)
            case _:
                return self

    def held(self, holds: bool) -> Plant:
        """Return what is after the lease on the inverter's leave was renewed, or was not."""
        if self.wiring is not Wiring.PAIR or self.weld is Weld.INVERTER:
            return self
        asked = holds and self.forming
        return self if asked is self.asked else replace(self, asked=asked)

    def by_itself(self, *, released: bool = False) -> Plant:
        """What a device does without us: it leaves a grid that is gone, and returns to a good one.

        The inverter of a pair has no contacts of its own: the living room is dark when it returns.
        """
        if self.weld is Weld.INVERTER:
            return self
        if self.wiring is Wiring.PAIR:
            forms = self.asked or ((self.grid is GridIs.GONE or self.forming) and not self.good)
            return self if forms is self.forming else replace(self, forming=forms)
        if self.grid is GridIs.GONE:
            return replace(self, main=Contact.OPEN, forming=True)
        if self.grid is GridIs.GOOD and (released or self.wiring is Wiring.AUTONOMOUS):
            return replace(self, main=Contact.CLOSED, forming=False)
        return self
