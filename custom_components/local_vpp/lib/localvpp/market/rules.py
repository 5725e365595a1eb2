"""What a building chooses: which goal its market has, and what a trade costs."""

from enum import StrEnum


class Objective(StrEnum):
    """What clearing makes as large as it can be.

    Energy, and of it the gain; gain, and of it the energy; or the gain of the flat that gains least, of the energy that
    the most gain has.
    """

    ENERGY = "energy"
    GAIN = "gain"
    FLOOR = "floor"


class PriceRule(StrEnum):
    """What a trade costs, always between its ask and its bid."""

    MID = "mid"
    PAIR = "pair"
    BID = "bid"
    MCAFEE = "mcafee"
