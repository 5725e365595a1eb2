"""What a month's statement says: values with the records that they come from, before anybody lays them out."""

from .building import BuildingStatement, building_statement
from .invoice import Invoice, Issuer, RegistrationError, registration
from .party import PeakPart, Row, RowKind, Statement, statements
from .plain import encode_statement, plain_statement

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
    "encode_statement",
    "plain_statement",
    "registration",
    "statements",
]
