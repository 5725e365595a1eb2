"""What a commit is going to write: every record gets its place or its reason, whatever else is in the commit."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from coordinator.ledger import Conflict
from coordinator.ledger.admission import Admitted, Refusal
from coordinator.ledger.placing import Placed, Placing, Plan, Spot
from coordinator.ledger.submission import NOTHING_ELSE, Consequences, Logged, Submission
from localvpp.etp import EMPTY, DeviceId, Ed25519Signer, Head, Kind, Line, RecordHash, Roster, Standing
from localvpp.wire import Code

A, B, BUILDING = DeviceId(b"a" * 16), DeviceId(b"b" * 16), DeviceId(b"c" * 16)
KEYS = {device: Ed25519Signer.generate().public for device in (A, B, BUILDING)}


def name(device: DeviceId, seq: int, variant: int = 0) -> RecordHash:
    return RecordHash(device[:1] + seq.to_bytes(4) + variant.to_bytes(27))


def record(device: DeviceId, seq: int, *, variant: int = 0, prev: RecordHash | None = None, epoch: int = 0) -> Admitted:
    before = EMPTY.hash if seq == 1 else name(device, seq - 1)
    return Admitted(
        hash=name(device, seq, variant),
        device=device,
        epoch=epoch,
        seq=seq,
        prev=before if prev is None else prev,
        kind=Kind.INTERVAL,
        slot=60 * seq,
        end_ms=60_000 * (seq + 1),
        envelope=b"envelope",
        salt=bytes(32),
        body=b"body",
        key_id=KEYS[device].key_id,
        word=None,
    )


BAD = Refusal(RecordHash(b"x" * 32), Code.BAD_SIGNATURE, "forged")


@dataclass
class Planning:
    """Plans submissions over a log of ten entries, the last ones A's records 1 and 2."""

    loop: asyncio.AbstractEventLoop
    heads: Mapping[DeviceId, Head] = field(default_factory=lambda: {A: Head(0, 2, name(A, 2))})
    logged: Mapping[Spot, Placed] = field(default_factory=lambda: {(A, 1): (8, name(A, 1)), (A, 2): (9, name(A, 2))})

    def submission(
        self, verdicts: Sequence[object], *, whole: bool = False, more: Consequences = NOTHING_ELSE
    ) -> Submission:
        answer: asyncio.Future[Logged] = self.loop.create_future()
        return Submission(A, tuple(b"sealed %d" % at for at in range(len(verdicts))), whole, more, answer)

    suspended: dict[DeviceId, Conflict] = field(default_factory=dict)
    roster: Roster = field(
        default_factory=lambda: Roster(
            "vpp.example/test", BUILDING, [Line(device=each, key=KEYS[each]) for each in KEYS]
        )
    )

    @property
    def placing(self) -> Placing:
        return Placing(lambda device: self.heads.get(device, EMPTY), self.suspended, lambda _before, _after: ())

    def plan(self, *submissions: tuple[Submission, Sequence[Admitted | Refusal]]) -> Plan:
        return self.placing.plan(10, self.roster, submissions, self.logged, 1_000)

    def outcomes(self, *verdicts: Admitted | Refusal) -> list[object]:
        """Plan one submission; give indexes and codes."""
        plan = self.plan((self.submission(verdicts), verdicts))
        ((_, outcomes),) = plan.answers
        return [each.code if isinstance(each, Refusal) else each[0] for each in outcomes]


@pytest.fixture
async def planning() -> Planning:
    return Planning(asyncio.get_running_loop())


async def test_records_that_come_next_get_the_next_places(planning: Planning) -> None:
    verdicts = [record(A, 3), record(A, 4)]
    others = [record(B, 1)]
    plan = planning.plan((planning.submission(verdicts), verdicts), (planning.submission(others), others))
    assert [(entry.index, entry.device, entry.seq) for entry in plan.entries] == [(10, A, 3), (11, A, 4), (12, B, 1)]
    assert all(entry.logged_ms == 1_000 for entry in plan.entries)
    assert plan.heads == {A: Head(0, 4, name(A, 4)), B: Head(0, 1, name(B, 1))}
    assert plan.reached == {A: 300_000, B: 120_000}
    assert not plan.conflicts
    assert not plan.is_empty


async def test_what_is_logged_keeps_its_place_also_in_the_same_commit(planning: Planning) -> None:
    assert planning.outcomes(record(A, 1), record(A, 2), record(A, 3), record(A, 3)) == [8, 9, 10, 10]
    again = [record(A, 3)]
    plan = planning.plan(*[(planning.submission(again), again) for _ in range(3)])
    assert len(plan.entries) == 1
    assert [outcomes for _, outcomes in plan.answers] == [[(10, name(A, 3))]] * 3


