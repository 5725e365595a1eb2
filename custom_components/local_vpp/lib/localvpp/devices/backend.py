"""Links to devices outside of Home Assistant: pymodbus clients behind ``modbus_connection``, one per endpoint.

Many devices take one client only, and a serial line has one master: so every unit of an endpoint goes through the same
link, which asks one request at a time. Inside Home Assistant its own shared connection does this, and this module is
not imported there.
"""

import asyncio
from typing import Final, Self, override
from urllib.parse import urlsplit
import warnings

from modbus_connection import ModbusSerialParams, ModbusTcpParams, ModbusUnit
from modbus_connection.pymodbus import ModbusConnection

from .address import AddressError, DeviceAddress, LinkParams, is_over_tcp
from .line import Line, Lines
from .polling import REQUEST_TIMEOUT_S
from .wrapped import Wrapping

SERIAL_SPACING_S: Final = 0.01
"""Above the 3.5 characters of silence that part two frames at 9600 baud (4 ms); slow devices need some of it."""


class _Link(ModbusConnection):
    """A link that can be closed while it is being opened."""

    @override
    async def close(self) -> None:
        """Close for good, and give up an opening that is under way.

        Left alone, it would be waited for; and when it then fails, ``asyncio.shield`` tells an error of the loop, for
        whoever asked for the link was cancelled before.
        """
        if (opening := self._connect_task) is not None:
            opening.cancel()
            await asyncio.wait({opening})
        await super().close()


class ModbusLinks:
    """All links of one program; leaving the context closes them.

    No link is opened before the first request, and a lost one is opened again by the next request.
    """

    def __init__(self) -> None:
        self._lines = Lines()
        self._links: dict[tuple[object, ...], tuple[LinkParams, _Link]] = {}
        self._closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closed = True
        links = [link for _, link in self._links.values()]
        self._links.clear()
        for link in links:
            await link.close()

    def unit(self, address: DeviceAddress, capture: Wrapping | None = None) -> ModbusUnit:
        """Give the unit at an address; no request is made.

        Args:
            address: where it answers.
            capture: where its exchanges are kept, if they are.

        Raises:
            AddressError: the same serial port is already in use with other line settings.
            RuntimeError: the context was left.
        """
        if self._closed:
            raise RuntimeError("the links are closed: ask for units inside of their context")
        params, link = self._links.setdefault(address.link.endpoint, (address.link, self._open(address.link)))
        if params != address.link:
            raise AddressError(
                f"{address.link} is already in use as {params}: all devices of one serial line share its settings"
            )
        return self._lines.at(address.link.endpoint).unit(link.for_unit(address.unit), address.unit, capture)

    def line(self, address: DeviceAddress) -> Line:
        """Give what is known of the line to an address, for the driver of one more device there."""
        return self._lines.join(address.link.endpoint)

    @staticmethod
    def _open(params: LinkParams) -> _Link:
        spacing = None if isinstance(params, ModbusTcpParams) else SERIAL_SPACING_S
        return _Link(_opened_in_the_loop(params), timeout=REQUEST_TIMEOUT_S, message_spacing=spacing)


def _opened_in_the_loop(params: LinkParams) -> LinkParams:
    """Give a link that is opened without holding up everybody.

    ``modbus_connection`` (4.12) opens a serial line over TCP by pyserial, which waits for the connection in the event
    loop, for up to five seconds. Its older spelling of the same link, which it advises against, does not.
    """
    if not (isinstance(params, ModbusSerialParams) and is_over_tcp(params)):
        return params
    place = urlsplit(params.device)
    assert place.hostname is not None, "address.rtu_over_tcp wrote it"
    assert place.port is not None, "address.rtu_over_tcp wrote it"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return ModbusTcpParams(host=place.hostname, port=place.port, framer="rtu")
