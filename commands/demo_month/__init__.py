"""A month of the demonstration's building, October 2026, with its bills: what the pictures of statements in docs show.

The households are those of `local-vpp demo`: the simulator's flats, profiles and devices, in half hours, under a sky
that a seed decides. All else is the product's own code: what flats foretell and order, how slots are cleared, what is
delivered by the meters, tariff, bills and statements. No records are signed, since a signature's salt is drawn afresh
each time, and here the same month is to have the same bytes: so these statements name no records of a log.
"""

from .month import MONTH, settled, statements_of

__all__ = ["MONTH", "settled", "statements_of"]
