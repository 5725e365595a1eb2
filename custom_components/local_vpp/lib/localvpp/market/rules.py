"""What a building chooses: which goal its market has, and what a trade costs."""

from enum import StrEnum


class Objective(StrEnum):
    """What clearing makes as large as it can be; after it, always the other of energy and gain."""

    ENERGY = "energy"
    GAIN = "gain"
    FLOOR = "floor"


class PriceRule(StrEnum):
    """What a trade costs, always between its ask and its bid."""

    MID = "mid"
    PAIR = "pair"
    BID = "bid"
    MCAFEE = "mcafee"
