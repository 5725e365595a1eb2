"""`local-vpp audit`: run settled slots again, for whoever may read the building's data.

    local-vpp audit FILE --vkey KEY [--slot BEGIN …]

FILE is the building's file, as building.yaml; its database is read, or the copy of it that lies where the file says.
Nothing is written, and the coordinator may run.

The entries must make the head that the log's key has signed, each signed by the key that it was enrolled with. Then
every settled slot, or those that are named, is run again (`localvpp.audit`): its orders, book, result and words, its
meters, its transfers, and what was corrected of it since. Unless slots are named, the log's payments are looked at,
too: whether each is of somebody who was in the building, and takes back what is there, once. What flats check for
themselves is checked for all of them, and what none of them can see alone, as whose keys have signed the words of a
result, and whether flats have traded whose meters may not be billed from, by their papers in the accounts that the
building's file names, if those are there.
The answer is JSON: what is wrong by slot, and which slots cannot be run again, as something of them was erased, or as
their documents were dropped when they were old enough. Of slots whose server had lost documents (`without_orders`)
flats may have given back what counts: then the orders are known by their hashes alone. Exit code 1 when something is
wrong.
"""

import argparse
import asyncio
from collections.abc import Sequence
import json
from pathlib import Path
from typing import Any

from coordinator.config import BuildingConfig, ConfigError, load, meters_of
from coordinator.market.papers import papers_of
from coordinator.market.service import KEEP_S
from coordinator.store import StoreError, close_database, entries as entry_store, open_database, prices as price_store
from coordinator.store.database import snapshot
from localvpp import tlog
from localvpp.audit import AuditedLog, AuditError, CorrectedLog, audit_meters, audit_payments, audit_slot
from localvpp.etp import Kind, Record, SignedEnvelope, parse_envelope
from localvpp.settlement import DYNAMIC

from .errors import CommandError
from .log import log_key


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the subcommand."""
    parser.add_argument("file", type=Path, metavar="FILE", help="the building's file, as building.yaml")
    parser.add_argument("--vkey", required=True, help="the log's verifier key, as the building's page shows it")
    parser.add_argument(
        "--slot", type=int, action="append", default=[], metavar="BEGIN", help="in seconds of Unix time; all without it"
    )


def run(arguments: argparse.Namespace) -> int:
    """Audit; return how the process should end."""
    try:
        config = load(arguments.file)
        found = asyncio.run(_audit(config, log_key(arguments.vkey), arguments.slot))
    except (ConfigError, AuditError, StoreError, ValueError) as error:
        raise CommandError(str(error)) from error
    print(json.dumps(found, indent=2, ensure_ascii=False))
    return 0 if found["ok"] else 1


async def _audit(config: BuildingConfig, key: tlog.Ed25519Verifier, asked: Sequence[int]) -> dict[str, Any]:
    meters = await asyncio.to_thread(meters_of, config)
    engine = await open_database(config.database_url, must_exist=True)
    try:
        async with snapshot(engine) as connection:
            head = await entry_store.head(connection)
            prices = await price_store.every(connection)
            if head is None or prices is None:
                raise CommandError(f"{config.file}: its database has no log yet")
            told: list[tuple[int, Record | SignedEnvelope]] = [
                (each.index, parse_envelope(each.envelope) if each.sealed is None else Record.decode(each.sealed))
                for each in await entry_store.span(connection, 0, head.size)
            ]
            _check_head(told, head.checkpoint, key)
            log = await asyncio.to_thread(AuditedLog.of, config.origin, told)
            settled = [each.record.envelope.slot for each in log.entries if each.record.kind is Kind.SETTLED]
            if unknown := sorted(set(asked).difference(settled)):
                raise CommandError(f"--slot {unknown[0]}: the log does not say that it is settled")
            findings: list[str] = [] if asked else list(await asyncio.to_thread(audit_payments, log))
            erased: list[int] = []
            came_back: list[int] = []
            slots = sorted(set(asked or settled))
            corrected = CorrectedLog(log)
            kept_since = log.reached(log.size)[0] // 1000 - KEEP_S
            # A slot that nobody told of in time is settled by nothing, and may be corrected all the same.
            for slot in sorted(corrected.concerned & set(asked) if asked else corrected.concerned):
                if corrected.erased(slot):
                    erased.append(slot)
                else:
                    findings += await asyncio.to_thread(corrected.findings, slot)
            for slot in slots:
                announced = prices.at(slot)
                if slot in log.erased or announced is None:
                    erased.append(slot)
                    continue
                papers = await papers_of(connection, slot)
                lost = any(each.lost for each in papers) or (not papers and log.of_slot(Kind.BOOK, slot))
                if lost and slot < kept_since:
                    erased.append(slot)
                    continue
                came_back += [slot] if lost or any(each.came_back for each in papers) else []
                rule = prices.rule(prices.key_at(slot) or DYNAMIC.word)
                findings += await asyncio.to_thread(audit_slot, log, slot, papers, announced, rule)
                findings += audit_meters(log, slot, papers, meters) if meters is not None else ()
    finally:
        await close_database(engine)
    return {
        "ok": not findings,
        "entries": head.size,
        "root": head.root.hex(),
        "slots": len(slots),
        "findings": findings,
        "not_run_again": sorted(set(erased)),
        "without_orders": came_back,
    }


def _check_head(told: Sequence[tuple[int, Record | SignedEnvelope]], note: bytes, key: tlog.Ed25519Verifier) -> None:
    """Raise CommandError unless the entries make the head that the log's key has signed."""
    frontier = tlog.Frontier()
    for _, each in told:
        signed = each.signed if isinstance(each, Record) else each
        frontier.append(tlog.leaf_hash(signed.statement.data))
    try:
        head = tlog.open_checkpoint(note, key).checkpoint
    except tlog.TlogError as error:
        raise CommandError(f"the log's head is not signed by the key that was given: {error}") from error
    if (head.size, head.root) != (frontier.size, frontier.root()):
        raise CommandError(
            f"the log has signed a head of {head.size} entries with root {head.root.hex()}, and those that are here, "
            f"{frontier.size}, make {frontier.root().hex()}"
        )
