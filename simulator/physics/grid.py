"""The distribution grid at the building's door: single-phase three-wire 100/200 V, and its small deviations."""

from dataclasses import dataclass
from typing import Final

NOMINAL_MV: Final = 200_000
"""Line to line. Japan's low voltage is 101 V +-6 V and 202 V +-20 V."""

PRESENT_MV: Final = NOMINAL_MV * 80 // 100
"""Below 80 % an inverter's under-voltage relay says that the grid is gone (JEAC 9701)."""

_HIGHEST_MV: Final = NOMINAL_MV * 115 // 100
_FIT_MHZ: Final = {50: (48_500, 51_000), 60: (58_800, 61_200)}
"""Where under- and over-frequency relays are set (JEAC 9701's usual settings), by the nominal hertz."""

LINE_MOHM: Final = 60
"""Resistance of the line from the transformer to one flat and back: 25 A make 1.5 V."""

_VOLTAGE_REST_MV: Final = 202_000
_VOLTAGE_SWING_MV: Final = 3_000
_FREQUENCY_SWING_MHZ: Final = 80


@dataclass(frozen=True, slots=True)
class Grid:
    """Voltage (millivolts, line to line; 0: no grid) and frequency (millihertz; 0: no grid)."""

    voltage_mv: int
    frequency_mhz: int

    @property
    def present(self) -> bool:
        """Whether lamps and motors on it run."""
        return self.voltage_mv >= PRESENT_MV

    def fit(self, nominal_hz: int) -> bool:
        """Whether an inverter stays with it: inside of its voltage and frequency relays."""
        low_mhz, high_mhz = _FIT_MHZ[nominal_hz]
        return PRESENT_MV <= self.voltage_mv <= _HIGHEST_MV and low_mhz <= self.frequency_mhz <= high_mhz

    @property
    def line_to_neutral_mv(self) -> int:
        """Half of the three-wire voltage."""
        return self.voltage_mv // 2


DEAD: Final = Grid(0, 0)


def resting(nominal_hz: int) -> Grid:
    """A grid in its middle state."""
    return Grid(_VOLTAGE_REST_MV, nominal_hz * 1000)


def drift(grid: Grid, nominal_hz: int, voltage_noise: int, frequency_noise: int) -> Grid:
    """One second later: a random walk that is drawn back to its rest and never leaves the ordinary band.

    ``voltage_noise`` and ``frequency_noise`` are the second's random pushes in millivolts and millihertz.
    """
    rest_mhz = nominal_hz * 1000
    voltage = grid.voltage_mv + voltage_noise + (_VOLTAGE_REST_MV - grid.voltage_mv) // 50
    frequency = grid.frequency_mhz + frequency_noise + (rest_mhz - grid.frequency_mhz) // 30
    return Grid(
        min(max(voltage, _VOLTAGE_REST_MV - _VOLTAGE_SWING_MV), _VOLTAGE_REST_MV + _VOLTAGE_SWING_MV),
        min(max(frequency, rest_mhz - _FREQUENCY_SWING_MHZ), rest_mhz + _FREQUENCY_SWING_MHZ),
    )


def at_flat(grid: Grid, flow_mw: int) -> Grid:
    """The grid as one flat sees it while it draws ``flow_mw`` (negative: feeds) over its line."""
    if not grid.present:
        # Nothing runs on so low a voltage; a meter shows it as it is.
        assert flow_mw == 0, "power crossed a line without a grid"
        return grid
    current_ma = flow_mw * 1000 // grid.voltage_mv
    return Grid(grid.voltage_mv - current_ma * LINE_MOHM // 1000, grid.frequency_mhz)
