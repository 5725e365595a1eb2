"""Made-up homes: regular, with whatever a test wants to be special about them."""

import math

import numpy as np

from localvpp.forecast import History

HALF_HOUR = 1_800
DAY = 86_400
MONDAY = 1_793_577_600
"""2026-11-02 00:00 UTC."""


def regular(days: int, *, slot_seconds: int = HALF_HOUR, begin: int = MONDAY, noise: float = 0.0) -> History:
    """A home that does the same every day, give or take."""
    slots = np.arange(days * DAY // slot_seconds)
    hour = slots * slot_seconds % DAY / 3_600
    wh = 200 + 150 * np.exp(-(((hour - 19.5) / 2) ** 2)) + 80 * np.exp(-(((hour - 7) / 1.5) ** 2))
    wh *= slot_seconds / HALF_HOUR
    spread = np.random.default_rng(1).normal(0, noise, len(wh)) if noise else 0.0
    return History(begin, slot_seconds, np.maximum(wh + spread, 0))


def sunny(days: int, *, clouds: bool = True, begin: int = MONDAY) -> History:
    """A roof, by day clear or cloudy."""
    slots = np.arange(days * 48)
    height = np.maximum(np.sin((slots % 48 - 12) / 24 * math.pi), 0)
    shares = np.random.default_rng(2).choice([0.3, 0.7, 1.0], days) if clouds else np.ones(days)
    return History(begin, HALF_HOUR, np.round(800 * height * np.repeat(shares, 48), 3))


def changed(history: History, values: dict[int, float | None]) -> History:
    """A history with other values in some slots."""
    wh = np.array(history.wh)
    for index, value in values.items():
        wh[index] = math.nan if value is None else value
    return History(history.begin, history.slot_seconds, wh)
