"""What a device that describes itself is by its models: an inverter, a meter, or both at one unit number."""

from dataclasses import dataclass

from modbus_connection import ModbusUnit
from modbus_connection.model.sunspec import SunSpecModels

from ..capability import Identity
from .chain import discover, identify
from .legacy import AC_MODELS
from .meter import meter_model


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What a device says of itself."""

    identity: Identity
    models: tuple[int, ...]
    """The numbers of its models, in their order; also of those that nothing is read of."""
    inverter: bool
    """Whether one of them is an inverter's."""
    meter: Identity | None
    """Who its meter is, if one of them is a meter's: one behind an inverter has a name of its own."""


async def describe(unit: ModbusUnit) -> Described:
    """Walk a device's models, and read who it is.

    Raises:
        DeviceError: silent, or no SunSpec device.
    """
    models = await discover(unit)
    meter = meter_model(models)
    return Described(
        identity=await identify(unit, models),
        models=tuple(model.model_id for model in models.chain),
        inverter=is_inverter(models),
        meter=None if meter is None else await identify(unit, models, meter),
    )


def is_inverter(models: SunSpecModels) -> bool:
    """Whether one of a device's models is an inverter's."""
    return models.first(701, *AC_MODELS) is not None
