"""Finding what answers on a link, over Home Assistant's shared connections.

A serial line is searched with the baud rates and parities that the types leave the factory with, the commonest first,
and only for those that leave it so; the one at which somebody answers is the line's, and there all types are asked for.
One connection serves one setting: of a line that is in use, that setting alone is tried.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import Any

from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_PORT, CONF_TYPE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from modbus_connection import ModbusUnit

from .const import CONF_BAUDRATE, CONF_PARITY, TYPE_SERIAL, DeviceKind
from .devices import FREED_LOOK_S, FREED_WITHIN_S, MAP_CLASSES, PARITIES, link_params
from .lib.localvpp.devices import (
    LinkFound,
    Plan,
    Progress,
    RegisterMap,
    available_maps,
    load_map,
    plan_link,
    scan_link,
    serial_settings,
    switches,
)
from .links import async_temporary_unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What a search came to."""

    settings: Mapping[str, Any]
    """Of the link where somebody answered, or of the last one that was tried, as a subentry keeps them."""
    found: LinkFound
    tried: tuple[str, ...]
    """The links, in words."""
    switches: tuple[tuple[str, str], ...]
    """What may have to be turned on if nothing answers, by the makers of such devices."""

    @property
    def place(self) -> str:
        """Where the last one leads."""
        return self.tried[-1]


def place_of(settings: Mapping[str, Any]) -> str:
    """Return in words where a link leads."""
    if settings[CONF_TYPE] == TYPE_SERIAL:
        return str(settings[CONF_DEVICE])
    host = settings[CONF_HOST]
    return f"[{host}]:{settings[CONF_PORT]}" if ":" in host else f"{host}:{settings[CONF_PORT]}"


async def async_search(
    hass: HomeAssistant, kind: DeviceKind, place: Mapping[str, Any], told: Callable[[float], None]
) -> Searched:
    """Find what answers at a place: a host and a port, or a serial port.

    Raises HomeAssistantError when the line is in use with settings that no type is delivered with.
    """
    maps = await hass.async_add_executor_job(lambda: [load_map(name) for name in available_maps()])
    of_kind = [each for each in maps if each.device_class is MAP_CLASSES[kind]]
    every = _links(place, of_kind)
    searched: Searched | None = None
    tried: tuple[str, ...] = ()
    in_use: HomeAssistantError | None = None
    share = 0.0
    for number, (settings, asked) in enumerate(every):

        def tell(progress: Progress, number: int = number) -> None:
            nonlocal share
            # Where somebody answers, one searches once more, and does not begin anew for who looks on.
            share = max(share, (number + progress.share) / len(every))
            told(share)

        serial = settings[CONF_TYPE] == TYPE_SERIAL
        try:
            plan = plan_link(asked if serial else maps, link_params(settings))
            found = await _async_scan_freed(hass, settings, plan, tell, freed=bool(tried))
            if serial and found.units:
                heard = tuple(unit.unit for unit in found.units)
                plan = replace(plan_link(maps, link_params(settings)), units=heard)
                found = await _async_scan(hass, settings, plan, tell)
        except HomeAssistantError as error:
            in_use = error
            continue
        tried += (_words(settings),)
        searched = Searched(settings=settings, found=found, tried=tried, switches=switches(of_kind))
        if found.units or not found.linked:
            break
    if searched is None:
        assert in_use is not None, "there is a link to be tried at least"
        raise in_use
    return searched


def _links(place: Mapping[str, Any], maps: Sequence[RegisterMap]) -> list[tuple[Mapping[str, Any], list[RegisterMap]]]:
    """Return the settings to be tried, each with the types that are delivered with them."""
    if place[CONF_TYPE] != TYPE_SERIAL:
        return [(place, list(maps))]
    parities = {parity[0].upper(): parity for parity in PARITIES}
    return [
        (
            {**place, CONF_BAUDRATE: baud, CONF_PARITY: parities[letter]},
            [each for each in maps if each.wiring.baud == baud and each.wiring.parity.value == parities[letter]],
        )
        for baud, letter in serial_settings(maps)
    ]


def _words(settings: Mapping[str, Any]) -> str:
    if settings[CONF_TYPE] != TYPE_SERIAL:
        return place_of(settings)
    parity = settings[CONF_PARITY]
    return f"{place_of(settings)}, {settings[CONF_BAUDRATE]} baud, {'no' if parity == 'none' else parity} parity"


async def _async_scan_freed(
    hass: HomeAssistant, settings: Mapping[str, Any], plan: Plan, told: Callable[[Progress], None], *, freed: bool
) -> LinkFound:
    """Search a link; one that was let go of just now, with other settings, may need a moment to be free."""
    end = hass.loop.time() + FREED_WITHIN_S
    while True:
        found = await _async_scan(hass, settings, plan, told)
        if found.linked or not freed or hass.loop.time() >= end:
            return found
        await asyncio.sleep(FREED_LOOK_S)


async def _async_scan(
    hass: HomeAssistant, settings: Mapping[str, Any], plan: Plan, told: Callable[[Progress], None]
) -> LinkFound:
    params = link_params(settings)
    units: dict[int, ModbusUnit] = {}
    async with AsyncExitStack() as held:

        async def unit(number: int) -> ModbusUnit:
            if number not in units:
                units[number] = await held.enter_async_context(async_temporary_unit(hass, params, number))
            return units[number]

        return await scan_link(unit, plan, told)
