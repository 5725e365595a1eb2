"""The building suggests, the flat decides: no call begins what the flat's own policy has not accepted (I23)."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import override

import pytest

from localvpp.blackout import Blackout, BlackoutSettings, DrillSummary, DrillWish
from localvpp.blackout.calls import AHEAD_MS, LONGEST_CALL_MS, UNSEEN_S, BuildingDrill, DrillCalls
from localvpp.etp import DeviceId, Ed25519Signer, EtpError, SignatureError
from localvpp.islanding import Asked, Owner, Phase, Place, Policy, Refusal, Wiring
from localvpp.islanding.report import Level
from localvpp.lineage import Lineage
from localvpp.store import FlatStore, StoreError
from localvpp.wire import (
    CALL_LENGTH,
    CallRefusal,
    DrillAnswer,
    DrillDocument,
    DrillNews,
    DrillSaid,
    DrillWord,
    FromFlat,
    Membership,
    RollCall,
    Says,
    sign_drill_word,
)

from ..place import NEXT_KEY, ORIGIN, SLOT, HandClock

DRILL, CALL = b"d" * CALL_LENGTH, b"c" * CALL_LENGTH
DOCUMENT = b'{"a": 1}'


class ScriptedBlackout(Blackout):
    """Begins what it is asked unless a test has reasons against it; where it stands the test says."""

    wishes: list[DrillWish]
    against: tuple[Refusal, ...] = ()
    asked: list[Asked]

    @override
    def drill(self, wish: DrillWish) -> tuple[Refusal, ...]:
        self.wishes.append(wish)
        if not self.against:
            self.state = replace(self.state, drill=wish, phase=Phase.DRILL_PRECHECK)
        return self.against

    @override
    def ask(self, asked: Asked) -> None:
        self.asked.append(asked)

    @override
    async def report(self, digest: bytes) -> bytes | None:
        return DOCUMENT if digest == sha256(DOCUMENT).digest() else None


class Home:
    """A flat's calls, and all that they were given; it can be restarted."""

    def __init__(self, path: Path, building: Ed25519Signer, device: DeviceId, clock: HandClock) -> None:
        self.path, self.building, self.device, self.clock = path, building, device, clock
        self.membership = Membership("http://here", ORIGIN, "101", device, building.public, NEXT_KEY)
        self.lineage = Lineage.of(self.membership)
        self.told: list[FromFlat] = []
        self.shown: BuildingDrill | None = None
        self.with_blackout = True

    async def start(self) -> None:
        self.store = await FlatStore.open(self.path, self.device, ORIGIN)
        settings = BlackoutSettings(policy=Policy(wiring=Wiring.OWNED, returns_by_itself=True))
        journal = self.path.with_name("journal")
        self.blackout = ScriptedBlackout(settings, flat="101", journal=journal, store=self.store, clock=self.clock)
        self.blackout.wishes, self.blackout.asked = [], []
        self.stand(phase=Phase.CONNECTED, place=Place.CONNECTED)
        blackout = self.blackout if self.with_blackout else None
        self.calls = DrillCalls(self.membership, self.store, blackout, self.clock, self)
        await self.calls.restore()

    async def restart(self) -> None:
        await self.store.close()
        self.told.clear()
        await self.start()

    def stand(self, **changes: object) -> None:
        self.blackout.state = replace(self.blackout.state, **changes)  # type: ignore[arg-type]

    def building_drill(self, drill: BuildingDrill | None) -> None:
        self.shown = drill

    def tell_building(self, message: FromFlat) -> bool:
        self.told.append(message)
        return True

    def word(self, says: Says = Says.GO, **changes: object) -> DrillWord:
        now_ms = self.clock.wall_ms()
        word = DrillWord(
            says=says,
            drill=DRILL,
            call=CALL,
            level=Level.QUICK,
            length_s=300,
            from_ms=now_ms,
            until_ms=now_ms + 120_000,
        )
        return replace(word, **changes)  # type: ignore[arg-type]

    def said(self, word: DrillWord, device: DeviceId | None = None, signer: Ed25519Signer | None = None) -> DrillSaid:
        mine = self.building.public.device_id
        return DrillSaid(sign_drill_word(signer or self.building, mine, ORIGIN, device or self.device, word))

    async def hear(self, word: DrillWord) -> Sequence[FromFlat]:
        return await self.calls.take(self.said(word), self.lineage)

    async def answer(self, word: DrillWord) -> DrillAnswer:
        (answer,) = await self.hear(word)
        assert isinstance(answer, DrillAnswer)
        assert answer.call == word.call
        return answer

    async def end(self, *, passed: bool = True) -> None:
        """Have the drill end with its report, the flat at home."""
        digest = sha256(DOCUMENT).digest()
        drill = self.blackout.state.drill
        assert drill is not None
        summary = DrillSummary(SLOT * 1000, Level.QUICK, passed, None, "≤ 2.0 s", digest, drill.call)
        self.stand(phase=Phase.CONNECTED, place=Place.CONNECTED, drill=None, last_drill=summary)
        await self.calls.second()


