"""What it costs that everything is captured: the same reading through a unit that answers at once, with and without."""

from pathlib import Path
import time
from typing import Final

from modbus_connection import ModbusUnit
from modbus_connection.mock import MockModbusConnection, MockModbusUnit

from localvpp.devices import Capture

from ..figures import Figure

_ROUNDS: Final = 5


async def _micros(unit: ModbusUnit, requests: int) -> float:
    began = time.process_time()
    for _ in range(requests):
        await unit.read_input_registers(0, 60)
    return (time.process_time() - began) / requests * 1e6


class _Prompt(MockModbusUnit):
    """Answers with the same registers, whatever is asked."""

    answer: Final = list(range(60))

    async def read_input_registers(self, address: int, count: int) -> list[int]:
        """Answer."""
        return self.answer


async def run(folder: Path, *, requests: int = 20_000) -> list[Figure]:
    """Measure a request of 60 registers, in turn with and without."""
    del folder
    bare = _Prompt(MockModbusConnection(), 1)
    captured = Capture("meter", "eastron_sdm120").unit(bare)
    with_it, without = [], []
    for _ in range(_ROUNDS):
        without.append(await _micros(bare, requests))
        with_it.append(await _micros(captured, requests))
    return [
        Figure(
            name="a captured request takes more",
            value=min(with_it) - min(without),
            unit="µs",
            beside={"with": min(with_it), "without": min(without), "slowest with": max(with_it)},
        )
    ]
