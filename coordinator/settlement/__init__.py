"""The settlement of slots: who shared with whom, and writing it down once."""

from .settler import Settler
from .transfers import transfer_bodies

__all__ = ["Settler", "transfer_bodies"]
