"""The actions of the building's market: a resident orders by hand in a slot's open round, or withdraws from it.

An order binds the flat to pay, or to deliver, and no wish of the options stands above it: what is written is what is
ordered. So it wants an administrator, as those wishes do. The bidder leaves a round in which a person has ordered, or
withdrawn, as it is (`localvpp.bidder`). A price is read from its text: no binary fraction comes into money.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_register_admin_service
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonValueType
import probatio

from .const import CONF_GREEN_ONLY, DOMAIN
from .coordinator import LocalVppConfigEntry
from .lib.localvpp.market import HIGHEST_LIMIT, MarketError, Order, Side
from .lib.localvpp.market.order import GREEN
from .lib.localvpp.market.rounds import LARGEST_OFFER_WH, Placed
from .lib.localvpp.store import StoreError
from .lib.localvpp.trading import TradingError, Unplaced
from .sensor_value import PRICE_DIGITS
from .services import ENTRY, entry_of, not_kept

ATTR_SLOT: Final = "slot"
ATTR_SIDE: Final = "side"
ATTR_ENERGY: Final = "energy"
ATTR_PRICE: Final = "price"

_WH: Final = Decimal(1)
_TICK: Final = Decimal(1).scaleb(PRICE_DIGITS)
_HIGHEST_YEN: Final = HIGHEST_LIMIT * _TICK

SIDES: Final = {"buy": Side.BID, "sell": Side.ASK}
ORDER_ERRORS: Final = {
    Unplaced.NO_MARKET: "order_no_market",
    Unplaced.NO_BEGIN: "order_no_begin",
    Unplaced.TOO_FAR: "order_too_far",
    Unplaced.LEFT_OUT: "order_left_out",
    Unplaced.UNSERVED: "order_unserved",
    Unplaced.CLOSING: "order_closing",
    Unplaced.CLOSED: "order_closed",
}
"""Why orders cannot be placed, as residents are told it."""

_SLOT: Final = ENTRY.extend({probatio.Required(ATTR_SLOT): cv.datetime})
_ORDER: Final = _SLOT.extend(
    {
        probatio.Required(ATTR_SIDE): probatio.In(list(SIDES)),
        # What numbers they may be is said in the residents' language, and not by the schema.
        probatio.Required(ATTR_ENERGY): probatio.Any(int, float, str),
        probatio.Required(ATTR_PRICE): probatio.Any(int, float, str),
        probatio.Optional(CONF_GREEN_ONLY, default=False): cv.boolean,
    }
)


@callback
def async_register_market_actions(hass: HomeAssistant) -> None:
    """Register the actions of all flats in their buildings' markets."""

    async def place_order(call: ServiceCall) -> ServiceResponse:
        entry = entry_of(hass, call)
        order = _order(entry, call)
        placed = await _async_place(entry, call.data[ATTR_SLOT], (order,))
        taken: dict[str, JsonValueType] = {
            ATTR_SIDE: call.data[ATTR_SIDE],
            "energy_wh": order.wh,
            ATTR_PRICE: str(Decimal(order.limit).scaleb(PRICE_DIGITS)),
            CONF_GREEN_ONLY: order.wants_green,
        }
        return {**_round_of(entry, placed), "order": taken}

    async def withdraw_orders(call: ServiceCall) -> ServiceResponse:
        entry = entry_of(hass, call)
        return _round_of(entry, await _async_place(entry, call.data[ATTR_SLOT], ()))

    for name, handler, schema in (
        ("place_order", place_order, _ORDER),
        ("withdraw_orders", withdraw_orders, _SLOT),
    ):
        async_register_admin_service(
            hass, DOMAIN, name, handler, schema=schema, supports_response=SupportsResponse.OPTIONAL
        )


async def _async_place(entry: LocalVppConfigEntry, slot: datetime, orders: Sequence[Order]) -> Placed:
    """Order in a slot's open round. Raises ServiceValidationError, HomeAssistantError."""
    flat = entry.runtime_data.coordinator.flat
    begin = slot if slot.tzinfo is not None else slot.replace(tzinfo=dt_util.get_default_time_zone())
    try:
        situation = flat.situation()
        if situation.online and not situation.market_told:
            # Rules that are kept from before may be of a market that is no more.
            raise TradingError(Unplaced.NO_MARKET, "the building has told no rules over this connection")
        if begin.microsecond and situation.slot_seconds is not None:
            raise TradingError(Unplaced.NO_BEGIN, "no slot begins within a second")
        return await flat.trading.place(int(begin.timestamp()), orders)
    except TradingError as error:
        seconds = flat.situation().slot_seconds
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key=ORDER_ERRORS[error.problem],
            translation_placeholders={
                "slot": dt_util.as_local(begin).isoformat(sep=" "),
                "minutes": "" if seconds is None else f"{Decimal(seconds) / 60:f}",
                "flat": flat.membership.flat,
            },
        ) from error
    except MarketError as error:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="order_refused",
            translation_placeholders={"reason": str(error)},
        ) from error
    except StoreError as error:
        raise not_kept(error) from error


def _order(entry: LocalVppConfigEntry, call: ServiceCall) -> Order:
    """Return what is to be ordered. Raises ServiceValidationError for a number or a wish that nobody can order by."""
    energy, price, side = call.data[ATTR_ENERGY], call.data[ATTR_PRICE], SIDES[call.data[ATTR_SIDE]]
    wh = _counted(energy, _WH, LARGEST_OFFER_WH)
    if not wh:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="energy_refused",
            translation_placeholders={"value": str(energy), "most": str(LARGEST_OFFER_WH)},
        )
    ticks = _counted(price, _TICK, HIGHEST_LIMIT)
    if ticks is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="price_refused",
            translation_placeholders={"value": str(price), "most": f"{_HIGHEST_YEN:.0f}"},
        )
    green = call.data[CONF_GREEN_ONLY]
    if green and side is Side.ASK:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="green_sale_refused")
    return Order(
        id="by hand",
        flat=entry.runtime_data.coordinator.flat.membership.flat,
        side=side,
        wh=wh,
        limit=ticks,
        requires=frozenset({GREEN}) if green else frozenset(),
    )


def _counted(value: float | str, unit: Decimal, most: int) -> int | None:
    """Return how many units a number is; None where it is none, not so many whole ones, below 0 or above the most."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    if not number.is_finite() or not 0 <= number <= most * unit:
        return None
    rounded = number.quantize(unit)
    return int(rounded / unit) if rounded == number else None


def _round_of(entry: LocalVppConfigEntry, placed: Placed) -> dict[str, JsonValueType]:
    """Return in which round of which slot something was done, and until when it can be changed."""
    rules = entry.runtime_data.coordinator.flat.trading.rules_of(placed.slot)
    assert rules is not None, "it was ordered by them"
    gate_ms = rules.gate_ms(placed.slot, placed.number)
    moments = {"slot": placed.slot, "gate": gate_ms // 1000}
    told = {name: dt_util.as_local(datetime.fromtimestamp(at, UTC)).isoformat() for name, at in moments.items()}
    return {"slot": told["slot"], "round": placed.number, "gate": told["gate"]}
