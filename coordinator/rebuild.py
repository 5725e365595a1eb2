"""A coordinator out of one flat's mirror: everything that the building's server knew, from a copy and a sheet of paper.

    mirror     checkpoint, tiles, entry bundles; beside them vault/: the sealed bodies, keys and prices
    paper      the recovery key, which opens the vault; of a key that was replaced, both sheets

The log is checked whole first: every entry under the root that the log's key signed, every record under the key that
the entries before it enrol, every body by its envelope's commitment. What no given key opens, or what is not there
though no entry of the log says that it was erased, stops it, unless it is to be left out. Slots are worked out again
from the records, and must come to the transfers that the log holds. Then a new data folder holds what the lost one
held, but for what was never in the log: open invites, and a meter's slot that was still growing.

A mirror may be behind the log that was lost, as a backup may: the rebuilt coordinator waits for its witnesses as after
every start (`holding`).

The folder is locked and marked first (`site`), and the mark is changed last: broken off at any step, no coordinator
starts from what is there, and the next rebuild begins anew.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
import logging
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from localvpp.clock import Clock
from localvpp.etp import (
    Body,
    Directory,
    Erasures,
    EtpError,
    FieldError,
    Kind,
    Record,
    Roster,
    SignedEnvelope,
    cbor,
    parse_envelope,
)
from localvpp.logfolder import LogFolder
from localvpp.onerecord import Places
from localvpp.settlement import DYNAMIC, PriceList
from localvpp.tlog import (
    TILE_WIDTH,
    Bundle,
    Checkpoint,
    Ed25519Verifier,
    MissingError,
    Note,
    SignatureType,
    SignerKey,
    TlogError,
    bundles_to_write,
    check_log,
    open_checkpoint,
)
from localvpp.vault import Opening, SealError, SecretKey
from localvpp.vaultcopies import Offer, VaultCopies, open_bundle, vault_path

from .config import BuildingConfig, make_folder
from .keys import KEY_FILES, write_private
from .settlement import named, of_records, told_by, work_out
from .site import Site, SiteError, check_free, claimed
from .store import (
    Entry,
    Member,
    Role,
    StoredHead,
    StoreError,
    close_database,
    empty,
    entries as entry_store,
    members as member_store,
    open_database,
    prices as price_store,
    slots as slot_store,
)
from .vault import make_recovery_key, open_building

_log = logging.getLogger(__name__)


class RebuildError(Exception):
    """The building cannot be rebuilt from this mirror; nothing was left behind that a coordinator would take up."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What has come back."""

    origin: str
    size: int
    root: bytes
    members: int
    slots: int
    erased: int
    """Records whose bodies were erased before, as the log itself says."""
    unreadable: int
    """Records whose bodies are not there, without a word of the log for it, and that were left out."""
    unsettled: int
    """Settled slots that cannot be worked out again, because bodies of theirs are not there."""


@dataclass(slots=True)
class _Log:
    """The checked content of a mirror."""

    checkpoint: Checkpoint
    note: bytes
    roster: Roster
    """What its entries say of the devices."""
    signed: list[SignedEnvelope] = field(default_factory=list)
    openings: list[Opening | None] = field(default_factory=list)
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class _Own:
    """The building's own part, and the key that it is sealed for."""

    files: dict[str, str]
    prices: PriceList
    secret: SecretKey
    log_key: Ed25519Verifier


async def rebuild(
    config: BuildingConfig,
    mirror: Path,
    secrets: Sequence[SecretKey],
    clock: Clock,
    *,
    leave_unreadable: bool = False,
) -> Rebuilt:
    """Make a building's data folder and database anew, with whichever key opens each part of the mirror's vault.

    The one that opens the newest of the building's own part is its recovery key from then on. `leave_unreadable` goes
    on without bodies that none opens.
    Raises ConfigError, RebuildError, LedgerError, StoreError, BadKeyError or OSError; then no coordinator starts from
    what is there, and it can be tried again.
    """
    try:
        await asyncio.to_thread(check_free, config.data)
        own, log = await asyncio.to_thread(_read, config, mirror, secrets, leave_unreadable)
        await asyncio.to_thread(make_folder, config)
        with ExitStack() as stack:
            site = await asyncio.to_thread(stack.enter_context, claimed(config.data))
            rebuilt = await _fill(site, config, log, own.prices, clock)
            await asyncio.to_thread(_keep, config.data, own.files, own.secret)
            await asyncio.to_thread(site.finish)
    except SiteError as error:
        raise RebuildError(str(error)) from error
    _log.info("%s is rebuilt with %d entries", config.origin, rebuilt.size)
    return rebuilt


