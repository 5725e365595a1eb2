"""What a model's length allows: repeated blocks that fit exactly, and points that lie inside.

A model's length stands in the chain, and the walk to the next model has proved it. What a device says inside of a model
is held against it before it is believed. A count of blocks that is nonsense would build blocks by the thousand, and a
model that ends early would have its neighbour's registers read as powers.
"""

from collections.abc import Iterable
from typing import Final

from modbus_connection import ModbusUnit
from modbus_connection.model import Component, RepeatingGroupField
from modbus_connection.model.sunspec import SunSpecComponent, SunSpecModel, model_length_group

from ..errors import DeviceNonsenseError, device_border

MOST_BLOCKS: Final = 32
"""Model 714 has 32 bits for the alarms of its ports. No inverter of a flat has more inputs than that, and the blocks of
more could not be read within a second."""

NOT_IMPLEMENTED: Final = 0xFFFF
"""A count that the device does not give (SunSpec; it is optional in model 714): the length alone tells then."""

_HEADER: Final = 2
"""Registers of a model that its length does not count: its number and the length."""

_REMEDY: Final = "the device is not read, for it would be misread; update its firmware, or tell its maker"


def by_length[C: Component](group: RepeatingGroupField[C]) -> RepeatingGroupField[C]:
    """Give a group of a generated model that repeats as often as the length of its model allows.

    The number of blocks is then the same for ever. The count's register is not read again: it may turn "not available"
    when an inverter falls asleep, and one wrong reading of it would change the shape of the device.
    """
    start, stride = _shape(group)
    return model_length_group(group.component_class, start=start, stride=stride)


async def check_blocks[C: Component](
    what: str, unit: ModbusUnit, model: SunSpecModel, group: RepeatingGroupField[C], count_name: str
) -> None:
    """Make sure that a model's length holds exactly the blocks that its count tells of.

    Args:
        what: the device, as it begins a sentence.
        unit: where it answers.
        model: the model as the chain tells of it.
        group: the repeated group as it was generated, with its count.
        count_name: the count's name in the model's definition.

    Raises:
        DeviceNonsenseError: it does not.
        DeviceError: the count cannot be read.
    """
    start, stride = _shape(group)
    fixed = start - _HEADER
    blocks, rest = divmod(model.length - fixed, stride)
    if blocks < 0 or rest:
        raise DeviceNonsenseError(
            f"{what} gives model {model.model_id} the length {model.length}, which is not {fixed} and {stride} for "
            f"each of its blocks: {_REMEDY}"
        )
    if blocks > MOST_BLOCKS:
        raise DeviceNonsenseError(
            f"{what} gives model {model.model_id} the length {model.length}, which holds {blocks} blocks, more than "
            f"the {MOST_BLOCKS} that an inverter can have: {_REMEDY}"
        )
    assert not isinstance(group.count, int), "the group is counted by a register"
    with device_border(f"{what}, model {model.model_id}"):
        (count,) = await unit.read_holding_registers(model.address + group.count.address, 1)
    if count not in {blocks, NOT_IMPLEMENTED}:
        raise DeviceNonsenseError(
            f"{what} says in model {model.model_id} that {count_name} is {count}, but the model's length of "
            f"{model.length} holds {blocks} ({fixed} and {stride} for each): {_REMEDY}"
        )


def place[C: SunSpecComponent](
    what: str,
    kind: type[C],
    unit: ModbusUnit,
    model: SunSpecModel,
    used: Iterable[str],
    *,
    if_there: Iterable[str] = (),
) -> C:
    """Put a model's component where the chain found the model, and have it read what is used and no more.

    It is one read from the header to the last field or scale factor, though they stand apart: two could be of two
    moments.

    Args:
        what: the device, as it begins a sentence.
        kind: the component.
        unit: where the device answers.
        model: the model as the chain tells of it.
        used: the fields that are going to be used. Some devices end a model early, by optional points at its end:
            these are not missed. A model with repeated blocks is read whole, for the library parts no other.
        if_there: optional fields that are used where the model reaches to them, and are None where it does not.

    Raises:
        DeviceNonsenseError: the model ends before one of them, or before its scale factor.
    """
    fields = [kind.declared_fields[name] for name in used]
    optional = (kind.declared_fields[name] for name in if_there)
    fields += [field for field in optional if field.address + field.count <= model.span]
    ends = [field.address + field.count for field in fields]
    ends += [scale + 1 for field in fields if (scale := getattr(field, "scale_register", None)) is not None]
    if (needed := max(ends, default=0)) > model.span:
        raise DeviceNonsenseError(
            f"{what} gives model {model.model_id} the length {model.length}, but what is needed of it reaches to "
            f"{needed - _HEADER}: {_REMEDY}"
        )
    component = kind(unit, model)
    if needed and not _has_groups(kind):
        component.restrict_fields(field.name for field in fields)
        component.register_ranges = ((0, needed - 1),)
    return component


def _has_groups(kind: type[SunSpecComponent]) -> bool:
    return any(isinstance(each, RepeatingGroupField) for base in kind.__mro__ for each in vars(base).values())


def _shape[C: Component](group: RepeatingGroupField[C]) -> tuple[int, int]:
    """Give the offset of the first block and the registers of each, as the generated fields have them."""
    assert not callable(group.stride), "the blocks have one length"
    return min(field.address for field in group.component_class.declared_fields.values()), group.stride
