"""What a record costs in each part of a commit, in processor time: where the time of `throughput` goes.

The parts are called one after the other, as the ledger calls them, on commits as large as it makes them. A profiler
would make small Python functions look several times larger than they are beside one large call of OpenSSL.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
import time

from coordinator.ledger.admission import Admitted, Basis, Examiner, Verdict
from coordinator.ledger.ledger import LARGEST_COMMIT
from coordinator.ledger.placing import Placing
from coordinator.ledger.publishing import Publishing
from coordinator.ledger.submission import NOTHING_ELSE, Logged, Submission
from coordinator.ledger.tree import Growth, Tree
from coordinator.store import LogWriter, close_database, entries as entry_store, open_database
from localvpp.clock import SystemClock
from localvpp.etp import EMPTY, DeviceId, Head, Reader, Roster
from localvpp.logfolder import LogFolder
from localvpp.tlog import Checkpoint, sign_checkpoint
from localvpp.wire import RecordResult

from ..figures import Figure
from .building import ORIGIN, Meter, opened
from .machine import Rate, Stopwatch, verify_rate
from .profiled import NOTHING, Part


class _Costs:
    """Adds up what parts take."""

    def __init__(self) -> None:
        self.rates: defaultdict[str, list[Rate]] = defaultdict(list)

    @contextmanager
    def of(self, name: str, records: int) -> Iterator[None]:
        """Count what happens inside as the cost of a part, for so many records."""
        watch = Stopwatch()
        yield
        self.rates[name].append(watch.rate(records))

    def us(self, name: str) -> float:
        """Return the microseconds of processor time that a part takes for a record."""
        rates = self.rates[name]
        return 1e6 * sum(rate.busy_s for rate in rates) / sum(rate.count for rate in rates)


async def run(
    folder: Path, *, commits: int = 8, records: int = LARGEST_COMMIT, reference_s: float = 1.0, profile: Part = NOTHING
) -> list[Figure]:
    """Lead commits through the parts."""
    costs, raw = _Costs(), verify_rate(reference_s)
    async with opened(folder) as building:
        (meter,) = await building.meters(1)
        members = dict(building.ledger.directory.by_device)
        signer = building.keys.log
    roster = Roster(ORIGIN, meter.building, (member.line for member in members.values()))
    examiner, basis = Examiner(ORIGIN), Basis(meter.building, members, SystemClock().wall_ms())
    heads: dict[DeviceId, Head] = {}
    placing = Placing(lambda device: heads.get(device, EMPTY), {}, lambda _before, _after: ())
    log = LogFolder(folder / "parts")
    publishing = Publishing(log, _fail)
    tree, old = Tree(log), None
    engine = await open_database(f"sqlite+aiosqlite:///{folder / 'parts.db'}")
    writer = LogWriter(engine)
    try:
        await writer.open()
        for _ in range(commits):
            sealed = meter.submission(records)
            answer: asyncio.Future[Logged] = asyncio.get_running_loop().create_future()
            submission = Submission(meter.device, tuple(sealed), whole=False, consequences=NOTHING_ELSE, answer=answer)
            with profile:
                verdicts = _examined(costs, examiner, basis, meter, sealed)
                with costs.of("place", records):
                    now_ms = time.time_ns() // 1_000_000
                    plan = placing.plan(tree.size, roster, [(submission, verdicts)], {}, now_ms)
                heads |= plan.heads
                with costs.of("grow", records):
                    growth = Growth(tree, [entry.envelope for entry in plan.entries])
                    checkpoint = sign_checkpoint(Checkpoint(ORIGIN, growth.size, growth.root), [signer])
                stored = entry_store.StoredHead(ORIGIN, growth.size, growth.root, checkpoint, now_ms)
                with costs.of("database", records):
                    async with writer.transaction() as connection:
                        await entry_store.append(connection, plan.entries, old, stored)
                with costs.of("files", records):
                    async with publishing.publishing(growth, checkpoint):
                        tree.adopt(growth)
                    await publishing.sync_if_must()
                with costs.of("prove", records):
                    for entry, path in zip(plan.entries, growth.paths(), strict=True):
                        RecordResult(entry.hash, entry.index, path, None, "")
                old = growth.size
    finally:
        await writer.close()
        await close_database(engine)
    return _figures(costs, 1e6 / raw.per_busy_s)


def _fail(error: OSError) -> None:
    raise error


def _examined(costs: _Costs, examiner: Examiner, basis: Basis, meter: Meter, sealed: list[bytes]) -> list[Verdict]:
    """Examine records as the ledger does; then read them once more by themselves."""
    reader, count = Reader(meter.device, meter.signer.public, ORIGIN), len(sealed)
    with costs.of("examine", count):
        (examined,) = examiner.examine([(meter.device, sealed)], basis)
    assert all(isinstance(each, Admitted) for each in examined), "a record was refused"
    with costs.of("read", count):
        read = [reader.read(each) for each in sealed]
    assert None not in read, "a meter's record is of the usual shape"
    return examined


def _figures(costs: _Costs, signature_us: float) -> list[Figure]:
    examine, read = costs.us("examine"), costs.us("read")
    parts = {
        "Ed25519 alone, by cryptography": signature_us,
        "read: body, envelope and their rules": read,
        "examine: what else it takes": examine - signature_us - read,
        "place: chain, roster and the new entry": costs.us("place"),
        "grow: hashes of the tree": costs.us("grow"),
        "database: one transaction": costs.us("database"),
        "files: bundles and tiles": costs.us("files"),
        "prove: one proof for each record": costs.us("prove"),
    }
    total = sum(parts.values())
    return [
        Figure(name=name, value=us, unit="µs", beside={"% of all": 100 * us / total}) for name, us in parts.items()
    ] + [
        Figure(
            name="all parts: signatures verified per record's cost",
            value=signature_us / total,
            unit="",
            beside={"µs per record": total},
        )
    ]