async def _fill(site: Site, config: BuildingConfig, log: _Log, prices: PriceList, clock: Clock) -> Rebuilt:
    """Write the database in one transaction; what is raised before its end leaves nothing behind."""
    try:
        engine = await open_database(config.database_url)
        try:
            async with engine.begin() as connection:
                head = await entry_store.head(connection)
                if head is not None and not site.has_brought(_name(head)):
                    raise RebuildError("the database holds a log already: name an empty one in the building's file")
                if head is not None:
                    await empty(connection)
                await asyncio.to_thread(site.brings, _name(log.checkpoint))
                return await _write(connection, log, prices, clock)
        finally:
            await close_database(engine)
    except RebuildError, StoreError:
        await asyncio.to_thread(site.abandon)
        raise


def _name(head: Checkpoint | StoredHead) -> str:
    return f"{head.size} {head.root.hex()}"


def _read(
    config: BuildingConfig, mirror: Path, secrets: Sequence[SecretKey], leave_unreadable: bool
) -> tuple[_Own, _Log]:
    """Open and check everything; nothing is written."""
    folder = LogFolder(mirror)
    try:
        note = folder.read_checkpoint()
    except MissingError as error:
        raise RebuildError(f"{mirror} is no mirror: {error.path} is missing") from error
    own = _own(config.origin, VaultCopies(folder), note, secrets)
    return own, _checked(folder, note, own.log_key, secrets, leave_unreadable)


def _own(origin: str, vault: VaultCopies, note: bytes, secrets: Sequence[SecretKey]) -> _Own:
    """Return the newest of the building's own part that opens and has the key that signed the mirror's checkpoint.

    Whoever was on the server could seal what he liked for a key whose public half lies there.
    """
    parts = sorted(((at, copy.key, copy) for copy in vault.all() for at in copy.building_parts()), reverse=True)
    if not parts:
        raise RebuildError(f"{vault.folder.path} is no mirror with a vault: the building's own part is missing")
    reasons: list[str] = []
    for at, key, copy in parts:
        try:
            sealed = copy.read_building(at)
            secret = next((each for each in secrets if each.public.id.hex() == key), secrets[0])
            files, prices = open_building(secret, origin, sealed)
            seed = bytes.fromhex(files["log"])
            verifier = Ed25519Verifier(SignerKey(origin, SignatureType.ED25519, seed).verifier_key)
            open_checkpoint(note, verifier)
        except SealError as error:
            reasons.append(f"the vault does not open: {error}")
        except TlogError as error:
            reasons.append(f"the mirror's checkpoint is not of the log whose key it holds: {error}")
        except (KeyError, ValueError) as error:
            reasons.append(f"it holds no key of the log ({error})")
        else:
            return _Own(files, prices, secret, verifier)
        reasons[-1] = f"vault/{key}/building/{at}: {reasons[-1]}"
    raise RebuildError("; ".join(dict.fromkeys(reasons)))


def _keep(data: Path, files: Mapping[str, str], secret: SecretKey) -> None:
    """Put the keys into their places."""
    place = data / "keys"
    place.mkdir(mode=0o700)
    for name in KEY_FILES:
        if name in files:
            write_private(place / name, files[name])
    make_recovery_key(place, secret)


