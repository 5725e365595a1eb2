"""A meter that describes itself: models 201 to 204 (integers with scale factors) and 211 to 214 (floats).

The four of each row share one layout and differ in how the grid is wired: single phase, split phase, star, delta. What
is read, counters and scale factors, comes in one request, so that it is of one moment.

The models name two counters, imported and exported, and leave the sign of the power open. Most makers count import
positive, as Fronius does; SolarEdge counts export. So the counters are taken by their names, and the power's sign by
the maker's (evcc, templates sunspec-meter and solaredge-hybrid; solaredge-modbus-multi, issue 69).
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from time import monotonic
from typing import Any, Final, Self, override

from modbus_connection import ModbusUnit
from modbus_connection.model import NumberField
from modbus_connection.model.sunspec import SunSpecModel, SunSpecModels, sunssf

from ..capability import Identity, MeterReading
from ..counting import Counting
from ..errors import DeviceError, DeviceNonsenseError
from ..line import Line
from ..mapping import EnergySample
from ..plausible import frequency, line_voltage, may_be_torn, power, voltage, within
from ..polled import PolledDevice
from ..polling import approach
from ..quantity import SUNSSF_RANGE, pattern, scaled_watt_hours, watt_hours_of
from ..rota import Pace, Rota
from ..silence import METER, Manners
from .chain import BASES, base_of, discover, identify, is_marked
from .layout import place
from .models.meter_delta import AcMeterAbc
from .models.meter_delta_float import AcMeterAbcFloat
from .models.meter_single_phase import AcMeterAnOrAb
from .models.meter_single_phase_float import AcMeterAnOrAbFloat
from .models.meter_split_phase import AcMeterAbn
from .models.meter_split_phase_float import AcMeterAbnFloat
from .models.meter_wye import AcMeterAbcn
from .models.meter_wye_float import AcMeterAbcnFloat

RATED_W: Final = 72_000
"""Three phases of 100 A, the largest that is connected directly: the models have no rating. It bounds powers, by half
more, and the steps of counters."""

RATED_A: Final = 300.0
"""The sum of its phases."""

COUNTER_SLACK_WH: Final = 200
"""What a counter may show at once where its steps are small."""

COARSEST_STEP_WH: Final = 1000
"""No meter counts in larger steps; a scale factor that says so is of a bad moment."""

EXPORT_POSITIVE: Final = frozenset({"SolarEdge"})
"""Makers whose power is positive when it leaves the flat."""


class _Counter(NumberField[Any]):
    """A lifetime energy, exact, and whether its words may be of two moments.

    0 means "not counted" to an acc32 (SunSpec), all ones to the devices that treat it as any unsigned number.
    """

    def __init__(self, address: int) -> None:
        super().__init__(address, count=2, signed=False, nan=(0, 0xFFFF_FFFF), scale_register=54)

    @override
    def decode(self, words: list[int], scale_exponent: int | None = None) -> EnergySample | None:
        raw = pattern(words, "big")
        if (self.nan and raw in self.nan) or scale_exponent is None:
            return None
        wh = scaled_watt_hours(raw, scale_exponent)
        return None if wh is None else EnergySample(wh, torn=may_be_torn(raw))


class _ExactCounters:
    """Puts the exact decoder in the place of the generated one; registers 38 and 46 with their scale in 54."""

    tot_wh_exp = _Counter(38)
    tot_wh_imp = _Counter(46)
    tot_wh_sf = sunssf(54)


class _SinglePhase(_ExactCounters, AcMeterAnOrAb):
    """Model 201."""


class _SplitPhase(_ExactCounters, AcMeterAbn):
    """Model 202."""


class _Star(_ExactCounters, AcMeterAbcn):
    """Model 203."""


class _Delta(_ExactCounters, AcMeterAbc):
    """Model 204."""


type _Integers = _SinglePhase | _SplitPhase | _Star | _Delta
type _Floats = AcMeterAnOrAbFloat | AcMeterAbnFloat | AcMeterAbcnFloat | AcMeterAbcFloat

METER_MODELS: Final[Mapping[int, type[_Integers | _Floats]]] = {
    201: _SinglePhase,
    202: _SplitPhase,
    203: _Star,
    204: _Delta,
    211: AcMeterAnOrAbFloat,
    212: AcMeterAbnFloat,
    213: AcMeterAbcnFloat,
    214: AcMeterAbcFloat,
}

_FIELDS: Final = ("a", "ph_v", "ph_vph_a", "ppv", "hz", "w", "tot_wh_exp", "tot_wh_imp")


_ROTA: Final = Rota({"meter": Pace.ALWAYS})


def meter_model(models: SunSpecModels) -> SunSpecModel | None:
    """Give the model of a device's meter, the first of several; None where it has none."""
    return next((model for model in models.chain if model.model_id in METER_MODELS), None)


