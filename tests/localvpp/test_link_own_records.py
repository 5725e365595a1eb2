"""Which of its records a flat's slot is settled by is no choice of the building's, and more may follow afterwards.

An honest building counts what its log held; what the flat writes afterwards, for whatever reason, changes nothing.
"""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from localvpp.etp import Body, DeviceId, ErrorFlag, Kind, Record, RecordHash
from localvpp.link import LinkState
from localvpp.notebook import EvidenceKind, Notebook
from localvpp.store import FlatStore
from localvpp.wire import Hello, LeftOut, SlotResult, SlotWord, encode
from localvpp.wordbook import WordBook

from .metered import MeteredFlat
from .place import SLOT
from .small_coordinator import Ear, SmallCoordinator, Waits
from .test_link_settlements import PARTNER, all_heard

type Begin = Callable[[], Any]
type Keep = Callable[..., Any]

FIRST = ((0.5, 0, 0), (30, 5, 0), (60.5, 12, 0))
SET_BACK = ((62, 13, 0), (55, 13, 0), (60.5, 14, 0))
"""The clock is set back over the boundary, and the slot ends once more."""


def of_slot(records: Sequence[Record], slot: int = SLOT) -> tuple[RecordHash, ...]:
    """The interval records of a slot."""
    return tuple(each.hash for each in records if each.envelope.slot == slot and each.kind is Kind.INTERVAL)


@pytest.fixture
def settle(coordinator: SmallCoordinator, device: DeviceId) -> Callable[..., SlotResult]:
    """A slot that is settled for this flat alone, by records of its own."""

    def work(records: Sequence[RecordHash], import_wh: int = 12, **more: Any) -> SlotResult:
        coordinator.evidence = tuple(records)
        return coordinator.settle(PARTNER, device, energy_wh=0, import_wh=import_wh, **more)

    return work


@pytest.fixture
def judge(start: Begin, coordinator: SmallCoordinator, ear: Ear, store: FlatStore) -> Callable[..., Any]:
    """Let the building say words; return why the flat distrusts it for them, which is kept as evidence, too."""

    async def work(*words: SlotWord) -> list[str]:
        coordinator.to_say = list(words)
        await start()
        await ear.status(LinkState.ONLINE)
        size = await all_heard(coordinator, ear)
        while (await store.load()).pending:
            await ear.next("proven", tuple)
        await all_heard(coordinator, ear, size)
        kept = await Notebook(store).evidence()
        assert [each.reason for each in kept] == ear.distrusted
        assert {each.kind for each in kept} <= {EvidenceKind.SETTLEMENT}
        assert {each.theirs for each in kept} <= {encode(word) for word in words}
        return ear.distrusted

    return work


# --- Honest buildings -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("logged", [True, False])
async def test_a_clock_set_back_over_a_boundary_after_the_slot_was_settled_changes_nothing(
    logged: bool,
    meter: MeteredFlat,
    keep: Keep,
    settle: Callable[..., SlotResult],
    judge: Callable[..., Any],
    store: FlatStore,
) -> None:
    await keep(first := meter.read(*FIRST))
    late = settle(of_slot(first))
    again = meter.read(*SET_BACK)
    assert len(of_slot(again)) == 2
    await keep(again, logged=logged)
    assert await judge(late) == []
    assert await WordBook(store).result(SLOT) == late


async def test_a_clock_set_back_before_the_slot_was_settled_leaves_it_out(
    meter: MeteredFlat,
    keep: Keep,
    coordinator: SmallCoordinator,
    judge: Callable[..., Any],
    store: FlatStore,
    device: DeviceId,
) -> None:
    await keep([*meter.read(*FIRST), *meter.read(*SET_BACK)])
    left_out = coordinator.leave_out(device)
    assert await judge(left_out) == []
    assert await WordBook(store).word(SLOT) == left_out


async def test_a_slot_length_that_changed_after_the_slot_was_settled_changes_nothing(
    meter: MeteredFlat, keep: Keep, settle: Callable[..., SlotResult], judge: Callable[..., Any], store: FlatStore
) -> None:
    await keep(first := meter.read(*FIRST))
    late = settle(of_slot(first))
    meter.slots_last(120)
    longer = meter.read((90, 13, 0), (120.5, 14, 0))
    assert len(of_slot(longer)) == 2
    await keep(longer)
    assert await judge(late) == []
    assert await WordBook(store).result(SLOT) == late


