"""What a month's statement says: values with the records that they come from, before anybody lays them out."""

from .building import BuildingStatement, building_statement
from .invoice import Invoice, Issuer, RegistrationError, registration
from .party import PeakPart, Row, RowKind, Statement, statements

__all__ = [
    "BuildingStatement",
    "Invoice",
    "Issuer",
    "PeakPart",
    "RegistrationError",
    "Row",
    "RowKind",
    "Statement",
    "building_statement",
    "registration",
    "statements",
]
