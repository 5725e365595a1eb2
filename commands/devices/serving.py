"""A capture as a device that answers over Modbus TCP: for other programs, and for looking at it live.

The registers change as they did when the capture was taken, second for second, and stay as they are at its end. What
was not answered then is refused as a gateway does that hears nothing of its device; writing is refused.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import Final, cast

from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from localvpp.devices import Recording, Space, Timeline
from localvpp.devices.capture.recording import READS, Exchange

from ..errors import CommandError

UNIT: Final = 1
_ADDRESSES: Final = 0x10000
_SPACES: Final = {1: Space.COIL, 2: Space.DISCRETE, 3: Space.HOLDING, 4: Space.INPUT}
_FUNCTIONS: Final = {space: function for function, space in READS.items()}
_BITS: Final = 16


class _Device:
    """Answers pymodbus by what is known at the moment."""

    def __init__(self, recording: Recording) -> None:
        self._timeline = Timeline(recording)
        self._timeline.registers = self._timeline.first_seen()
        self._ahead_s = self._timeline.begin - monotonic()

    async def answer(
        self,
        function: int,
        start: int,
        address: int,
        count: int,
        registers: list[int],
        written: list[int] | list[bool] | None,
    ) -> ExcCodes | None:
        """Bring the registers that are asked for up to date, or refuse."""
        space = _SPACES.get(function)
        if space is None or written:
            return ExcCodes.ILLEGAL_FUNCTION
        for _ in self._timeline.advance(monotonic() + self._ahead_s):
            pass
        if (failed := self._timeline.failed.get((_FUNCTIONS[space], (address, count)))) is not None:
            return _refusal(failed)
        known = self._timeline.registers.get(space, {})
        if space in {Space.HOLDING, Space.INPUT}:
            words = [known[each] for each in range(address, address + count) if each in known]
            if len(words) < count:
                return ExcCodes.ILLEGAL_ADDRESS
            registers[address - start : address - start + count] = words
            return None
        if address not in known:
            return ExcCodes.ILLEGAL_ADDRESS
        # pymodbus keeps sixteen bits in each "register", and takes the asked ones from the address's place in those.
        first = address - address % _BITS
        for index in range(count):
            bits = [known.get(first + index * _BITS + bit, 0) << bit for bit in range(_BITS)]
            registers[address - start + index] = sum(bits)
        return None


def _refusal(failed: Exchange) -> ExcCodes:
    known = {code.value: code for code in ExcCodes}
    return known.get(failed.code or 0, ExcCodes.GATEWAY_NO_RESPONSE)


@asynccontextmanager
async def serving_recording(recording: Recording, host: str, port: int) -> AsyncIterator[int]:
    """Serve a capture while the block runs; give the port.

    Raises:
        CaptureError: it holds no requests.
        CommandError: the port cannot be had.
    """
    registers = [SimData(0, count=_ADDRESSES, values=0, datatype=DataType.REGISTERS)]
    bits = [SimData(0, values=[False] * _ADDRESSES, datatype=DataType.BITS)]
    device = SimDevice(UNIT, (bits, bits, registers, registers), action=_Device(recording).answer)
    server = ModbusTcpServer(device, address=(host, port))
    if not await server.listen():
        raise CommandError(f"port {port} of {host} cannot be opened: choose another one, or 0")
    try:
        yield int(cast("asyncio.Server", server.transport).sockets[0].getsockname()[1])
    finally:
        await server.shutdown()  # type: ignore[no-untyped-call]  # pymodbus leaves it untyped
