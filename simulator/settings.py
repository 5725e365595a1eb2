"""What a person may choose: the settings of a run, the weather, and what breaks.

These stand apart from the machinery, so that the command line is there at once without the network libraries.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path


class Fault(StrEnum):
    """What can be wrong with a device.

    SILENT: takes the connection, answers nothing. REFUSE: answers "device failure" or "device busy". NONSENSE: answers
    values that cannot be true. WELDED: contacts that do not move: a relay's, or those inside of an inverter.
    FEEDBACK_LOST: the wire of a feedback contact is off: it reads as open. FEEDBACK_STUCK: it tells what it told when
    it broke. TRANSFER: an inverter that makes no voltage by itself. OVERLOAD: the living room draws more than the
    inverter is rated for. PV_TRIPS: its strings stay away for 300 s after it began to form an island. LINE_POWERED: a
    meter without power of its own, silent while its line is dead.
    """

    SILENT = "silent"
    REFUSE = "refuse"
    NONSENSE = "nonsense"
    WELDED = "welded"
    FEEDBACK_LOST = "feedback_lost"
    FEEDBACK_STUCK = "feedback_stuck"
    TRANSFER = "transfer"
    OVERLOAD = "overload"
    PV_TRIPS = "pv_trips"
    LINE_POWERED = "line_powered"


class Wiring(StrEnum):
    """What stands between a flat's living room and the grid.

    AUTONOMOUS: a transfer switch that opens and closes by itself. OWNED: the inverter's backup terminals. PAIR: two
    contactors of one module, one to the grid and one to the inverter's output for outages.
    """

    AUTONOMOUS = "autonomous"
    OWNED = "owned"
    PAIR = "pair"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatWiring:
    """How one flat is wired; it has PV and a battery then.

    Attributes:
        wiring: what stands between living room and grid.
        gap_ms: how long an inverter takes from the grid to an island, and back: 20 to 10,000.
        watchdog_s: after so long without a request a pair's module lets both coils go.
        inverter: the family of the inverter, by its name in the layout; None: whose turn it is.
        line_powered: the meter dies with its line.
    """

    wiring: Wiring
    gap_ms: int = 500
    watchdog_s: int = 60
    inverter: str | None = None
    line_powered: bool = False


class Sky(StrEnum):
    """The weather over the building."""

    CLEAR = "clear"
    CLOUDY = "cloudy"
    RAIN = "rain"
    NIGHT = "night"


class Families(StrEnum):
    """Which makes of devices a building has.

    SUNSPEC: Eastron's meters and SunSpec inverters of two generations. MIXED: several makes of meters and inverters.
    """

    SUNSPEC = "sunspec"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a run is made of.

    Attributes:
        flats: number of flats.
        seed: everything random follows from it.
        host: address that gateways and control page listen on.
        port_base: first Modbus port; 0 takes free ones.
        http_port: port of the control page; 0 takes a free one.
        profiles: CSV files with measured homes; none means the standard profile.
        profile_start: local time at which the profile clock starts; None leaves it to the profiles.
        profile_speed: seconds of the profile clock for one real second.
        reconnect_delay_s: how long inverters wait after the grid is back.
        nominal_hz: 50 or 60.
        families: which makes of devices the building has.
        serial: flats whose devices stand on a serial line instead of behind a network gateway.
        wirings: flats that are wired in a way of their own; all others have the transfer switch.
        garages: flats with a charger for an electric car, and a module that counts their gas.
        entities: flats whose inverter speaks no Modbus: only the control page tells of it, as a vendor's own service.
    """

    flats: int = 12
    seed: int = 1
    host: str = "127.0.0.1"
    port_base: int = 0
    http_port: int = 0
    profiles: Sequence[Path] = ()
    profile_start: datetime | None = None
    profile_speed: float = 1.0
    reconnect_delay_s: int = 300
    nominal_hz: int = 60
    families: Families = Families.SUNSPEC
    serial: Sequence[str] = ()
    entities: Sequence[str] = ()
    wirings: Mapping[str, FlatWiring] = field(default_factory=dict)
    garages: Sequence[str] = ()
