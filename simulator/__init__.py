"""A building of flats whose meters, inverters and relays answer on real Modbus TCP.

It shares no code with the drivers that read it: both are written from the devices' documents, so that a mistake in one
shows in the other. A building runs in the block of :func:`simulator.runner.running`.
"""

from .errors import InvalidInput, SimulatorError
from .settings import Fault, Settings, Sky

__all__ = ["Fault", "InvalidInput", "Settings", "SimulatorError", "Sky"]