async def test_a_slot_length_that_changed_before_the_slot_was_settled_leaves_it_out(
    meter: MeteredFlat, keep: Keep, coordinator: SmallCoordinator, judge: Callable[..., Any], device: DeviceId
) -> None:
    await keep(meter.read(*FIRST))
    meter.slots_last(120)
    await keep(meter.read((90, 13, 0), (120.5, 14, 0)))
    assert await judge(coordinator.leave_out(device, seconds=120)) == []


async def test_records_that_came_too_late_leave_the_slot_out(
    meter: MeteredFlat, keep: Keep, coordinator: SmallCoordinator, judge: Callable[..., Any], device: DeviceId
) -> None:
    left_out = coordinator.leave_out(device)
    await keep(meter.read(*FIRST))
    assert await judge(left_out) == []


async def test_a_slot_without_records_is_left_out(
    coordinator: SmallCoordinator, judge: Callable[..., Any], device: DeviceId
) -> None:
    assert await judge(coordinator.leave_out(device)) == []


async def test_a_record_whose_acknowledgement_was_lost_is_known_once_it_is_proven(
    meter: MeteredFlat, keep: Keep, settle: Callable[..., SlotResult], judge: Callable[..., Any], store: FlatStore
) -> None:
    await keep(first := meter.read(*FIRST), known=False)
    assert await judge(result := settle(of_slot(first))) == []
    assert await WordBook(store).result(SLOT) == result
    assert {kept.index for kept in await store.intervals(SLOT)} == {0, 1}


async def test_a_slot_whose_records_came_when_a_later_one_was_settled_was_not_passed_over(
    meter: MeteredFlat,
    keep: Keep,
    settle: Callable[..., SlotResult],
    coordinator: SmallCoordinator,
    judge: Callable[..., Any],
    device: DeviceId,
) -> None:
    await keep(first := meter.read(*FIRST))
    one, later = settle(of_slot(first)), coordinator.leave_out(device, SLOT + 120, after=SLOT)
    await keep(second := meter.read((120.5, 20, 0)))
    assert len(of_slot(second, SLOT + 60)) == 2
    assert await judge(one, later) == []


async def test_a_slot_that_is_none_of_the_new_length_was_not_passed_over(
    meter: MeteredFlat, keep: Keep, coordinator: SmallCoordinator, judge: Callable[..., Any], device: DeviceId
) -> None:
    await keep([*meter.read(*FIRST), *meter.read((120.5, 20, 0))])
    assert await judge(coordinator.leave_out(device, SLOT + 120, after=SLOT, seconds=120)) == []


# --- Lying buildings --------------------------------------------------------------------------------------------------


async def test_a_building_that_picks_from_the_records_is_distrusted(
    meter: MeteredFlat, keep: Keep, settle: Callable[..., SlotResult], judge: Callable[..., Any]
) -> None:
    await keep([*(first := meter.read(*FIRST)), *meter.read(*SET_BACK)])
    (reason,) = await judge(settle(of_slot(first)))
    assert "leaves out record" in reason


async def test_a_building_that_counts_what_contradicts_itself_is_distrusted(
    meter: MeteredFlat, keep: Keep, settle: Callable[..., SlotResult], judge: Callable[..., Any]
) -> None:
    await keep(meter.read(*FIRST))
    await keep(meter.read(*SET_BACK))
    (reason,) = await judge(settle(of_slot(meter.records), import_wh=13))
    assert "do not prove the slot: nothing may be counted" in reason


async def test_a_building_that_counts_a_flagged_record_is_distrusted(
    meter: MeteredFlat,
    keep: Keep,
    settle: Callable[..., SlotResult],
    judge: Callable[..., Any],
    make_body: Callable[..., Body],
    device: DeviceId,
) -> None:
    for out in (False, True):
        ends = {"sender": device, "receiver": meter.building, "energy_wh": 0, "attributes": ()} if out else {}
        body = make_body(errors=ErrorFlag.TIME, **ends)
        record, meter.chain = meter.chain.seal(meter.signer, Kind.INTERVAL, SLOT, body)
        meter.records.append(record)
    await keep(meter.records)
    (reason,) = await judge(settle(of_slot(meter.records)))
    assert "do not prove the slot: nothing may be counted" in reason