def _checked(
    folder: LogFolder, note: bytes, verifier: Ed25519Verifier, secrets: Sequence[SecretKey], leave_unreadable: bool
) -> _Log:
    opened = open_checkpoint(note, verifier)
    own = Note(opened.note.text, tuple(opened.note.verified[:1])).encode()
    directory = Directory(opened.checkpoint.origin)
    log = _Log(opened.checkpoint, own, directory.roster)

    def inspect(_: int, entry: bytes) -> None:
        try:
            signed = parse_envelope(entry)
            directory.take(signed, directory.check(signed))
        except EtpError as error:
            raise ValueError(str(error)) from error
        log.signed.append(signed)

    fault = check_log(folder, verifier, inspect=inspect).fault
    if fault is not None:
        raise RebuildError(f"the mirror's log is damaged at {fault.path}: {fault.reason}; take another flat's mirror")
    _open(log, VaultCopies(folder), secrets, leave_unreadable)
    return log


def _open(log: _Log, vault: VaultCopies, secrets: Sequence[SecretKey], leave_unreadable: bool) -> None:
    """Open the bodies of the whole log; those that are not there need its word that they were erased."""
    missing: list[tuple[int, bool, str]] = []
    erasures = Erasures()
    for bundle in bundles_to_write(0, log.checkpoint.size):
        offers, reasons = open_bundle(vault, secrets, log.checkpoint.origin, bundle)
        for index, offer in enumerate(offers, bundle.index * TILE_WIDTH):
            envelope = log.signed[index].envelope
            opening = offer.opening(envelope.commitment)
            log.openings.append(opening)
            if opening is None:
                missing.append((index, offer.covered, _missing(index, offer, bundle, reasons)))
            elif envelope.kind is Kind.ERASED:
                erasures.take(index, envelope, _record(index, log.signed[index], opening).body)
    unreadable = [
        why
        for index, covered, why in missing
        if not covered or erasures.explain(index, log.signed[index].envelope) is None
    ]
    log.unreadable = len(unreadable)
    if unreadable and not leave_unreadable:
        raise RebuildError(
            f"the bodies of {log.unreadable} records do not open: {unreadable[0]}. If the recovery key was replaced, "
            "give both sheets, each with a --recovery-key of its own; or take another flat's mirror; or leave out what "
            "these records say, with --leave-unreadable"
        )


def _missing(index: int, offer: Offer, bundle: Bundle, reasons: Sequence[str]) -> str:
    """Say why a body is not there, should no entry explain it."""
    if offer.openings:
        return f"the vault's body of entry {index} is not the one that was logged"
    if offer.covered:
        return f"the vault leaves out the body of entry {index}, and no entry of the log says that it was erased"
    return "; ".join(reasons) or f"the mirror lacks {vault_path(bundle)}"


def _record(index: int, signed: SignedEnvelope, opening: Opening) -> Record:
    try:
        return Record.decode(cbor.encode([signed.statement.data, opening.salt, opening.body]))
    except EtpError as error:
        raise RebuildError(f"the vault's body of entry {index} is not the one that was logged: {error}") from error


async def _write(connection: AsyncConnection, log: _Log, prices: PriceList, clock: Clock) -> Rebuilt:
    entries = [
        _entry(index, signed, opening)
        for index, (signed, opening) in enumerate(zip(log.signed, log.openings, strict=True))
    ]
    head = StoredHead(log.checkpoint.origin, log.checkpoint.size, log.checkpoint.root, log.note, clock.wall_ms())
    await entry_store.append(connection, entries, None, head)
    members = [member async for member in _members(connection, log, entries)]
    for period in prices.periods:
        await price_store.add(connection, period, prices)
    by_slot: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_slot[entry.slot].append(entry)
    slots, unsettled = 0, 0
    for settled in (entry for entry in entries if entry.kind is Kind.SETTLED):
        if await _settle(connection, settled, by_slot[settled.slot], members, prices):
            slots += 1
        else:
            unsettled += 1
    erased = sum(opening is None for opening in log.openings) - log.unreadable
    return Rebuilt(head.origin, head.size, head.root, len(members), slots, erased, log.unreadable, unsettled)


