"""Devices on a serial line: a pair of pseudo-terminals, joined as a cable joins two ports, on pymodbus's serial server.

The devices hold one end, a master opens the other by its path. A unit that is not there, or is silent, leaves the line
silent, as on a real one. Bytes travel at once: what a line's speed costs is not simulated.
"""

import asyncio
import os
import tty
from typing import Final, override

from pymodbus.pdu import ModbusPDU
from pymodbus.server import ModbusSerialServer
from pymodbus.server.requesthandler import ServerRequestHandler
from pymodbus.simulator import DataType, SimData, SimDevice

from .answering import Units
from .devices import Device
from .errors import SimulatorError

BAUDRATE: Final = 9600
_CHUNK: Final = 1024


class _Cable:
    """Two pseudo-terminals: what is written to the one can be read from the other."""

    def __init__(self) -> None:
        pairs = (os.openpty(), os.openpty())
        # The ports are kept open here, too: a pseudo-terminal whose last user left would end the cable.
        self._descriptors = [descriptor for pair in pairs for descriptor in pair]
        for descriptor in self._descriptors:
            tty.setraw(descriptor)
        self.devices_end, self.masters_end = (os.ttyname(port) for _, port in pairs)
        (first, _), (second, _) = pairs
        self._ends = ((first, second), (second, first))
        loop = asyncio.get_running_loop()
        for here, there in self._ends:
            os.set_blocking(here, False)
            loop.add_reader(here, self._carry, here, there)

    @staticmethod
    def _carry(here: int, there: int) -> None:
        try:
            os.write(there, os.read(here, _CHUNK))
        except BlockingIOError:
            # Nobody reads at the other end, and it is full: what comes on a real line then is lost as well.
            return

    def cut(self) -> None:
        """Give both ends back."""
        loop = asyncio.get_running_loop()
        for here, _ in self._ends:
            loop.remove_reader(here)
        for descriptor in self._descriptors:
            os.close(descriptor)


class _Listening(ServerRequestHandler):
    """The devices' ears and mouth."""

    def __init__(self, server: _Server) -> None:
        super().__init__(server, None, None, None)  # type: ignore[no-untyped-call]  # pymodbus leaves it untyped
        self._units = server.units

    @override
    async def handle_request(self) -> None:
        request = self.last_pdu
        if request is None or request.dev_id not in self._units.by_number:
            return
        response: ModbusPDU | None = await self._units.answer(request.dev_id, request.function_code, lambda: request)
        if response is not None:
            response.dev_id = request.dev_id
            self.pdu_send(response)


class _Server(ModbusSerialServer):
    def __init__(self, units: Units, port: str) -> None:
        # The library insists on a register block of its own; no request ever reaches it.
        unused = SimDevice(id=0, simdata=[SimData(0, datatype=DataType.REGISTERS)])
        super().__init__(unused, port=port, baudrate=BAUDRATE)
        self.units = units

    @override
    def callback_new_connection(self) -> ServerRequestHandler:
        return _Listening(self)


class SerialLine:
    """A serial line on which ``units`` answer; ``path`` is the port that a master opens, once the line is open."""

    def __init__(self, units: dict[int, Device]) -> None:
        self.units = Units(units)
        self.path = ""
        self._cable: _Cable | None = None
        self._server: _Server | None = None

    async def open(self) -> None:
        """Lay the cable and listen.

        Raises:
            SimulatorError: the system has no pseudo-terminal left.
        """
        try:
            self._cable = _Cable()
        except OSError as error:
            raise SimulatorError(f"no pseudo-terminal can be had ({error}): use fewer --serial flats") from error
        self.path = self._cable.masters_end
        self._server = _Server(self.units, self._cable.devices_end)
        if not await self._server.listen():
            raise SimulatorError(f"{self._cable.devices_end} cannot be opened: see who may use pseudo-terminals here")

    async def stop(self) -> None:
        """Take the devices and the cable away."""
        if self._server is not None:
            await self._server.shutdown()  # type: ignore[no-untyped-call]  # pymodbus leaves it untyped
            self._server = None
        if self._cable is not None:
            self._cable.cut()
            self._cable = None
