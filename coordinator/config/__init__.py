"""The configuration of a building: read from YAML, checked, and from then on a value."""

from .accounts import Accounts, load_accounts, meters_of, tenancies_known
from .auditors import Auditor
from .building import BuildingConfig, Listen, MeterAddresses, load
from .debit import Debit
from .drills import DrillLimits, LineLimit, PeakHours, most_at_once
from .market import MarketRulesConfig
from .marks import ConfigError
from .outer import REBUILDING, TRIED, check_tokens, make_data, make_folder, token_signer, unmake
from .schema import MOST_FLATS, RESERVED_NAMES, FlatName
from .tariff import load_tariff
from .tenancies import Tenancy
from .tls import TlsError, TlsFiles

__all__ = [
    "MOST_FLATS",
    "REBUILDING",
    "RESERVED_NAMES",
    "TRIED",
    "Accounts",
    "Auditor",
    "BuildingConfig",
    "ConfigError",
    "Debit",
    "DrillLimits",
    "FlatName",
    "LineLimit",
    "Listen",
    "MarketRulesConfig",
    "MeterAddresses",
    "PeakHours",
    "Tenancy",
    "TlsError",
    "TlsFiles",
    "check_tokens",
    "load",
    "load_accounts",
    "load_tariff",
    "make_data",
    "make_folder",
    "meters_of",
    "most_at_once",
    "tenancies_known",
    "token_signer",
    "unmake",
]
