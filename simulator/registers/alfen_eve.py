"""A socket of an Alfen Eve: FC3 and FC16, floats high word first, as the maker's "Modbus Slave TCP/IP" v2.3 tells it.

A maximum current that nobody writes anew ends by itself after the validity time, and the socket goes back to its safe
current. A car takes what it is offered, up to what it can, on one phase; below 6 A it takes nothing.
"""

import struct
from typing import Final

from pymodbus.constants import ExcCodes

from .bank import HOLDING
from .words import Refused, float32

VALIDITY_S: Final = 60
_MOST_MA: Final = 32_000
_LEAST_MA: Final = 6_000
_MEASURED, _SOCKET = range(300, 426), range(1200, 1216)
_MAX_CURRENT: Final = 1210
_ABSENT: Final = 0xFFFF
_VOLTS: Final = 230


class AlfenSocket:
    """A socket with a car, moved on by whole seconds.

    Args:
        safe_ma: what it offers when nobody asks for anything.
        car_ma: what the car takes at most.
        validity_s: for how long a maximum current holds.
    """

    def __init__(self, *, safe_ma: int = 16_000, car_ma: int = 30_000, validity_s: int = VALIDITY_S) -> None:
        self._safe_ma = safe_ma
        self._car_ma = car_ma
        self._validity_s = validity_s
        self._asked_ma = 0
        self._left_s = 0
        self.plugged = True
        self.energy_mj = 0
        """Millijoules since it was made."""

    @property
    def offered_ma(self) -> int:
        """What the car may take."""
        offered = self._asked_ma if self._left_s else self._safe_ma
        return min(offered, _MOST_MA) if offered >= _LEAST_MA else 0

    @property
    def taken_ma(self) -> int:
        """What the car takes."""
        return min(self.offered_ma, self._car_ma) if self.plugged else 0

    @property
    def taken_mw(self) -> int:
        """The same as a power, in milliwatts."""
        return self.taken_ma * _VOLTS

    def pass_seconds(self, seconds: int) -> None:
        """Let time go by."""
        for _ in range(seconds):
            self.energy_mj += self.taken_mw
            self._left_s = max(0, self._left_s - 1)

    def read(self, function: int, address: int, count: int) -> list[int]:
        """Answer FC3.

        Raises:
            Refused: another function, or no register.
        """
        if function != HOLDING:
            raise Refused(ExcCodes.ILLEGAL_FUNCTION)
        wanted = range(address, address + count)
        if not any(wanted.start in block and wanted[-1] in block for block in (_MEASURED, _SOCKET)):
            raise Refused(ExcCodes.ILLEGAL_ADDRESS)
        registers = self._registers()
        return [registers.get(at, _ABSENT) for at in wanted]

    def write(self, address: int, words: list[int]) -> None:
        """Answer FC16: a maximum current, in one piece.

        Raises:
            Refused: another register, or half of one.
        """
        if address != _MAX_CURRENT or len(words) != len(float32(0.0)):
            raise Refused(ExcCodes.ILLEGAL_ADDRESS)
        (amperes,) = struct.unpack(">f", struct.pack(">HH", *words))
        if not 0 <= amperes * 1000 <= 2 * _MOST_MA:
            raise Refused(ExcCodes.ILLEGAL_VALUE)
        self._asked_ma = round(amperes * 1000)
        self._left_s = self._validity_s

    def _registers(self) -> dict[int, int]:
        amperes = self.taken_ma / 1000
        state = ("C2" if self.taken_ma else "B2" if self.offered_ma else "B1") if self.plugged else "A\0"
        joules = self.energy_mj // 1000
        registers: dict[int, int] = {}
        for at, value in {
            306: float(_VOLTS), 320: amperes, 322: 0.0, 324: 0.0, 336: 50.0, 344: amperes * _VOLTS,
            1206: self.offered_ma / 1000, 1210: self._asked_ma / 1000, 1212: self._safe_ma / 1000,
        }.items():  # fmt: skip
            registers |= dict(enumerate(float32(value), at))
        registers |= dict(enumerate(_float64(joules / 3600), 374))
        registers |= {1200: 1, 1201: ord(state[0]) << 8 | ord(state[1])}
        registers |= dict.fromkeys(range(1202, 1206), 0)
        registers |= {1208: 0, 1209: self._left_s, 1214: int(self._left_s > 0), 1215: 1}
        return registers


def _float64(value: float) -> tuple[int, ...]:
    return struct.unpack(">HHHH", struct.pack(">d", value))
