"""Register layouts of the simulated devices, and what a write to them means."""

from .words import Refused

__all__ = ["Refused"]
