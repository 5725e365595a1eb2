"""The settlement of slots: which records prove a meter's use, who shared with whom, and writing it down once."""

from .evidence import MeterSlot, Told, meter_slot, reached_end
from .settler import Settler
from .transfers import transfer_bodies

__all__ = ["MeterSlot", "Settler", "Told", "meter_slot", "reached_end", "transfer_bodies"]