def _entry(index: int, signed: SignedEnvelope, opening: Opening | None) -> Entry:
    envelope = signed.envelope
    end_ms = envelope.slot * 1000
    if opening is not None:
        end_ms = _record(index, signed, opening).body.end_ms
    return Entry(
        index=index,
        hash=signed.hash,
        device=envelope.device,
        epoch=envelope.epoch,
        seq=envelope.seq,
        kind=envelope.kind,
        slot=envelope.slot,
        end_ms=end_ms,
        logged_ms=end_ms,  # When it was logged is not in the log: not before its energy had moved.
        envelope=signed.statement.data,
        salt=opening.salt if opening else None,
        body=opening.body if opening else None,
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """A member, and from which entry on."""

    since: int
    member: Member


async def _members(connection: AsyncConnection, log: _Log, entries: Sequence[Entry]) -> AsyncIterator[_Known]:
    """Write the key directory as its entries tell it, and yield each member with the entry that enrolled it."""
    for entry, signed in zip(entries, log.signed, strict=True):
        enrolled, body = signed.envelope.enrolled, entry.opened()
        if entry.kind is not Kind.ENROL or enrolled is None:
            continue
        if body is None or body.place is None:
            raise RebuildError(
                f"entry {entry.index} enrols a member whose name is not there: take another flat's mirror"
            )
        role = Role(body.place) if body.place in set(Role) else Role.FLAT
        next_key = signed.envelope.next_key
        member = Member(enrolled.device, body.place, role, enrolled.key, "", body.start_ms, next_key=next_key)
        enrolling, now = member.line, log.roster.line(member.device)
        # A name is one device's at a time: those that were revoked are out of the way before the next is written.
        await connection.execute(member_store.adding(member.saying(now), entry.hash))
        for statement in member_store.changing(enrolling, now):
            await connection.execute(statement)
        yield _Known(entry.index, member.saying(now))


async def _settle(
    connection: AsyncConnection,
    settled: Entry,
    of_slot: Sequence[Entry],
    members: Sequence[_Known],
    prices: PriceList,
) -> bool:
    """Work a settled slot out again; return False when bodies that it needs are not there."""
    body = settled.opened()
    if body is None or body.log_size is None:
        return False
    slot = settled.slot
    intervals = [entry for entry in of_slot if entry.kind is Kind.INTERVAL and entry.index < body.log_size]
    transfers = [entry for entry in of_slot if entry.kind is Kind.TRANSFER]
    if any(entry.body is None for entry in (*intervals, *transfers)):
        return False
    held = prices.at(slot)
    if held is None:
        raise RebuildError(f"no prices are known for slot {slot}: the building's sealed part is older than its log")
    known = [each.member for each in members if each.since < body.log_size]
    records = [Record.decode(entry.sealed or b"") for entry in transfers]
    market = named((entry for entry in of_slot if entry.kind is Kind.CLEARED), body.log_size)
    try:
        cleared = of_records(body, records)
    except ValueError as error:
        raise RebuildError(f"slot {slot}: {error}: keep this mirror as evidence") from error
    if cleared is not None and cleared.documents != market:
        raise RebuildError(f"slot {slot} was settled by trades that its market has not made: keep this mirror")
    told = told_by(intervals, body.log_size)
    try:
        rule = prices.rule(body.reason or DYNAMIC.word)
    except ValueError as error:
        raise RebuildError(f"slot {slot}: {error}") from error
    work = work_out(slot, body.slot_seconds, told, known, held, body.end_ms, cleared, rule)
    if sorted(record.encoded for record in records) != sorted(each.encode() for _, _, each in work.transfers):
        raise RebuildError(f"slot {slot} does not come out as the log's transfers say: keep this mirror as evidence")
    if cleared is not None and not _names(body, cleared.count, records):
        raise RebuildError(f"slot {slot} has other transfers than its settled record names: keep this mirror")
    for statement in slot_store.settling(work.settled, work.moved(records)):
        await connection.execute(statement)
    return True


def _names(settled: Body, trades: int, transfers: Sequence[Record]) -> bool:
    """Whether a settled record names a slot's transfers."""
    try:
        return Places(trades, transfers).root == settled.seconds_root
    except FieldError:
        return False
