"""How a flat is set up for a blackout: from the entry's options and its loads to what the blackout logic is told.

Numbers that safety orders against each other are refused by `localvpp.blackout` and `localvpp.islanding`, in plain
words: their errors are all ValueErrors.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import CONF_NAME

from .const import (
    CONF_ATTENDED,
    CONF_BLACKOUT,
    CONF_HERTZ,
    CONF_HOLD_S,
    CONF_LIVING_RATED_W,
    CONF_MEDICAL,
    CONF_NOMINAL_V,
    CONF_OVERDUE_DAYS,
    CONF_SOURCES,
    CONF_START_W,
    CONF_TIER,
    CONF_USUAL_PERCENT,
    CONF_WARNED_PERCENT,
    CONF_WATCHDOG_S,
    CONF_WIRING,
)
from .devices import RELAY_CHANNELS, find_subentry, is_adopted
from .lib.localvpp.blackout import BlackoutSettings, SettingsError
from .lib.localvpp.islanding import Load, Policy, Wiring, japanese
from .lib.localvpp.islanding.endurance import Recharge, Reserve
from .load_flow import load_subentries

_LONGER: Final = (1, 2, 6)
"""So many times the hold is waited, each time that the grid went away meanwhile: 300, 600, 1800 s."""
_MOST_SPREAD_S: Final = 61


class Source(StrEnum):
    """What makes the voltage of the living room's circuit in a blackout."""

    INVERTER = "inverter"
    V2H = "v2h"


def settings_of(entry: ConfigEntry[Any], options: Mapping[str, Any], device: bytes) -> BlackoutSettings:
    """Return the settings that the options of a blackout describe.

    Args:
        entry: whose loads may be shed.
        options: those of the blackout.
        device: the flat's pseudonym. How much longer than others the flat waits follows from it, so that a building's
            flats neither return nor charge at once (I20, I21).

    Raises:
        ValueError: they cannot be used together; says why.
    """
    wiring, sources = Wiring(options[CONF_WIRING]), {Source(each) for each in options[CONF_SOURCES]}
    if not sources:
        raise SettingsError("sources: choose what feeds the living room in a blackout")
    if wiring is not Wiring.AUTONOMOUS and Source.INVERTER not in sources:
        raise SettingsError(
            f"wiring {wiring}: only the flat's own inverter can be asked to separate, and it is not what feeds the "
            "living room; choose autonomous"
        )
    if wiring is Wiring.PAIR and (adopted := [each.title for each in _contactors(entry) if is_adopted(each)]):
        raise SettingsError(
            f"wiring pair: {', '.join(adopted)} is made of entities of Home Assistant, and nothing lets such a switch "
            "go when nobody speaks to it any more; add the module itself, over Modbus"
        )
    spread_s = float(int.from_bytes(device[:4]) % _MOST_SPREAD_S)
    return BlackoutSettings(
        policy=_policy(wiring, options, spread_s),
        loads=tuple(
            Load(each.data[CONF_NAME], each.data[CONF_TIER], float(each.data[CONF_START_W]))
            for each in load_subentries(entry)
        ),
        reserve=reserve_of(options),
        recharge=Recharge(delay_s=spread_s),
        medical=options[CONF_MEDICAL],
        attended=options[CONF_ATTENDED],
        overdue_days=options[CONF_OVERDUE_DAYS],
        living_rated_w=options.get(CONF_LIVING_RATED_W),
        watchdog_s=options.get(CONF_WATCHDOG_S),
        battery_forms=Source.INVERTER in sources,
        v2h_forms=Source.V2H in sources,
    )


def is_paired(entry: ConfigEntry[Any]) -> bool:
    """Whether a flat has two contactors that let go by themselves (I7)."""
    contactors = _contactors(entry)
    return len(contactors) == len(RELAY_CHANNELS) and not any(is_adopted(each) for each in contactors)


def _contactors(entry: ConfigEntry[Any]) -> list[ConfigSubentry]:
    found = (find_subentry(entry, kind) for kind in RELAY_CHANNELS)
    return [each for each in found if each is not None]


def reserve_of(options: Mapping[str, Any]) -> Reserve:
    """Return what the battery keeps for a blackout. Raises ValueError."""
    return Reserve(usual_percent=options[CONF_USUAL_PERCENT], warned_percent=options[CONF_WARNED_PERCENT])


def without_reserve(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry's options but for the usual reserve, which can be another one while the flat runs."""
    blackout = options.get(CONF_BLACKOUT)
    if blackout is None:
        return dict(options)
    return {**options, CONF_BLACKOUT: {key: value for key, value in blackout.items() if key != CONF_USUAL_PERCENT}}


def _policy(wiring: Wiring, options: Mapping[str, Any], spread_s: float) -> Policy:
    hold_s = float(options[CONF_HOLD_S])
    return Policy(
        wiring=wiring,
        profile=japanese(int(options[CONF_HERTZ]), nominal_v=int(options[CONF_NOMINAL_V])),
        # It is offered only where the device returns by itself: what it is asked has a lease (I7).
        returns_by_itself=wiring is Wiring.OWNED,
        hold_s=tuple(hold_s * times for times in _LONGER),
        spread_s=spread_s,
    )
