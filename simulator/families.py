"""Which families of devices there are, by the names of the register maps that describe them, and what each is made of.

A family is one file in :mod:`simulator.registers`; here it gets its name, its controls and its plate.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from itertools import cycle
from typing import Final

from .physics import Controls, DerControls, InverterRating, LegacyControls
from .registers import carlo_gavazzi
from .registers.carlo_gavazzi import CarloGavazziFace
from .registers.chint_ddsu666 import ChintFace
from .registers.face import InverterFace, MeterFace
from .registers.huawei_sun2000 import HuaweiControls, HuaweiFace
from .registers.inverter_der import DerFace
from .registers.inverter_legacy import LegacyFace
from .registers.sdm120 import Sdm120Face
from .registers.solax_x1_gen4 import SolaxControls, SolaxFace
from .registers.sungrow_sh import SungrowControls, SungrowFace
from .registers.sunspec_meter import SunSpecMeterFace
from .registers.victron_gx import VictronControls, VictronFace
from .settings import Families


class MeterFamily(StrEnum):
    """A make of meter."""

    EASTRON_SDM120 = "eastron_sdm120"
    CHINT_DDSU666 = "chint_ddsu666"
    CARLO_GAVAZZI_EM540 = "carlo_gavazzi_em540"
    CARLO_GAVAZZI_EM340 = "carlo_gavazzi_em340"
    SUNSPEC = "sunspec"

    @property
    def step_wh(self) -> int:
        """The step of its counters."""
        return carlo_gavazzi.STEP_WH if self is MeterFamily.CARLO_GAVAZZI_EM340 else 1

    @property
    def shows_serial(self) -> bool:
        """Whether a serial number can be read."""
        return self in {MeterFamily.EASTRON_SDM120, MeterFamily.SUNSPEC}

    def face(self, serial: int) -> MeterFace:
        """The registers of one meter."""
        match self:
            case MeterFamily.EASTRON_SDM120:
                return Sdm120Face(serial)
            case MeterFamily.CHINT_DDSU666:
                return ChintFace()
            case MeterFamily.CARLO_GAVAZZI_EM540 | MeterFamily.CARLO_GAVAZZI_EM340:
                return CarloGavazziFace(fine=self is MeterFamily.CARLO_GAVAZZI_EM540)
            case MeterFamily.SUNSPEC:
                return SunSpecMeterFace(serial)


class InverterFamily(Enum):
    """A make of inverter."""

    SUNSPEC_LEGACY = "1xx"
    SUNSPEC_DER = "7xx"
    SUNGROW_SH = "sungrow_sh"
    SOLAX_X1_GEN4 = "solax_x1_gen4"
    HUAWEI_SUN2000 = "huawei_sun2000"
    VICTRON_GX = "victron_gx"

    @property
    def is_sunspec(self) -> bool:
        """Whether it describes itself."""
        return self in {InverterFamily.SUNSPEC_LEGACY, InverterFamily.SUNSPEC_DER}

    @property
    def names(self) -> dict[str, str]:
        """What the layout says of it: ``model``, and of a SunSpec device the ``generation`` of its models."""
        return {"model": "sunspec", "generation": self.value} if self.is_sunspec else {"model": self.value}

    def face(self, rating: InverterRating, serial: str, nominal_hz: int) -> InverterFace:
        """The registers of one inverter."""
        return _MAKES[self].face(rating, serial, nominal_hz)

    def controls(self, reconnect_delay_s: int, nominal_hz: int) -> Controls:
        """What it does before anybody asked for anything."""
        return _MAKES[self].controls(reconnect_delay_s, nominal_hz)


@dataclass(frozen=True, slots=True)
class _Make:
    face: Callable[[InverterRating, str, int], InverterFace]
    controls: Callable[[int, int], Controls]


def _der(reconnect_delay_s: int, nominal_hz: int) -> DerControls:
    return DerControls(
        enter_delay_s=reconnect_delay_s, enter_hz_low=95 * nominal_hz, enter_hz_high=nominal_hz * 100 * 31 // 30
    )


_MAKES: Final[Mapping[InverterFamily, _Make]] = {
    InverterFamily.SUNSPEC_LEGACY: _Make(LegacyFace, lambda *_: LegacyControls()),
    InverterFamily.SUNSPEC_DER: _Make(DerFace, _der),
    InverterFamily.SUNGROW_SH: _Make(SungrowFace, lambda *_: SungrowControls()),
    InverterFamily.SOLAX_X1_GEN4: _Make(SolaxFace, lambda *_: SolaxControls()),
    InverterFamily.HUAWEI_SUN2000: _Make(HuaweiFace, lambda *_: HuaweiControls()),
    InverterFamily.VICTRON_GX: _Make(VictronFace, lambda *_: VictronControls()),
}


_MIXED_METERS: Final = (
    MeterFamily.EASTRON_SDM120,
    MeterFamily.CHINT_DDSU666,
    MeterFamily.CARLO_GAVAZZI_EM540,
    MeterFamily.SUNSPEC,
)
"""Billing meters: each counts watt-hours."""
_MIXED_HYBRIDS: Final = (
    InverterFamily.SUNSPEC_LEGACY,
    InverterFamily.SUNGROW_SH,
    InverterFamily.SOLAX_X1_GEN4,
    InverterFamily.VICTRON_GX,
    InverterFamily.SUNSPEC_DER,
)
"""Without the SUN2000: it wants a pause after each of its many short reads, which together take most of a second."""
_MIXED_PV: Final = (InverterFamily.SUNSPEC_DER, InverterFamily.SUNSPEC_LEGACY)


class Choice:
    """Which families the flats' devices are of, one flat after the other."""

    def __init__(self, families: Families) -> None:
        self._mixed = families is Families.MIXED
        self._hybrids, self._pv = cycle(_MIXED_HYBRIDS), cycle(_MIXED_PV)

    def meter(self, index: int) -> MeterFamily:
        """The family of a flat's meter."""
        return _MIXED_METERS[index % len(_MIXED_METERS)] if self._mixed else MeterFamily.EASTRON_SDM120

    def inverter(self, index: int, *, battery: bool) -> InverterFamily:
        """The family of the next flat's inverter; in a mixed building each family has its turn."""
        if not self._mixed:
            return InverterFamily.SUNSPEC_LEGACY if index % 2 == 0 else InverterFamily.SUNSPEC_DER
        return next(self._hybrids if battery else self._pv)
