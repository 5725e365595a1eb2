"""The configuration of a building: read from YAML, checked, and from then on a value."""

from .building import RESERVED_NAMES, BuildingConfig, FlatName, Listen, MeterAddresses, load
from .marks import ConfigError

__all__ = ["RESERVED_NAMES", "BuildingConfig", "ConfigError", "FlatName", "Listen", "MeterAddresses", "load"]
