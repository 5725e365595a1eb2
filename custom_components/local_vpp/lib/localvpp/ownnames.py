"""How a building's records name who is no flat: the building itself, and meters of its own. No flat is called so."""

from typing import Final

OWN_NAMES: Final = ("building", "bulk", "common", "roof")
"""Each has a key that signs its records, and none has a word on a market's result."""
NOT_SHARING: Final = frozenset(OWN_NAMES) - {"roof"}
"""Those that have no part in a slot: the roof's PV shares as a flat does."""
