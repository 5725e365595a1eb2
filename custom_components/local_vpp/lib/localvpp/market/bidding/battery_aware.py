"""Bid with what the battery's energy is worth later: a few orders, each at its own price.

What a stored Wh is worth is worked out over the last weeks' real days, each as it was, and not over a mean day: a
mean day has no evening on which the oven and the bath coincide. On each of them the battery is run at its best from
every state of charge (dynamic programming, grid prices only: a neighbour who buys later is not counted on), and the
worth of a state is the mean over the days. From that follows what the flat buys and sells at each price: the dearer,
the more it gives from the battery; the cheaper, the more it takes. Each step is one order. All in integers; limits
are rounded to the flat's disfavour.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ..arrays import Ints
from ..order import Order
from .true_limit import TrueLimit
from .view import Battery, Desk, View

LEVELS: Final = 48
"""Steps of the state of charge between reserve and full; more where more slots are looked at. For a step has to be
small beside what a short slot needs, or the battery seems to send most of it to the grid."""
MOST_LEVELS: Final = 480
"""Beyond that it takes seconds: the battery hardly moves within a slot, and there is little to choose."""
FEWEST_DAYS: Final = 7
"""Below a week of days nothing is known of the weekend."""
_NEVER: Final = -(2**60)


@dataclass(frozen=True, slots=True)
class _Step:
    """So much more is bought, or less sold, when the price is at the limit or below it."""

    wh: int
    limit: int


@dataclass(frozen=True, slots=True)
class BatteryAware:
    """Steps of demand over the price.

    The true limit without battery, below its reserve, without a week of days, and where the battery's steps would be
    more than MOST_LEVELS.
    """

    name: str = "battery-aware"

    def orders(self, view: View) -> tuple[Order, ...]:
        """See Strategy."""
        battery = view.battery
        if battery is None or len(view.ahead) < FEWEST_DAYS or battery.stored_wh < battery.floor_wh(view.wishes):
            return TrueLimit().orders(view)
        level_wh = step_wh(view, battery)
        if level_wh is None:
            return TrueLimit().orders(view)
        gives, takes = _steps(view, battery, level_wh)
        at = view.net_wh - sum(step.wh for step in gives)
        # What is bought, or not sold, at a price whatever the battery may do; then its steps as the price falls.
        asks, bids = [], [_Step(max(at, 0), view.grid[0])]
        for step in (*gives, *takes):
            before, at = at, at + step.wh
            asks.append(_Step(min(at, 0) - min(before, 0), max(step.limit, view.feed_in[0])))
            bids.append(_Step(max(at, 0) - max(before, 0), min(step.limit, view.grid[0])))
        asks.append(_Step(max(-at, 0), view.feed_in[0]))
        desk = Desk(view)
        # From the cheapest on, so that what the roof gives is offered first.
        for step in reversed(asks):
            desk.ask(step.wh, step.limit)
        # Nobody sells to himself: where both steps have one price, he buys below it.
        cheapest = min((order.limit for order in desk.orders()), default=view.grid[0] + 1)
        for step in bids:
            desk.bid(step.wh if cheapest else 0, min(step.limit, cheapest - 1))
        return desk.orders()


def step_wh(view: View, battery: Battery) -> int | None:
    """Return how much one level of the charge is; None where levels that the battery can reach would be too many.

    No more than what it gives, or keeps of what it takes, within a slot: of a coarser step it could never move, and
    would seem to be worth the feed-in price alone.
    """
    above = battery.capacity_wh - battery.floor_wh(view.wishes)
    moves = (battery.discharge_wh, battery.charge_wh * battery.efficiency_percent // 100)
    finest = -(-above // max(LEVELS, view.ahead.shape[1]))
    step = max(1, min([finest, *(wh for wh in moves if wh)]))
    return step if above <= step * MOST_LEVELS else None


def _steps(view: View, battery: Battery, step: int) -> tuple[list[_Step], list[_Step]]:
    """Return what the battery gives, dearest first, and what it takes, in falling order of the price."""
    floor = battery.floor_wh(view.wishes)
    worth, days = _worth(view, battery, step), len(view.ahead)
    gain = np.diff(worth)  # Of one more level, over all days together.
    level, rest = divmod(battery.stored_wh - floor, step)
    # Worth falls with each level: what is not so comes of the days' own steps, and is taken for what is around it.
    gain = np.minimum.accumulate(gain)
    gives, left = [], view.gives_wh
    for index in range(min(level, len(gain) - 1), -1, -1):
        wh = min(left, rest if index == level else step)
        gives.append(_Step(wh, -int(-gain[index] // (days * step))))
        left -= wh
    takes, left, stored = [], view.takes_wh, rest
    for index in range(level, len(gain)):
        wh = min(left, (step - stored) * 100 // battery.efficiency_percent)
        takes.append(_Step(wh, max(0, int(gain[index]) * battery.efficiency_percent // (100 * days * step))))
        left, stored = left - wh, 0
    return [each for each in reversed(gives) if each.wh], [each for each in takes if each.wh]


def _worth(view: View, battery: Battery, step: int) -> Ints:
    """Return what each level is worth after this slot, summed over the days, in 10⁻⁵ yen."""
    floor, slots, days = battery.floor_wh(view.wishes), view.ahead.shape[1], len(view.ahead)
    top = (battery.capacity_wh - floor) // step
    down = min(top, battery.discharge_wh // step)
    up = min(top, battery.charge_wh * battery.efficiency_percent // 100 // step)
    change = np.arange(-down, up + 1, dtype=np.int64) * step
    flow = np.where(change > 0, -(-change * 100 // battery.efficiency_percent), change)
    net = view.ahead[:, :, None] + flow
    grid, feed_in = (np.array(prices[1 : slots + 1], np.int64)[:, None] for prices in (view.grid, view.feed_in))
    cost = net * np.where(net > 0, grid, feed_in)
    # At the end of what is looked at, a Wh is worth what the grid pays for it: nothing is burnt, nothing hoarded.
    value = np.tile(np.arange(top + 1, dtype=np.int64) * step * view.feed_in[slots], (days, 1))
    reached = np.full((days, down + top + 1 + up), _NEVER)
    for slot in range(slots - 1, -1, -1):
        reached[:, down : down + top + 1] = value
        value = (sliding_window_view(reached, len(flow), axis=1) - cost[:, slot, None, :]).max(axis=2)
    total: Ints = value.sum(axis=0)
    return total