@pytest.fixture
async def home(tmp_path: Path, building: Ed25519Signer, device: DeviceId, clock: HandClock) -> AsyncIterator[Home]:
    home = Home(tmp_path / "flat.db", building, device, clock)
    await home.start()
    yield home
    await home.store.close()


async def test_a_call_begins_the_drill_and_its_news_and_report_are_told_until_they_are_kept(home: Home) -> None:
    assert await home.answer(home.word()) == DrillAnswer(CALL, True, (), None)
    (wish,) = home.blackout.wishes
    assert (wish.level, wish.length_s, wish.by, wish.call) == (Level.QUICK, 300.0, ORIGIN, CALL.hex())
    assert not wish.confirmed, "nobody in the flat has confirmed anything by it"
    await home.calls.second()
    home.stand(phase=Phase.ISLANDED, place=Place.ISLANDED, owner=Owner.DRILL)
    await home.calls.second()
    await home.calls.second()
    await home.end()
    phases = [(news.phase, news.ended) for news in home.told if isinstance(news, DrillNews)]
    assert phases == [("drill_precheck", False), ("islanded", False), ("connected", True)]
    ended, document = home.told[-2:]
    assert isinstance(ended, DrillNews)
    assert (ended.passed, ended.transfer, ended.digest) == (True, "≤ 2.0 s", sha256(DOCUMENT).digest())
    assert document == DrillDocument(CALL, DOCUMENT)

    again = [DrillAnswer(CALL, True, (), None), ended, document]
    assert await home.calls.again() == again
    await home.restart()
    assert await home.calls.again() == again
    await home.calls.kept(b"x" * CALL_LENGTH)
    assert await home.calls.again() == again
    await home.calls.kept(CALL)
    assert await home.calls.again() == []


async def test_a_call_that_was_seen_is_refused_also_after_a_restart(home: Home) -> None:
    word = home.word()
    await home.answer(word)
    for _ in range(2):
        answer = await home.answer(word)
        assert (answer.accepted, answer.reasons) == (False, ("seen", "busy"))
        assert len(home.blackout.wishes) <= 1
        await home.restart()
    home.clock.move(UNSEEN_S + 1)
    await home.calls.second()
    await home.calls.kept(CALL)
    assert (await home.answer(word)).reasons == ("seen",)
    assert (await home.answer(home.word(from_ms=word.from_ms - 1, call=b"e" * CALL_LENGTH))).reasons == ("seen",)
    assert home.blackout.wishes == []
    home.clock.move(1)
    assert (await home.answer(home.word(call=b"f" * CALL_LENGTH))).accepted