async def test_after_a_refused_record_its_senders_others_are_out_of_order(planning: Planning) -> None:
    assert planning.outcomes(record(A, 3), BAD, record(A, 4), BAD) == [
        10,
        Code.BAD_SIGNATURE,
        Code.OUT_OF_ORDER,
        Code.OUT_OF_ORDER,
    ]
    assert planning.outcomes(record(A, 4)) == [Code.OUT_OF_ORDER]
    assert planning.outcomes(record(A, 3, prev=name(A, 1)), record(A, 4)) == [Code.OUT_OF_ORDER] * 2
    planning.heads = {A: Head(1, 2, name(A, 2))}
    assert planning.outcomes(record(A, 3)) == [Code.OUT_OF_ORDER], "an older epoch"


async def test_another_senders_records_are_not_touched_by_a_refusal(planning: Planning) -> None:
    bad, good = [BAD, record(A, 3)], [record(B, 1)]
    plan = planning.plan((planning.submission(bad), bad), (planning.submission(good), good))
    assert [entry.device for entry in plan.entries] == [B]


@pytest.mark.parametrize("seq", [1, 2])
async def test_a_second_record_of_a_logged_seq_is_evidence(seq: int, planning: Planning) -> None:
    verdicts = [record(A, seq, variant=7), record(A, 3)]
    plan = planning.plan((planning.submission(verdicts), verdicts))
    (conflict,) = plan.conflicts
    assert conflict == {
        "hash": name(A, seq, 7),
        "logged_hash": name(A, seq),
        "device": A,
        "seq": seq,
        "sealed": b"sealed 0",
        "seen_ms": 1_000,
    }
    assert not plan.entries
    assert not plan.is_empty, "evidence is written, too"


async def test_a_second_record_of_a_seq_in_the_same_commit_is_evidence(planning: Planning) -> None:
    first, second = [record(A, 3)], [record(A, 3, variant=7)]
    plan = planning.plan((planning.submission(first), first), (planning.submission(second), second))
    assert [entry.hash for entry in plan.entries] == [name(A, 3)]
    assert [each["logged_hash"] for each in plan.conflicts] == [name(A, 3)]


async def test_of_a_whole_submission_all_is_planned_or_nothing(planning: Planning) -> None:
    more = Consequences()
    before, after = [record(A, 3)], [record(A, 4), record(A, 5)]
    broken = [record(A, 4), record(B, 1), record(A, 4, variant=7), BAD]
    submission = planning.submission(broken, whole=True, more=more)
    plan = planning.plan(
        (planning.submission(before), before),
        (submission, broken),
        (planning.submission(after, whole=True, more=more), after),
    )
    assert [(entry.index, entry.device, entry.seq) for entry in plan.entries] == [(10, A, 3), (11, A, 4), (12, A, 5)]
    assert plan.heads == {A: Head(0, 5, name(A, 5))}
    assert plan.reached == {A: 360_000}
    assert not plan.conflicts
    assert [(each, refusal.code) for each, refusal in plan.refused] == [(submission, Code.CONFLICT)]
    assert len(plan.consequences) == 2, "of those that are planned"
    assert submission not in [each for each, _ in plan.answers]


async def test_only_places_that_are_taken_are_looked_up(planning: Planning) -> None:
    batch = [[record(A, 1), record(A, 3), BAD], [record(B, 1)], [record(A, 2, variant=7)]]
    assert planning.placing.claimed(batch) == {(A, 1), (A, 2)}


async def test_who_is_suspended_or_signs_with_another_key_gets_no_place(planning: Planning) -> None:
    planning.suspended[B] = Conflict(B, 7, name(B, 7), name(B, 7, 1), 0)
    assert planning.outcomes(record(B, 1), record(B, 2)) == [Code.SUSPENDED, Code.OUT_OF_ORDER]
    assert planning.outcomes(record(A, 3)._replace(key_id=KEYS[B].key_id)) == [Code.BAD_SIGNATURE]
    assert planning.outcomes(record(A, 3)._replace(kind=Kind.SETTLED)) == [Code.NOT_YOURS_TO_SAY]
    assert planning.outcomes(record(B, 1)._replace(device=DeviceId(b"d" * 16))) == [Code.UNKNOWN_FLAT]
    line = Line(device=A, key=KEYS[A], standing=Standing.SUSPENDED)
    planning.roster = Roster("vpp.example/test", BUILDING, [line])
    assert planning.outcomes(record(A, 3)) == [Code.SUSPENDED]
    assert planning.outcomes(record(A, 2)) == [9], "what is logged keeps its place"
