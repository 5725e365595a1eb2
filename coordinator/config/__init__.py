"""The configuration of a building: read from YAML, checked, and from then on a value."""

from .auditors import Auditor
from .building import RESERVED_NAMES, BuildingConfig, FlatName, Listen, MeterAddresses, load
from .marks import ConfigError
from .outer import check_tokens, make_data, token_signer, unmake
from .tls import TlsError, TlsFiles

__all__ = [
    "RESERVED_NAMES",
    "Auditor",
    "BuildingConfig",
    "ConfigError",
    "FlatName",
    "Listen",
    "MeterAddresses",
    "TlsError",
    "TlsFiles",
    "check_tokens",
    "load",
    "make_data",
    "token_signer",
    "unmake",
]
