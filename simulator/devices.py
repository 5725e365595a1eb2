"""Devices as a Modbus master meets them: reads and writes against the plant's state, and their faults."""

import random
from typing import Protocol, override

from pymodbus.constants import ExcCodes

from .physics import Backup, Pair, Relay
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

    @property
    def silent(self) -> bool:
        """Whether it answers nothing now."""
        return self.fault is Fault.SILENT

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

    faults = frozenset({Fault.SILENT, Fault.REFUSE, Fault.NONSENSE, Fault.LINE_POWERED})

    def __init__(self, face: MeterFace, reader: Reader) -> None:
        self._face = face
        self._reader = reader
        self._shown = -1

    @property
    @override
    def silent(self) -> bool:
        unpowered = self.fault is Fault.LINE_POWERED and not self._reader()[1].grid.present
        return unpowered or super().silent

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
        own = {Fault.TRANSFER, Fault.OVERLOAD, Fault.PV_TRIPS}
        if not isinstance(household.state.switch, Relay):
            own.add(Fault.WELDED)
        self.faults = super().faults | own

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


class ContactDevice(Device):
    """One contactor of a module, as the control page knows it: what can be wrong with it alone."""

    faults = frozenset({Fault.WELDED, Fault.FEEDBACK_LOST, Fault.FEEDBACK_STUCK})

    def __init__(self) -> None:
        self.stuck = False
        """What a stuck feedback tells."""

    def tell(self, closed: bool) -> bool:
        """What the feedback of a contact tells."""
        match self.fault:
            case Fault.FEEDBACK_LOST:
                return False
            case Fault.FEEDBACK_STUCK:
                return self.stuck
            case _:
                return closed


class RelayDevice(ContactDevice):
    """The module of the living room's contactors.

    Of one: coil 0 commands, inputs 0 and 1 tell the main contact and the living room's voltage. Of a pair: coils 0 and
    1 command main and island, inputs 0 and 1 tell them, input 2 tells the living room's voltage.
    """

    faults = frozenset({Fault.SILENT, Fault.REFUSE, Fault.NONSENSE}) | ContactDevice.faults

    def __init__(self, plant: Plant, household: Household) -> None:
        super().__init__()
        self._plant = plant
        self._household = household
        self.island = ContactDevice() if isinstance(household.state.switch, Pair) else None

    @property
    def contacts(self) -> list[bool]:
        """Where the contacts are by now."""
        self._plant.settle(self._household)
        return [relay.contact for relay in self._relays()]

    def _relays(self) -> list[Relay]:
        match self._household.state.switch:
            case Relay() as relay:
                return [relay]
            case Pair() as pair:
                return [pair.main, pair.island]
            case Backup():
                raise AssertionError("backup terminals have no module")

    @override
    def read_bits(self, function: int, address: int, count: int) -> list[bool]:
        self._plant.hear(self._household)
        state = self._household.state
        relays = self._relays()
        if function == READ_COILS:
            bits = [relay.command for relay in relays]
        else:
            wires = [self] if self.island is None else [self, self.island]
            bits = [wire.tell(relay.contact) for wire, relay in zip(wires, relays, strict=True)]
            bits.append(state.energised)
        if address + count > len(bits):
            raise Refused(ExcCodes.ILLEGAL_ADDRESS)
        if self.fault is Fault.NONSENSE and function == READ_INPUTS:
            # Feedback wires that hang loose: all inputs change every second, whatever the contacts do.
            bits = [bool(state.clock_ms // 1000 % 2)] * len(bits)
        return bits[address : address + count]

    @override
    def write_bits(self, address: int, values: list[bool]) -> None:
        if address + len(values) > len(self._relays()):
            raise Refused(ExcCodes.ILLEGAL_ADDRESS)
        self._plant.hear(self._household)
        for coil, value in enumerate(values, address):
            self._plant.command(self._household, coil, value)


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
