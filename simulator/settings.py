"""What a person may choose: the settings of a run, the weather, and what breaks.

These stand apart from the machinery, so that the command line is there at once without the network libraries.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path


class Fault(StrEnum):
    """What can be wrong with a device.

    SILENT: takes the connection, answers nothing. REFUSE: answers "device failure" or "device busy". NONSENSE: answers
    values that cannot be true. WELDED: a relay whose main contact does not move.
    """

    SILENT = "silent"
    REFUSE = "refuse"
    NONSENSE = "nonsense"
    WELDED = "welded"


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
    garages: Sequence[str] = ()
