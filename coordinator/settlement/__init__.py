"""The settlement of slots: who shared with whom, and writing it down once."""

from .settler import Settler
from .transfers import transfer_bodies
from .working import Work, settled_body, told_by, work_out

__all__ = ["Settler", "Work", "settled_body", "told_by", "transfer_bodies", "work_out"]