@pytest.mark.parametrize(
    ("shift_ms", "lasts_ms", "reason"),
    [
        (-120_001, 120_000, "expired"),
        (AHEAD_MS + 1, 120_000, "early"),
        (0, LONGEST_CALL_MS + 1, "too_lasting"),
    ],
    ids=["expired", "early", "too lasting"],
)
async def test_a_call_that_does_not_hold_now_is_refused(home: Home, shift_ms: int, lasts_ms: int, reason: str) -> None:
    begin = home.clock.wall_ms() + shift_ms
    assert (await home.answer(home.word(from_ms=begin, until_ms=begin + lasts_ms))).reasons == (reason,)
    assert home.blackout.wishes == []
    # A wrong clock of the building's takes no later call away.
    if reason != "too_lasting":
        assert (await home.answer(home.word())).accepted


async def test_a_word_of_another_or_for_another_begins_nothing(home: Home, stranger: Ed25519Signer) -> None:
    word = home.word()
    with pytest.raises(SignatureError):
        await home.calls.take(home.said(word, signer=stranger), home.lineage)
    with pytest.raises(EtpError, match="for device"):
        await home.calls.take(home.said(word, device=DeviceId(bytes(16))), home.lineage)
    assert home.blackout.wishes == []
    assert (await home.answer(word)).accepted


async def test_every_reason_of_the_flats_own_policy_is_told(home: Home) -> None:
    home.blackout.against = (Refusal.BATTERY_LOW, Refusal.WARNING)
    answer = await home.answer(home.word())
    assert (answer.accepted, answer.reasons, answer.words) == (False, ("battery_low", "warning"), None)
    assert await home.calls.again() == [answer]
    assert (await home.answer(home.word())).reasons == ("seen",), "a refused call is not followed later either"


async def test_a_resident_refuses_in_his_own_words_until_he_takes_them_back(home: Home) -> None:
    await home.calls.decline("今日は来客があります")
    await home.restart()
    answer = await home.answer(home.word())
    assert (answer.reasons, answer.words) == (("declined",), "今日は来客があります")
    assert home.blackout.wishes == []
    await home.calls.decline(None)
    home.clock.move(1)
    assert (await home.answer(home.word())).accepted
    for wrong in ("", " ", "two\nlines", "x" * 201):
        with pytest.raises(ValueError, match="one line of at most 200"):
            await home.calls.decline(wrong)


async def test_a_flat_without_blackout_logic_says_so_and_still_answers_the_roll_call(home: Home) -> None:
    home.with_blackout = False
    await home.restart()
    assert (await home.answer(home.word())).reasons == ("not_set_up",)
    assert await home.hear(home.word(Says.ANNOUNCED)) == [RollCall(DRILL, None)]
    home.calls.acknowledge("Hanako")
    assert home.told == [RollCall(DRILL, "Hanako")]


async def test_an_announcement_is_shown_acknowledged_once_and_over_when_its_time_is(home: Home) -> None:
    word = home.word(Says.ANNOUNCED)
    assert await home.hear(word) == [RollCall(DRILL, None)]
    assert home.shown == BuildingDrill(DRILL.hex(), Level.QUICK, 300, word.from_ms, word.until_ms)
    home.blackout.acknowledge("Hanako")  # As the flat's own button does.
    home.calls.acknowledge("Taro")
    assert home.told == [RollCall(DRILL, "Hanako")]
    await home.calls.second()
    await home.restart()
    assert home.shown is not None
    assert home.shown.acknowledged_by == "Hanako"
    assert await home.hear(word) == await home.calls.again() == [RollCall(DRILL, None), RollCall(DRILL, "Hanako")]
    home.clock.move(121)
    await home.calls.second()
    assert home.shown is None
    assert await home.hear(word) == []
    assert home.shown is None


