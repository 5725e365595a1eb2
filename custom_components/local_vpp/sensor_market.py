"""Sensors of the building's market: the next gate, what is ordered and was traded, and if the battery delivers it.

Bought and sold are what was agreed when the slots were cleared, counted since local midnight. Saved is of that only
until a slot is settled, and then of what was delivered, as the wallet and the bill have it.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import EntityCategory, UnitOfEnergy, UnitOfPower

from .const import Part
from .lib.localvpp.bidder import Day
from .lib.localvpp.delivering import Why
from .lib.localvpp.flat import FlatState
from .lib.localvpp.market import Order, Side
from .sensor_value import CURRENCY, PRICE_DIGITS, PRICE_UNIT, LocalVppSensorEntityDescription, Value, money

_DELIVERING: Final = "delivering"


def _time(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _price(ticks: int | None) -> Decimal | None:
    return None if ticks is None else Decimal(ticks).scaleb(PRICE_DIGITS)


def _today[T](value: Callable[[Day], T]) -> Callable[[FlatState], T | None]:
    """Give a value of what was traded today; unknown without a market."""
    return lambda state: None if state.bidder.today is None else value(state.bidder.today)


def _net_wh(orders: tuple[Order, ...] | None) -> int | None:
    """Return how much more is to be bought than sold."""
    if orders is None:
        return None
    return sum(each.wh if each.side is Side.BID else -each.wh for each in orders)


def _of_orders(state: FlatState) -> Mapping[str, Any] | None:
    bidder = state.bidder
    if bidder.next_slot is None:
        return None
    return {
        "slot": _time(bidder.next_slot),
        "orders": [
            {
                "side": each.side.value,
                "energy_wh": each.wh,
                "limit": str(_price(each.limit)),
                "green_only": bool(each.requires),
                "neighbour_first": each.partner is not None,
            }
            for each in bidder.orders or ()
        ],
        "reason": None if bidder.why is None else bidder.why.value,
    }


def _of_delivery(state: FlatState) -> Mapping[str, Any]:
    delivery = state.delivery
    return {"slot": _time(delivery.slot), "traded_wh": delivery.traded_wh}


def _energy_today(key: str, value: Callable[[Day], Value]) -> LocalVppSensorEntityDescription:
    return LocalVppSensorEntityDescription(
        key=key,
        translation_key=key,
        part=Part.FLAT,
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        value_fn=_today(value),
        last_reset_fn=_today(lambda day: _time(day.begin)),
    )


MARKET_SENSORS: Final = (
    LocalVppSensorEntityDescription(
        key="market_gate",
        translation_key="market_gate",
        part=Part.FLAT,
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda state: (
            None if state.bidder.next_gate_ms is None else datetime.fromtimestamp(state.bidder.next_gate_ms / 1000, UTC)
        ),
    ),
    LocalVppSensorEntityDescription(
        key="market_order",
        translation_key="market_order",
        part=Part.FLAT,
        # No total and no measurement: what is wanted of one slot.
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        value_fn=lambda state: _net_wh(state.bidder.orders),
        attributes_fn=_of_orders,
    ),
    LocalVppSensorEntityDescription(
        key="market_price",
        translation_key="market_price",
        part=Part.FLAT,
        native_unit_of_measurement=PRICE_UNIT,
        suggested_display_precision=2,
        value_fn=lambda state: _price(state.bidder.last_price),
    ),
    LocalVppSensorEntityDescription(
        key="delivery",
        translation_key="delivery",
        part=Part.FLAT,
        device_class=SensorDeviceClass.ENUM,
        options=[_DELIVERING, *(each.value for each in Why)],
        value_fn=lambda state: _DELIVERING if state.delivery.why is None else state.delivery.why.value,
        attributes_fn=_of_delivery,
    ),
    LocalVppSensorEntityDescription(
        key="delivery_target",
        translation_key="delivery_target",
        part=Part.FLAT,
        # It moves each few seconds: a row of the recorder's each time, for those who want them.
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_display_precision=0,
        noisy=True,
        value_fn=lambda state: state.delivery.target_w,
    ),
    _energy_today("bought_today", lambda day: day.bought_wh),
    _energy_today("sold_today", lambda day: day.sold_wh),
    LocalVppSensorEntityDescription(
        key="saved_today",
        translation_key="saved_today",
        part=Part.FLAT,
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement=CURRENCY,
        suggested_display_precision=1,
        value_fn=_today(lambda day: None if day.saved is None else money(day.saved)),
        last_reset_fn=_today(lambda day: _time(day.begin)),
        attributes_fn=_today(lambda day: {"slots_traded": day.slots, "slots_settled": day.settled}),
    ),
)
