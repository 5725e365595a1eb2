"""What is wrong with the payments of a log, for whoever has all records. Pure.

The amounts are the building's word, and no log says whether money moved. What the log does say is who was in the
building when a payment was booked, and what a record takes back: a payment of a stranger, one that is taken back twice,
or a body that is kept away, shows.
"""

from collections.abc import Iterator

from ..etp import Kind, StandIn
from ..ownnames import OWN_NAMES
from ..payments import Booked, findings
from .auditedlog import AuditedLog


def audit_payments(log: AuditedLog) -> tuple[str, ...]:
    """Return all that is wrong with a log's payments; nothing where they are as they must be."""
    return tuple(_audit(log))


def _audit(log: AuditedLog) -> Iterator[str]:
    for index, kind in log.unopened:
        if kind is Kind.PAYMENT:
            yield f"entry {index}: a payment that cannot be read, and payments are not erased"
    booked = []
    for entry in log.entries:
        if entry.record.kind is Kind.PAYMENT and not isinstance(entry.record.body.payment, StandIn):
            each = Booked(entry.index, entry.record.hash, entry.record.body)
            booked.append(each)
            if each.flat in OWN_NAMES:
                yield f"entry {each.index}: a payment on the account of {each.flat}, which is no flat"
    names = {
        named.device: (entry.index, entry.record.body.place or "")
        for entry in log.entries
        if entry.record.kind is Kind.ENROL and (named := entry.record.envelope.enrolled) is not None
    }
    yield from findings(booked, log.building, names)
