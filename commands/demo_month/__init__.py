"""A month of the demonstration's building, October 2026, with its bills: what the pictures of statements in docs show.

The households are those of `local-vpp demo`: the simulator's flats, profiles and devices, in half hours, under a sky
that a seed decides. All else is the product's own code: what flats foretell and order, how slots are cleared, what is
delivered by the meters, tariff, bills, statements, and the records that each figure leads to. Keys and salts follow
from names, so that the month has the same bytes each time.
"""

from .month import MONTH, documents_of, house_of, settled, statements_of

__all__ = ["MONTH", "documents_of", "house_of", "settled", "statements_of"]
