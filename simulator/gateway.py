"""One Modbus TCP port with several units behind it, on pymodbus's server.

pymodbus decodes and encodes the messages and owns the socket. Between the two, this module does what a real gateway
does and the library's request handler does not: it answers every request of a connection in its order even when several
arrive together.
"""

import asyncio
import logging
import struct
from typing import Final, cast, override

from pymodbus.constants import ExcCodes
from pymodbus.pdu import ExceptionResponse, ModbusPDU
from pymodbus.server import ModbusTcpServer
from pymodbus.server.requesthandler import ServerRequestHandler
from pymodbus.simulator import DataType, SimData, SimDevice

from .answering import Units
from .devices import WRITE_COIL, WRITE_COILS, WRITE_REGISTERS, Device
from .errors import SimulatorError

_LOGGER = logging.getLogger(__name__)

_HEADER: Final = 7
"""Bytes of the MBAP header: transaction, protocol, length, unit."""

_MAX_PDU: Final = 253
_COIL_ON: Final = 0xFF00


class _Conversation(ServerRequestHandler):
    """One master's connection."""

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway, None, None, None)  # type: ignore[no-untyped-call]  # pymodbus leaves it untyped
        self._gateway = gateway
        self._received = b""

    @override
    def data_received(self, data: bytes) -> None:
        self._received += data
        while len(self._received) > _HEADER:
            transaction, protocol, length, unit = struct.unpack(">HHHB", self._received[:_HEADER])
            if protocol or not 2 <= length <= _MAX_PDU + 1:
                _LOGGER.debug("Closing a connection that does not speak Modbus TCP")
                self.close()
                return
            if len(self._received) < _HEADER - 1 + length:
                return
            message = self._received[_HEADER : _HEADER - 1 + length]
            self._received = self._received[_HEADER - 1 + length :]
            self._handle(transaction, unit, message)

    def _handle(self, transaction: int, unit: int, message: bytes) -> None:
        # The answer is computed without a pause, so the task ends before this line does and answers keep their order.
        task = asyncio.Task(self._answer(unit, message), loop=self.loop, eager_start=True)
        response = task.result()
        if response is not None:
            response.transaction_id = transaction
            response.dev_id = unit
            self.pdu_send(response)

    async def _answer(self, unit: int, message: bytes) -> ModbusPDU | None:
        function = message[0]
        units = self._gateway.units
        if unit not in units.by_number:
            return ExceptionResponse(function, ExcCodes.GATEWAY_NO_RESPONSE)
        return await units.answer(unit, function, lambda: self._decode(function, message))

    def _decode(self, function: int, message: bytes) -> ModbusPDU | None:
        if function == WRITE_COIL and message[3:5] not in {b"\0\0", _COIL_ON.to_bytes(2)}:
            return None
        if function in {WRITE_COILS, WRITE_REGISTERS}:
            if len(message) < 6 or len(message) != 6 + message[5]:
                return None
            count = int.from_bytes(message[3:5])
            expected = (count + 7) // 8 if function == WRITE_COILS else count * 2
            if message[5] != expected or not count:
                return None
        elif len(message) != 5:
            return None
        return self._gateway.decoder.decode(message)


class Gateway(ModbusTcpServer):
    """A port on which ``units`` answer.

    Args:
        units: the devices by their unit number.
        host: address to listen on.
        port: port to listen on; 0 takes a free one.
    """

    def __init__(self, units: dict[int, Device], host: str, port: int) -> None:
        # The library insists on a register block of its own; no request ever reaches it.
        unused = SimDevice(id=0, simdata=[SimData(0, datatype=DataType.REGISTERS)])
        super().__init__(unused, address=(host, port))
        self.units = Units(units)
        self.host = host
        self.port = port

    @override
    def callback_new_connection(self) -> ServerRequestHandler:
        return _Conversation(self)

    async def stop(self) -> None:
        """Close the port and every connection."""
        await self.shutdown()  # type: ignore[no-untyped-call]  # pymodbus leaves it untyped

    async def open(self) -> None:
        """Listen.

        Raises:
            SimulatorError: the port cannot be had.
        """
        if not await self.listen():
            raise SimulatorError(
                f"port {self.port} of {self.host} cannot be opened: choose another --port-base, or 0 for free ports"
            )
        server = cast("asyncio.Server", self.transport)
        self.port = int(server.sockets[0].getsockname()[1])
