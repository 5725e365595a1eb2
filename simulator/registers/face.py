"""What every family of devices shows to a Modbus master, and what it is shown from."""

from dataclasses import dataclass
import random
from typing import Final, Protocol

from ..physics import DEAD, Backup, Controls, EnergyRegisters, Flat, Grid


@dataclass(frozen=True, slots=True)
class Reading:
    """What a meter shows after one second: the grid at its terminals, power (milliwatts, positive: import), energy."""

    grid: Grid
    power_mw: int
    energy: EnergyRegisters


ISLAND_MV: Final = 202_000
"""What an inverter makes by itself, line to line."""


def terminals(flat: Flat, nominal_hz: int) -> Grid:
    """What an inverter measures at its AC terminals: the grid, or the voltage that it makes itself."""
    return Grid(ISLAND_MV, nominal_hz * 1000) if flat.forming else flat.grid


def backup(flat: Flat, nominal_hz: int) -> tuple[Grid, int]:
    """What an inverter measures at its own output for the living room: voltage and frequency, and power in milliwatts.

    Backup terminals have the grid's voltage while nothing separates them from it.
    """
    if flat.forming:
        return terminals(flat, nominal_hz), flat.living_mw if flat.islanded else 0
    output = flat.switch
    if isinstance(output, Backup) and not output.separated and output.due_ms is None and flat.grid.present:
        return flat.grid, flat.living_mw
    return DEAD, 0


class Face(Protocol):
    """The registers of one device."""

    def read(self, function: int, address: int, count: int) -> list[int]:
        """Answer FC3 or FC4.

        Raises:
            Refused: with the Modbus exception to answer.
        """

    def disturb(self, function: int, address: int, registers: list[int], draw: random.Random) -> list[int]:
        """``registers`` as a broken device would give them."""


class MeterFace(Face, Protocol):
    """The registers of a meter."""

    def show(self, reading: Reading) -> None:
        """Put a second's reading into the registers."""


class InverterFace(Face, Protocol):
    """The registers of an inverter, with its battery if it has one."""

    def show(self, flat: Flat) -> None:
        """Put a second's measurements and the controls' present values into the registers."""

    def write(self, controls: Controls, address: int, words: list[int], now_ms: int) -> Controls:
        """The controls after a master wrote ``words`` from ``address`` on.

        Raises:
            Refused: with the Modbus exception to answer; nothing is changed.
        """
