"""The reference: the same registers, asked for by pymodbus alone, which knows nothing of what they mean."""

import asyncio
from collections.abc import Iterable, Mapping
import time

from pymodbus.client import AsyncModbusTcpClient

from .place import Asked, Place, each_second


class BareReader:
    """Asks a flat's devices what the product asked in a cycle."""

    def __init__(self, place: Place, asked: Mapping[str, Iterable[Asked]]) -> None:
        self.client = AsyncModbusTcpClient(place.host, port=place.port)
        units = {"meter": place.meter, "inverter": place.inverter}
        self._asked = [
            (function, arguments, units[device]) for device, each in asked.items() for function, arguments in each
        ]
        self.took_s: list[float] = []

    async def cycle(self) -> None:
        """Ask all of it, one after the other; pymodbus names its methods as `modbus_connection` does."""
        began = time.perf_counter()
        for method, (address, count), unit in self._asked:
            answer = await getattr(self.client, method)(address, count=count, device_id=unit)
            assert not answer.isError(), f"{method} {address} {count}: {answer}"
        self.took_s.append(time.perf_counter() - began)


async def read_bare(seconds: int, readers: list[BareReader]) -> float:
    """Read flats once a second; return the processor time that it took, in a second."""

    async def all_of_them() -> None:
        await asyncio.gather(*(reader.cycle() for reader in readers))

    try:
        for reader in readers:
            assert await reader.client.connect()
        return await each_second(seconds, all_of_them)
    finally:
        for reader in readers:
            reader.client.close()