@pytest.mark.parametrize("drill", [DRILL, b"o" * CALL_LENGTH], ids=["this drill", "another"])
async def test_whoever_acknowledged_a_drill_attends_it_when_its_turn_comes_hours_later(
    home: Home, drill: bytes
) -> None:
    lasts_ms = 4 * 3_600_000
    await home.hear(home.word(Says.ANNOUNCED, drill=drill, until_ms=home.clock.wall_ms() + lasts_ms))
    home.calls.acknowledge("Hanako")
    home.clock.move(3 * 3600)
    assert (await home.answer(home.word())).accepted
    (wish,) = home.blackout.wishes
    assert (wish.attended, wish.confirmed) == (drill == DRILL, False), "it confirms no medical device"


async def test_the_building_ends_its_own_drill_and_no_other(home: Home) -> None:
    await home.hear(home.word(Says.RETURN))
    assert home.blackout.asked == []
    await home.answer(home.word())
    await home.hear(home.word(Says.RETURN, call=b"x" * CALL_LENGTH))
    assert home.blackout.asked == []
    home.clock.move(3600)
    await home.hear(home.word(Says.RETURN, from_ms=1, until_ms=2))
    assert home.blackout.asked == [Asked.RETURN], "going back is never too late"
    home.stand(drill=replace(home.blackout.wishes[0], call=None))
    await home.hear(home.word(Says.RETURN))
    assert home.blackout.asked == [Asked.RETURN], "a resident's own drill is his"


async def test_a_drill_that_becomes_an_outage_is_told_and_is_over_when_the_flat_is_home(home: Home) -> None:
    await home.answer(home.word())
    home.stand(phase=Phase.ISLANDED, place=Place.ISLANDED, owner=Owner.OUTAGE, drill=None)
    await home.calls.second()
    assert home.told == [DrillNews(CALL, "islanded", False, None, "outage", None, None)]
    home.stand(phase=Phase.CONNECTED, place=Place.CONNECTED, owner=Owner.NONE)
    home.clock.move(UNSEEN_S)
    await home.calls.second()
    assert isinstance(home.told[-1], DrillNews)
    assert home.told[-1].ended


async def test_a_call_that_was_lost_in_a_restart_is_told_as_ended(home: Home) -> None:
    await home.answer(home.word())
    await home.restart()
    await home.calls.second()
    assert home.told == []
    home.clock.move(UNSEEN_S)
    await home.calls.second()
    assert home.told == [DrillNews(CALL, "connected", True, False, "lost", None, None)]


async def fails(home: Home, *, on: bool) -> None:
    """Have the flat's real database refuse each writing, or take it again."""
    await home.store.run(lambda db: db.execute(f"PRAGMA query_only = {'ON' if on else 'OFF'}"))


async def test_what_became_of_a_call_is_told_though_the_database_failed_meanwhile(home: Home) -> None:
    assert (await home.answer(home.word())).accepted
    await fails(home, on=True)
    with pytest.raises(StoreError, match="readonly"):
        await home.end()
    assert home.told == [], "it is durable before it is told"
    await fails(home, on=False)
    await home.calls.second()
    assert [type(each) for each in home.told] == [DrillNews, DrillDocument]


async def test_a_call_that_cannot_be_written_down_begins_nothing_and_may_come_again(home: Home) -> None:
    word = home.word()
    await fails(home, on=True)
    with pytest.raises(StoreError, match="readonly"):
        await home.answer(word)
    assert home.blackout.wishes == []
    await fails(home, on=False)
    assert (await home.answer(word)).accepted
    assert (await home.answer(word)).reasons == (CallRefusal.SEEN.value, Refusal.BUSY.value)


async def test_what_a_resident_has_acknowledged_is_kept_though_the_database_failed_meanwhile(home: Home) -> None:
    await home.hear(home.word(Says.ANNOUNCED))
    await fails(home, on=True)
    home.calls.acknowledge("Aoi")
    with pytest.raises(StoreError, match="readonly"):
        await home.calls.second()
    await fails(home, on=False)
    await home.calls.restore()  # As books are that are opened again.
    await home.calls.second()
    await home.restart()
    assert home.calls.announced is not None
    assert home.calls.announced.acknowledged_by == "Aoi"
