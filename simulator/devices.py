"""Devices as a Modbus master meets them: reads and writes against the plant's state, and their faults."""

import random
from typing import Protocol, override

from pymodbus.constants import ExcCodes

from .building import Generation
from .physics import DerControls, LegacyControls
from .plant import Household, Plant
from .registers import Refused, inverter_der, inverter_legacy, sdm120
from .registers.sunspec import Chain
from .registers.words import float32
from .settings import Fault

READ_COILS, READ_INPUTS, READ_HOLDING, READ_INPUT_REGISTERS = 1, 2, 3, 4
WRITE_COIL, WRITE_REGISTER, WRITE_COILS, WRITE_REGISTERS = 5, 6, 15, 16


class Reader(Protocol):
    """Where a meter's second comes from."""

    def __call__(self) -> tuple[int, sdm120.Reading]:
        """A number that changes with the reading, and the reading."""


class Device:
    """One unit behind a gateway. Functions that a device does not have are refused here."""

    fault: Fault | None = None
    faults: frozenset[Fault] = frozenset({Fault.SILENT, Fault.REFUSE, Fault.NONSENSE})

    def read_registers(self, function: int, address: int, count: int) -> list[int]:
        """Answer FC3 or FC4.

        Raises:
            Refused: with the Modbus exception to answer.
        """
        raise Refused(ExcCodes.ILLEGAL_FUNCTION)

    def write_registers(self, address: int, values: list[int]) -> None:
        """Answer FC6 or FC16.

        Raises:
            Refused: with the Modbus exception to answer; nothing is changed.
        """
        raise Refused(ExcCodes.ILLEGAL_FUNCTION)

    def read_bits(self, function: int, address: int, count: int) -> list[bool]:
        """Answer FC1 or FC2.

        Raises:
            Refused: with the Modbus exception to answer.
        """
        raise Refused(ExcCodes.ILLEGAL_FUNCTION)

    def write_bits(self, address: int, values: list[bool]) -> None:
        """Answer FC5 or FC15.

        Raises:
            Refused: with the Modbus exception to answer; nothing is changed.
        """
        raise Refused(ExcCodes.ILLEGAL_FUNCTION)


class MeterDevice(Device):
    """An SDM120 on a flat's line, on the building's, or on the common parts'."""

    def __init__(self, serial: int, reader: Reader) -> None:
        self.serial = serial
        self._reader = reader
        self._shown = -1
        self._ranges: dict[int, list[int]] = {}

    @override
    def read_registers(self, function: int, address: int, count: int) -> list[int]:
        if function == READ_HOLDING:
            return sdm120.read_holding(self.serial, address, count)
        number, reading = self._reader()
        if number != self._shown:
            self._ranges = sdm120.input_registers(reading)
            self._shown = number
        ranges = self._ranges
        if self.fault is Fault.NONSENSE:
            ranges = {start: _wild_floats(len(registers), number) for start, registers in ranges.items()}
        return sdm120.read(ranges, address, count)

    @override
    def write_registers(self, address: int, values: list[int]) -> None:
        raise Refused(ExcCodes.ILLEGAL_ADDRESS)


class InverterDevice(Device):
    """A hybrid inverter of either SunSpec generation."""

    def __init__(self, plant: Plant, household: Household) -> None:
        self._plant = plant
        self._household = household
        rating = household.plan.rating.inverter
        serial = household.plan.inverter_serial
        assert rating is not None
        assert serial is not None
        self._rating = rating
        self._hertz = plant.plan.nominal_hz
        legacy = household.plan.generation is Generation.LEGACY
        self._chain: Chain = (
            inverter_legacy.chain(rating, serial, self._hertz) if legacy else inverter_der.chain(rating, serial)
        )
        self._legacy = legacy
        self._shown = -1

    @override
    def read_registers(self, function: int, address: int, count: int) -> list[int]:
        if function != READ_HOLDING:
            raise Refused(ExcCodes.ILLEGAL_FUNCTION)
        household = self._household
        if household.version != self._shown:
            if self._legacy:
                inverter_legacy.show(self._chain, self._rating, household.state, self._hertz)
            else:
                inverter_der.show(self._chain, self._rating, household.state, self._hertz, household.state.clock_ms)
            self._shown = household.version
        registers = self._chain.read(address, count)
        if self.fault is Fault.NONSENSE:
            return self._nonsense(address, registers)
        return registers

    def _nonsense(self, address: int, registers: list[int]) -> list[int]:
        """Scale factors far out of range and measurements at random; the chain of models stays walkable."""
        draw = random.Random(self._household.version)
        return self._chain.disturb(address, registers, draw)

    @override
    def write_registers(self, address: int, values: list[int]) -> None:
        written = self._chain.decode(address, values)
        self._plant.control(self._household, lambda controls, now_ms: self._write(controls, written, now_ms))

    def _write(
        self, controls: LegacyControls | DerControls, written: dict[str, int], now_ms: int
    ) -> LegacyControls | DerControls:
        if isinstance(controls, LegacyControls):
            return inverter_legacy.write(controls, written, now_ms)
        return inverter_der.write(self._rating, controls, written, now_ms)


class RelayDevice(Device):
    """The living room's relay: coil 0 commands, inputs 0 and 1 tell the main contact and the living room's voltage."""

    faults = frozenset({Fault.SILENT, Fault.REFUSE, Fault.NONSENSE, Fault.WELDED})

    def __init__(self, plant: Plant, household: Household) -> None:
        self._plant = plant
        self._household = household

    @override
    def read_bits(self, function: int, address: int, count: int) -> list[bool]:
        self._plant.settle_relay(self._household)
        state = self._household.state
        bits = [state.relay.command] if function == READ_COILS else [state.relay.contact, state.energised]
        if address + count > len(bits):
            raise Refused(ExcCodes.ILLEGAL_ADDRESS)
        if self.fault is Fault.NONSENSE and function == READ_INPUTS:
            # Feedback wires that hang loose: both inputs change every second, whatever the contact does.
            bits = [bool(state.clock_ms // 1000 % 2)] * 2
        return bits[address : address + count]

    @override
    def write_bits(self, address: int, values: list[bool]) -> None:
        if address != 0 or len(values) != 1:
            raise Refused(ExcCodes.ILLEGAL_ADDRESS)
        self._plant.command_relay(self._household, values[0])


def _wild_floats(count: int, number: int) -> list[int]:
    draw = random.Random(number)
    registers: list[int] = []
    for _ in range(count // 2):
        registers += float32(draw.choice([None, float("inf"), -1e30, 3.4e38, draw.uniform(-1e9, 1e9)]))
    return registers
