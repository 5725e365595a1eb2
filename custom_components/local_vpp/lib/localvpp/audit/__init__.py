"""One slot run again by whoever has all: the opened records of the log, and the documents of the slot's market.

A flat sees its own orders, its own meter and its own transfers; this sees everybody's. What flats check of a round and
of a settlement is checked here for all of them, and what none of them can see alone: that the book holds what the
ORDERS records name, that the words of a result are signed by keys which the log has enrolled, that nothing but the
slot's own records and trades decided who got what. It shares the clearing, the delivery and the sharing keys with the
coordinator, for they are the rules, and none of the code that writes books and records.
"""

from .auditedlog import AuditedLog, AuditError, Entry
from .corrected import CorrectedLog
from .meters import audit_meters
from .paid import audit_payments
from .papers import RoundPapers
from .slot import audit_slot

__all__ = [
    "AuditError",
    "AuditedLog",
    "CorrectedLog",
    "Entry",
    "RoundPapers",
    "audit_meters",
    "audit_payments",
    "audit_slot",
]
