"""The settlement of slots: which records prove a meter's use, who shared with whom, and writing it down once."""

from .evidence import MeterSlot, Told, meter_slot, reached_end
from .settler import Settler
from .transfers import transfer_bodies
from .working import Work, settled_body, told_by, work_out

__all__ = [
    "MeterSlot",
    "Settler",
    "Told",
    "Work",
    "meter_slot",
    "reached_end",
    "settled_body",
    "told_by",
    "transfer_bodies",
    "work_out",
]