async def test_a_building_that_leaves_out_a_complete_slot_is_distrusted(
    meter: MeteredFlat,
    keep: Keep,
    coordinator: SmallCoordinator,
    judge: Callable[..., Any],
    store: FlatStore,
    device: DeviceId,
) -> None:
    await keep(meter.read(*FIRST))
    (reason,) = await judge(coordinator.leave_out(device))
    assert reason.startswith(f"the settlement of slot {SLOT} does not come out: ")
    assert "the flat was left out, though the log of 2 entries held what proves its use" in reason
    assert await WordBook(store).word(SLOT) is None


async def test_a_building_that_passes_over_a_complete_slot_is_distrusted(
    meter: MeteredFlat, keep: Keep, settle: Callable[..., SlotResult], judge: Callable[..., Any], store: FlatStore
) -> None:
    await keep(first := meter.read(*FIRST))
    one = settle(of_slot(first))
    await keep([*meter.read((120.5, 20, 0)), *(third := meter.read((180.5, 27, 0)))])
    later = settle(of_slot(third, SLOT + 120), after=SLOT, slot=SLOT + 120, import_wh=7)
    (reason,) = await judge(one, later)
    assert f"slot {SLOT + 60} was passed over, though the log of 7 entries held what proves this flat's use" in reason
    # What it says of the later slot is right, and stands.
    assert await WordBook(store).result(SLOT + 120) == later


async def test_a_building_that_holds_an_acknowledgement_back_is_found_out_when_it_comes(
    meter: MeteredFlat, keep: Keep, coordinator: SmallCoordinator, judge: Callable[..., Any], device: DeviceId
) -> None:
    await keep(meter.read(*FIRST), known=False)
    left_out = coordinator.leave_out(device)
    await keep(meter.read((120.5, 20, 0)), known=False)
    later = coordinator.leave_out(device, SLOT + 120, after=SLOT)
    # The records are acknowledged behind these words, and found beside them: either word may be looked at first.
    reasons = await judge(left_out, later)
    assert sorted(reason.partition(" does not come out: ")[2] for reason in reasons) == [
        f"slot {SLOT + 60} was passed over, though the log of 5 entries held what proves this flat's use",
        "the flat was left out, though the log of 2 entries held what proves its use",
    ]


# --- The order of words -----------------------------------------------------------------------------------------------


async def test_a_word_that_was_lost_on_the_way_is_asked_for_again_and_is_no_evidence(
    start: Begin,
    coordinator: SmallCoordinator,
    ear: Ear,
    waits: Waits,
    store: FlatStore,
    device: DeviceId,
) -> None:
    words: list[LeftOut] = [coordinator.leave_out(device, SLOT + at, after=SLOT + at - 60) for at in range(0, 180, 60)]
    coordinator.to_say = [words[0], words[2]]
    await start()
    status = await ear.status(LinkState.CONNECTING)
    told = f"the building tells of slot {SLOT + 120}, settled after slot {SLOT + 60}; the last one that it told of is "
    assert status.reason == f"{told}{SLOT}"
    assert await WordBook(store).word(SLOT + 120) is None
    coordinator.to_say = [*words[1:]]
    await waits.pass_one()
    assert [(await coordinator.hear(Hello)).settled_slot for _ in range(2)] == [0, SLOT]
    await ear.status(LinkState.ONLINE)
    await all_heard(coordinator, ear)
    assert (await store.load()).settled_slot == SLOT + 120
    assert (ear.distrusted, await Notebook(store).evidence()) == ([], [])


async def test_what_an_older_protocol_has_told_asks_nothing_of_the_next_word(
    start: Begin,
    coordinator: SmallCoordinator,
    ear: Ear,
    store: FlatStore,
    device: DeviceId,
    settle: Callable[..., Any],
) -> None:
    await WordBook(store).settled(settle(()))
    await store.run(lambda db: db.execute("UPDATE result SET protocol = 1, data = x'00'"))
    assert (await store.load()).settled_slot == SLOT
    assert await WordBook(store).result(SLOT) is None
    word = coordinator.leave_out(device, SLOT + 180, after=SLOT + 120)
    coordinator.to_say = [word]
    await start()
    await ear.status(LinkState.ONLINE)
    await all_heard(coordinator, ear)
    assert await WordBook(store).word(SLOT + 180) == word
    assert ear.distrusted == []
