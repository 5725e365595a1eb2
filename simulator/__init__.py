"""A building of flats whose meters, inverters and relays answer on real Modbus TCP.

It shares no code with the drivers that read it: both are written from the devices' documents, so that a mistake in one
shows in the other.
"""

from .devices import Fault
from .errors import InvalidInput, SimulatorError
from .plant import Sky
from .runner import Running, Settings, running, serve

__all__ = ["Fault", "InvalidInput", "Running", "Settings", "SimulatorError", "Sky", "running", "serve"]
