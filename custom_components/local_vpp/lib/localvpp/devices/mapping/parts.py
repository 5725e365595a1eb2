"""What one request reads of a device described by a map, and how often that is wanted.

A map's group may lie so far apart that it takes several requests. Each of them is a part of its own: it is asked,
stands and fails by itself. How often a part is wanted follows from what its points measure, so that no map says it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from modbus_connection import ModbusUnit
from modbus_connection.model import ManualComponent

from ..rota import Pace
from .points import PLATE, Point, RegisterMap, component
from .vocabulary import DeviceClass, Quantity

_RATINGS: Final = frozenset({"rated_power_w", "max_charge_w", "max_discharge_w", "capacity_wh"})


@dataclass(frozen=True, slots=True)
class Part:
    """Points that one request reads."""

    name: str
    """The group's; with the first point's, where the group has several parts."""
    points: tuple[Point, ...]
    pace: Pace

    def component(self, unit: ModbusUnit, device: RegisterMap) -> ManualComponent:
        """Give what reads it."""
        return component(unit, device, self.points)


def parts(device: RegisterMap) -> list[Part]:
    """Return the parts that a reading is made of, in the map's order: not those that only identify the device."""
    told_by = {point.direction.by for point in device.points if point.direction is not None}
    groups: dict[str, list[Point]] = {}
    for point in device.points:
        groups.setdefault(point.name if point.optional else point.group, []).append(point)
    found: list[Part] = []
    for group, points in groups.items():
        requests = list(_requests(points, device))
        for each in requests:
            if any(point.quantity is not Quantity.NAME for point in each):
                name = group if len(requests) == 1 else f"{group} {each[0].name}"
                pace = min((_pace(point, device, told_by) for point in each), key=lambda pace: pace.value)
                found.append(Part(name, each, pace))
    return found


def _requests(points: Iterable[Point], device: RegisterMap) -> Iterator[tuple[Point, ...]]:
    """Part points as the library's planner does: by space, gaps, and the length of a request."""
    in_order = sorted(points, key=lambda point: (point.space, point.address))
    for _, of_space in groupby(in_order, key=lambda point: point.space):
        together: list[Point] = []
        begin = end = 0
        for point in of_space:
            reach = max(end, point.address + point.length)
            if together and (point.address - end > device.max_gap or reach - begin > device.max_registers):
                yield tuple(together)
                together = []
            if not together:
                begin = end = point.address
            together.append(point)
            end = max(end, point.address + point.length)
        yield tuple(together)


def _pace(point: Point, device: RegisterMap, told_by: set[str]) -> Pace:
    if point.group == PLATE or point.name in _RATINGS:
        return Pace.PLATE
    match point.quantity:
        case Quantity.CONTACT:
            return Pace.ALWAYS
        case Quantity.ENERGY if device.device_class is DeviceClass.EV_CHARGER:
            return Pace.SLOW  # Nothing is billed by it, and some chargers are asked for each value alone.
        case _ if device.device_class in {DeviceClass.EV_CHARGER, DeviceClass.GAS_METER}:
            return Pace.ALWAYS
        case Quantity.ENERGY if device.device_class is DeviceClass.METER:
            return Pace.ALWAYS
        case Quantity.POWER | Quantity.DURATION:
            return Pace.STEERS
        case Quantity.SHARE if point.name == "soc_percent":
            return Pace.STEERS
        case Quantity.STATE | Quantity.FLAGS if point.islanded or point.connected or point.name in told_by:
            return Pace.STEERS
        case _:
            return Pace.SLOW
