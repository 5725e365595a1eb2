"""What a month's statement says: values, each with the way to where it comes from, before anybody lays them out."""

from .building import BUILDING_FILE, BuildingStatement, building_statement
from .figure import SCALE, Document, Documents, Figure, Metered, SlotValue, Trail, Unit, Way, Worked, Written, key_of
from .house_trail import house_trail, party_line
from .invoice import Invoice, Issuer, RegistrationError, registration
from .noted import keys_of
from .party import MONTH_FILE, PeakPart, Row, RowKind, Statement, statements
from .plain import BilledFlat, encode_building, encode_statement, plain_statement, read_billed_flat
from .trail import difference_line, trail_of

__all__ = [
    "BUILDING_FILE",
    "MONTH_FILE",
    "SCALE",
    "BilledFlat",
    "BuildingStatement",
    "Document",
    "Documents",
    "Figure",
    "Invoice",
    "Issuer",
    "Metered",
    "PeakPart",
    "RegistrationError",
    "Row",
    "RowKind",
    "SlotValue",
    "Statement",
    "Trail",
    "Unit",
    "Way",
    "Worked",
    "Written",
    "building_statement",
    "difference_line",
    "encode_building",
    "encode_statement",
    "house_trail",
    "key_of",
    "keys_of",
    "party_line",
    "plain_statement",
    "read_billed_flat",
    "registration",
    "statements",
    "trail_of",
]
