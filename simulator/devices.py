"""Devices as a Modbus master meets them: reads and writes against the plant's state, and their faults."""

import random
from typing import Protocol, override

from pymodbus.constants import ExcCodes

from .plant import Household, Plant
from .registers import Refused
from .registers.alfen_eve import AlfenSocket
from .registers.face import InverterFace, MeterFace, Reading
from .registers.moxa_e1210 import PulseCounter
from .settings import Fault

READ_COILS, READ_INPUTS, READ_HOLDING, READ_INPUT_REGISTERS = 1, 2, 3, 4
WRITE_COIL, WRITE_REGISTER, WRITE_COILS, WRITE_REGISTERS = 5, 6, 15, 16


class Reader(Protocol):
    """Where a meter's second comes from."""

    def __call__(self) -> tuple[int, Reading]:
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
    """A meter on a flat's line, on the building's, or on the common parts'."""

    def __init__(self, face: MeterFace, reader: Reader) -> None:
        self._face = face
        self._reader = reader
        self._shown = -1

    @override
    def read_registers(self, function: int, address: int, count: int) -> list[int]:
        number, reading = self._reader()
        if number != self._shown:
            self._face.show(reading)
            self._shown = number
        registers = self._face.read(function, address, count)
        if self.fault is Fault.NONSENSE:
            return self._face.disturb(function, address, registers, random.Random(number))
        return registers

    @override
    def write_registers(self, address: int, values: list[int]) -> None:
        raise Refused(ExcCodes.ILLEGAL_ADDRESS)


class InverterDevice(Device):
    """An inverter of any family."""

    def __init__(self, face: InverterFace, plant: Plant, household: Household) -> None:
        self._face = face
        self._plant = plant
        self._household = household
        self._shown = -1

    @override
    def read_registers(self, function: int, address: int, count: int) -> list[int]:
        household = self._household
        if household.version != self._shown:
            self._face.show(household.state)
            self._shown = household.version
        registers = self._face.read(function, address, count)
        if self.fault is Fault.NONSENSE:
            return self._face.disturb(function, address, registers, random.Random(household.version))
        return registers

    @override
    def write_registers(self, address: int, values: list[int]) -> None:
        self._plant.control(
            self._household, lambda controls, now_ms: self._face.write(controls, address, values, now_ms)
        )


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


class ChargerDevice(Device):
    """A charger of an electric car."""

    faults = frozenset({Fault.SILENT, Fault.REFUSE})

    def __init__(self, socket: AlfenSocket) -> None:
        self._socket = socket

    @override
    def read_registers(self, function: int, address: int, count: int) -> list[int]:
        return self._socket.read(function, address, count)

    @override
    def write_registers(self, address: int, values: list[int]) -> None:
        self._socket.write(address, values)


class CounterDevice(Device):
    """A module that counts the pulses of gas meters."""

    faults = frozenset({Fault.SILENT, Fault.REFUSE})

    def __init__(self, counter: PulseCounter) -> None:
        self._counter = counter

    @override
    def read_registers(self, function: int, address: int, count: int) -> list[int]:
        return self._counter.read(function, address, count)
