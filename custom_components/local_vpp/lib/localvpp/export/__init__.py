"""A record for outsiders, in forms that their own programs check: COSE receipts, OCMF, BBc-1 transactions.

Pure: bytes, text and values only. What is exported here was proven before by the caller: that the log has the record
at its index.
"""

from . import bbc1, ocmf, receipt
from .errors import ExportError, MalformedError, UnfitError
from .plain import Plain, canonical_json, plain_body, plain_envelope, plain_record

__all__ = [
    "ExportError",
    "MalformedError",
    "Plain",
    "UnfitError",
    "bbc1",
    "canonical_json",
    "ocmf",
    "plain_body",
    "plain_envelope",
    "plain_record",
    "receipt",
]