class SunSpecMeter(PolledDevice[MeterReading]):
    """Reads a meter that describes itself. Made by ``open``."""

    def __init__(
        self,
        unit: ModbusUnit,
        base: int,
        identity: Identity,
        block: _Integers | _Floats,
        line: Line,
        manners: Manners,
        clock: Callable[[], float],
        name: Callable[[], Awaitable[Identity]],
    ) -> None:
        super().__init__(
            "meter", unit, identity, clock, line=line, manners=manners, knock=lambda: is_marked(unit, base)
        )
        self._name = name
        self._block = block
        self._sign = -1 if identity.manufacturer in EXPORT_POSITIVE else 1
        self._counting = Counting(self._what, COUNTER_SLACK_WH, clock)
        self._last_step_wh = COARSEST_STEP_WH

    @classmethod
    async def open(
        cls,
        unit: ModbusUnit,
        clock: Callable[[], float] = monotonic,
        *,
        bases: Sequence[int] = BASES,
        line: Line | None = None,
        manners: Manners = METER,
    ) -> Self:
        """Find out which meter it is.

        Args:
            unit: where it answers.
            clock: a monotonic clock in seconds.
            bases: where its map may begin.
            line: its line, if others share it.
            manners: how long it is waited for, and left alone when it is silent.

        Raises:
            DeviceError: it is silent, is no SunSpec device, no meter, or one whose model is too short.
        """
        approach(unit)
        models = await discover(unit, bases)
        model = meter_model(models)
        if model is None:
            raise DeviceNonsenseError(
                f"the SunSpec device {await identify(unit, models)} has the models {', '.join(map(str, models))} and "
                f"none of a meter ({', '.join(map(str, METER_MODELS))}): choose the unit number of the meter"
            )
        name = partial(identify, unit, models, model)
        identity = await name()
        kind = METER_MODELS[model.model_id]
        used = (*_FIELDS, "tot_wh_sf") if "tot_wh_sf" in kind.declared_fields else _FIELDS
        block = place(f"the meter {identity}", kind, unit, model, used)
        return cls(unit, base_of(models), identity, block, line or Line(), manners, clock, name)

    async def identify(self) -> Identity:
        """Ask who it is by now; see ``late.base.Named``."""
        return await self._name()

    @override
    async def _read(self) -> MeterReading:
        failed = (await self._poller.poll({"meter": self._block}, _ROTA)).failed
        block = self._block
        shown = [each for each in (block.ph_vph_a, block.ph_v, block.ppv) if each is not None]
        volts = next((each for each in map(voltage, shown) if each is not None), None)
        hertz = frequency(block.hz)
        watts = power(block.w, RATED_W)
        amperes = within(block.a, (-RATED_A, RATED_A))
        # The smaller one of two readings: a scale that was misread must not make room for the error that it makes.
        step_wh, self._last_step_wh = min(self._step_wh, self._last_step_wh), self._step_wh
        self._counting.slack_wh = max(COUNTER_SLACK_WH, 2 * step_wh)
        # No likely voltage and no likely frequency is no meter's answer, or one without its grid.
        unlikely = volts is None and hertz is None
        import_wh = self._count("import_wh", block.tot_wh_imp, failed, unlikely=unlikely)
        return MeterReading(
            power_w=None if watts is None else self._sign * watts,
            import_wh=import_wh,
            export_wh=self._count("export_wh", block.tot_wh_exp, failed, unlikely=unlikely),
            voltage_v=volts if volts is not None else line_voltage(next(iter(shown), None), (hertz,), import_wh),
            current_a=None if amperes is None else self._sign * amperes,
            frequency_hz=hertz,
            rated_w=RATED_W,
            failed=failed,
        )

    @property
    def _step_wh(self) -> int:
        """The step of its counters, by the scale factor that came with them."""
        exponent = getattr(self._block, "tot_wh_sf", None)
        if not isinstance(exponent, int) or exponent not in SUNSSF_RANGE or exponent < 0:
            return 1
        return min(COARSEST_STEP_WH, int(10**exponent))

    def _count(
        self, name: str, shown: EnergySample | float | None, failed: dict[str, DeviceError], *, unlikely: bool
    ) -> int | None:
        torn = isinstance(shown, EnergySample) and shown.torn
        wh = shown.wh if isinstance(shown, EnergySample) else watt_hours_of(shown)
        counted = self._counting.take(name, wh, rated_w=RATED_W, doubtful=torn or unlikely)
        if isinstance(counted, DeviceNonsenseError):
            failed[name] = counted
            return None
        return counted
