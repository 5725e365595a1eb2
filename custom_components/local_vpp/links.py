"""Units behind a link: on Home Assistant's shared connections, and on our own where those have no such link.

The integration owns no connection, but for one kind. Home Assistant opens its connections by tmodbus, which does not
speak the frames of a serial line over UDP (``modbus_connection`` 4.12); its pymodbus, which comes with the same
integration, does. Such a link keeps no client out, so it is enough that all flats here share it.
"""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.components.modbus import async_get_temporary_unit, async_get_unit
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey
from modbus_connection import ModbusUdpParams, ModbusUnit
from modbus_connection.pymodbus import ModbusConnection

from .const import DOMAIN
from .lib.localvpp.devices.address import LinkParams
from .lib.localvpp.devices.polling import REQUEST_TIMEOUT_S


@dataclass
class _Held:
    """A connection and how many hold it."""

    connection: ModbusConnection
    holds: int = 0


_DATAGRAMS: Final[HassKey[dict[tuple[object, ...], _Held]]] = HassKey(f"{DOMAIN}_datagrams")


@callback
def async_unit(hass: HomeAssistant, entry: ConfigEntry[Any], params: LinkParams, number: int) -> ModbusUnit:
    """Return a unit for as long as an entry is loaded.

    Raises HomeAssistantError when the line is in use with other settings.
    """
    if not isinstance(params, ModbusUdpParams):
        return async_get_unit(hass, entry, params, number)
    connection, release = _hold(hass, params)
    entry.async_on_unload(release)
    return connection.for_unit(number)


@asynccontextmanager
async def async_temporary_unit(hass: HomeAssistant, params: LinkParams, number: int) -> AsyncIterator[ModbusUnit]:
    """Hold a unit for the context: a form has no entry yet.

    Raises HomeAssistantError when the line is in use with other settings.
    """
    if not isinstance(params, ModbusUdpParams):
        async with async_get_temporary_unit(hass, params, number) as unit:
            yield unit
        return
    connection, release = _hold(hass, params)
    try:
        yield connection.for_unit(number)
    finally:
        await release()


@callback
def _hold(
    hass: HomeAssistant, params: ModbusUdpParams
) -> tuple[ModbusConnection, Callable[[], Coroutine[Any, Any, None]]]:
    links = hass.data.setdefault(_DATAGRAMS, {})
    if (held := links.get(params.endpoint)) is None:
        held = links[params.endpoint] = _Held(ModbusConnection(params, timeout=REQUEST_TIMEOUT_S))
    held.holds += 1

    async def release() -> None:
        held.holds -= 1
        if held.holds == 0:
            del links[params.endpoint]
            await held.connection.close()

    return held.connection, release
