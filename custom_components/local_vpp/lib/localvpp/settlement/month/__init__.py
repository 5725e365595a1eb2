"""A month of a building: from meter values by slot to bills that add up to the yen."""

from .account import Account
from .bills import Bill, Fee, Split, bills_of
from .difference import Billed, Difference, Priced, correct, since
from .finding import Finding, FindingKind, Told, sentence
from .identities import IdentityError
from .month import MonthInput, SettledMonth, settle_month, wh_by_band
from .party import BUILDING, Billing, MeterPapers, Party, Role, billing_of, unfit
from .plain import BilledMonth, encode_month, plain_difference, plain_month, read_billed, read_difference
from .reading import WEEK_SECONDS, WEEKS_BACK, Reading, Reference, stand_in, substitutes
from .slot import SettledSlot, SlotInput, settle_slot
from .yen import UNITS, to_yen

__all__ = [
    "BUILDING",
    "UNITS",
    "WEEKS_BACK",
    "WEEK_SECONDS",
    "Account",
    "Bill",
    "Billed",
    "BilledMonth",
    "Billing",
    "Difference",
    "Fee",
    "Finding",
    "FindingKind",
    "IdentityError",
    "MeterPapers",
    "MonthInput",
    "Party",
    "Priced",
    "Reading",
    "Reference",
    "Role",
    "SettledMonth",
    "SettledSlot",
    "SlotInput",
    "Split",
    "Told",
    "billing_of",
    "bills_of",
    "correct",
    "encode_month",
    "plain_difference",
    "plain_month",
    "read_billed",
    "read_difference",
    "sentence",
    "settle_month",
    "settle_slot",
    "since",
    "stand_in",
    "substitutes",
    "to_yen",
    "unfit",
    "wh_by_band",
]
