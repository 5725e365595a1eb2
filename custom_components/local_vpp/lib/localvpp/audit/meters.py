"""Whether flats have traded whose meters may not be billed from. Pure.

What they had traded their neighbours are billed for at the grid's price. The coordinator takes them out by its rules,
in time, where it knows the papers; nobody but it and the auditor has them all.
"""

from collections.abc import Iterator, Mapping, Sequence

from ..settlement.month import MeterPapers, unfit
from ..settlement.tariff import Month
from .auditedlog import AuditedLog
from .papers import RoundPapers
from .round import read_round


def audit_meters(
    log: AuditedLog, slot: int, rounds: Sequence[RoundPapers], meters: Mapping[str, MeterPapers]
) -> Iterator[str]:
    """Say who has traded in a slot though its meter's papers, as they are now, do not allow to bill that month."""
    month = Month.of(slot)
    places = {device: record.body.place for device, record in log.enrolled(log.size).items()}
    for papers in rounds:
        found = read_round(log, slot, papers)
        if found is None:
            continue
        traded = {name for trade in found.outcome.result.trades for name in (trade.seller, trade.buyer)}
        flats = {place for name in traded if (place := places[found.owners[name]]) is not None}
        for flat, why in sorted(unfit(flats, meters, month).items()):
            yield (
                f"slot {slot}: round {papers.number}: flat {flat} has traded, and its meter may not be billed from in "
                f"{month}: {why.english}"
            )
