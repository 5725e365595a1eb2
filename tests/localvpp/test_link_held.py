"""While its log is held, a flat signs nothing that contradicts what it knows, and says what that is."""

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from localvpp import tlog
from localvpp.etp import EMPTY, Record
from localvpp.link import LinkState, LinkStatus
from localvpp.notebook import EvidenceKind, Notebook
from localvpp.store import FlatStore
from localvpp.wire import WitnessSays

from .small_coordinator import Ear, SmallCoordinator, SmallLog, Waits

type Begin = Callable[[], Any]
type Keep = Callable[..., Any]


async def asked(coordinator: SmallCoordinator, old: int = 0) -> WitnessSays:
    """Ask the flat's witness for the log's newest head."""
    await coordinator.say(coordinator.announce(old))
    return await coordinator.hear(WitnessSays)


async def held(coordinator: SmallCoordinator, start: Begin, ear: Ear) -> LinkStatus:
    """Start a flat whose building's log is held."""
    coordinator.terms = replace(coordinator.terms, held=True)
    await start()
    return await ear.status(LinkState.ONLINE)


def set_back(coordinator: SmallCoordinator, records: list[Record], count: int) -> None:
    """Let the log end after so many records of the flat."""
    coordinator.log, coordinator.head, coordinator.kept = SmallLog(), EMPTY, []
    coordinator.take([each.encode() for each in records[:count]])


async def test_a_flat_whose_ends_meet_signs_the_head_of_a_held_log(
    start: Begin, coordinator: SmallCoordinator, ear: Ear, keep: Keep, make_records: Callable[..., list[Record]]
) -> None:
    await keep(make_records(3))
    await held(coordinator, start, ear)
    assert (await asked(coordinator)).status == HTTPStatus.OK


async def test_a_flat_that_was_restored_from_a_backup_signs_nothing_with_its_old_key(
    start: Begin,
    coordinator: SmallCoordinator,
    ear: Ear,
    keep: Keep,
    make_records: Callable[..., list[Record]],
) -> None:
    records = make_records(5)
    await keep(records[:2])
    coordinator.take([each.encode() for each in records])
    status = await held(coordinator, start, ear)
    assert "the log has record 5 of this flat" in status.reason
    assert "restored from a backup, or copied" in status.reason
    said = await asked(coordinator)
    assert said.status == HTTPStatus.SERVICE_UNAVAILABLE
    assert b"may have signed what it has forgotten" in said.body


async def test_a_flat_that_was_proven_more_than_a_held_log_has_names_the_head_that_it_knows(
    start: Begin,
    coordinator: SmallCoordinator,
    ear: Ear,
    keep: Keep,
    make_records: Callable[..., list[Record]],
    store: FlatStore,
) -> None:
    records = make_records(5)
    await keep(records)
    set_back(coordinator, records, 3)
    status = await held(coordinator, start, ear)
    assert "proven to hold record 5" in status.reason
    said = await asked(coordinator)
    assert (said.status, said.content_type, said.body) == (HTTPStatus.CONFLICT, tlog.SIZE_TEXT, b"5\n")
    # A held log says itself that it may be behind: nobody is accused for that.
    assert await Notebook(store).evidence() == []


async def test_a_held_log_that_has_grown_again_without_what_was_proven_is_told_so(
    start: Begin, coordinator: SmallCoordinator, ear: Ear, keep: Keep, make_records: Callable[..., list[Record]]
) -> None:
    records = make_records(5)
    await keep(records)
    set_back(coordinator, records, 3)
    for at in range(6):
        coordinator.log.add(f"others' {at}".encode())
    await held(coordinator, start, ear)
    said = await asked(coordinator)
    assert said.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert b"it was cut or replaced" in said.body


async def test_a_proof_under_a_later_head_counts_although_the_ends_of_the_chain_meet(
    start: Begin,
    coordinator: SmallCoordinator,
    ear: Ear,
    keep: Keep,
    make_records: Callable[..., list[Record]],
) -> None:
    records = make_records(3)
    coordinator.take([each.encode() for each in records])
    for at in range(4):
        coordinator.log.add(f"others' {at}".encode())
    await keep(records)
    set_back(coordinator, records, 3)
    await held(coordinator, start, ear)
    assert (await asked(coordinator)).body == b"7\n"


async def test_another_head_of_the_size_that_was_proven_is_kept_as_evidence(
    start: Begin,
    coordinator: SmallCoordinator,
    ear: Ear,
    keep: Keep,
    make_records: Callable[..., list[Record]],
    store: FlatStore,
) -> None:
    records = make_records(3)
    coordinator.take([each.encode() for each in records])
    coordinator.log.add(b"as it was")
    await keep(records)
    set_back(coordinator, records, 3)
    coordinator.log.add(b"as it is told now")
    await held(coordinator, start, ear)
    assert (await asked(coordinator)).status == HTTPStatus.UNPROCESSABLE_ENTITY
    (evidence,) = await Notebook(store).evidence()
    assert evidence.kind is EvidenceKind.HEADS
    assert "cannot both be true" in evidence.reason
    assert ear.distrusted == [evidence.reason]


async def test_a_flat_whose_chain_had_diverged_is_not_reconciled_by_a_held_log(
    start: Begin,
    coordinator: SmallCoordinator,
    ear: Ear,
    waits: Waits,
    keep: Keep,
    make_records: Callable[..., list[Record]],
) -> None:
    records = make_records(5)
    await keep(records)
    whole = coordinator.log, coordinator.head
    set_back(coordinator, records, 3)
    await start()
    await ear.status(LinkState.DIVERGED)
    # It is held now, and its ends are as the flat knows them: whether they meet is asked when it takes records.
    coordinator.log, coordinator.head = whole
    coordinator.terms = replace(coordinator.terms, held=True)
    await waits.pass_one()
    status = await ear.status(LinkState.DIVERGED)
    assert "waits for its witnesses" in status.reason
    assert "proven to hold record 5" in status.reason
    assert (await asked(coordinator)).status == HTTPStatus.SERVICE_UNAVAILABLE
    # A restart of the flat changes nothing of what it has found.
    await start()
    status = await ear.status(LinkState.DIVERGED)
    assert "waits for its witnesses" in status.reason
    assert "proven to hold record 5" in status.reason
    assert (await asked(coordinator)).status == HTTPStatus.SERVICE_UNAVAILABLE
    coordinator.terms = replace(coordinator.terms, held=False)
    await coordinator.drop()
    await ear.status(LinkState.CONNECTING)
    await waits.pass_one()
    await ear.status(LinkState.ONLINE)
    assert (await asked(coordinator)).status == HTTPStatus.OK
    # And what was found is over when the ends have met, over a restart, too.
    coordinator.terms = replace(coordinator.terms, held=True)
    await start()
    assert "signs nothing" not in (await ear.status(LinkState.ONLINE)).reason
    assert (await asked(coordinator)).body == b"5\n", "it answers as a witness that has signed"
