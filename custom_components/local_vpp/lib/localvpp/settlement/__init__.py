"""Who shared how much with whom in a slot, and what it costs: integer arithmetic that every flat can re-run."""

from .apportion import apportion
from .slot import Settlement, Share, SlotPrices, Transfer, Use, settle

__all__ = ["Settlement", "Share", "SlotPrices", "Transfer", "Use", "apportion", "settle"]
