"""A real coordinator that has words of agreement of its own: each flat verifies them with keys that the log names."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from coordinator.ledger import Ledger
from coordinator.link import keys as link_keys, session
from coordinator.market import steps
from coordinator.market.books import Words
from coordinator.store.market import StoredRound, StoredVerdict
from localvpp.etp import DeviceId, Ed25519Signer, Signer
from localvpp.link import LinkState
from localvpp.market.rounds import digest
from localvpp.rotation import record_rotation
from localvpp.store import FlatStore
from localvpp.trading import Phase, counting
from localvpp.wire import AskKeys, Keys, sign_verdict

from ..conftest import ORIGIN, turn_key
from ..flat import until
from .conftest import FLATS, ROUND, WANTED, Trade

SILENT = ("104", "105")


def forge(monkeypatch: pytest.MonkeyPatch, trade: Trade, signer: Callable[[str], Signer], *names: str) -> None:
    """Have the coordinator count words for flats that have said nothing, as soon as it has those of all others."""
    right = steps.words_of

    def words_of(stored: StoredRound, verdicts: Mapping[DeviceId, StoredVerdict]) -> Words:
        words = right(stored, verdicts)
        if stored.book is None or stored.result is None or len(words.agreed) + len(names) < len(trade.flats):
            return words
        forged = {
            device: sign_verdict(
                signer(name), device, ORIGIN, ROUND, digest(stored.book), digest(stored.result), vouches=True
            )
            for name in names
            for device in [trade.flats[name].membership.device]
        }
        return Words({**words.agreed, **forged}, words.vouching | forged.keys())

    monkeypatch.setattr(steps, "words_of", words_of)


async def test_a_word_that_is_forged_for_a_silent_flat_is_held_against_the_building(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    strangers = {name: Ed25519Signer.generate() for name in SILENT}
    await trade.enter(*FLATS)
    await trade.order()
    await trade.close()
    for name in SILENT:
        await trade.flats[name].stop()
    forge(monkeypatch, trade, strangers.__getitem__, *SILENT)
    await trade.judged("101", "102", "103")
    await trade.market.second()
    assert ROUND not in trade.market.rounds, "the log says that the result counts"
    for name in ("101", "102", "103"):
        (proof,) = await trade.accused(name)
        devices = sorted(trade.flats[each].membership.device.hex() for each in SILENT)
        for device in devices:
            assert f"that of device {device} is signed with key" in proof.reason
        assert (await trade.stands(name, Phase.DISPUTED)).trades == ()


async def test_who_was_enrolled_after_the_building_had_renewed_its_key_verifies_words_of_those_before(
    trade: Trade,
) -> None:
    await trade.enter("101", "102")
    await trade.kill()
    await turn_key(trade.config, trade.clock)
    await trade.revive()
    await trade.enter("103")
    await trade.order({"101": WANTED["101"], "103": WANTED["103"]})
    await trade.close()
    await trade.judged()
    await trade.ended()
    for name in ("101", "102", "103"):
        assert trade.state(name).phase is Phase.TRADED
        assert await trade.evidence(name) == []
    known = {flat.membership.device for flat in trade.flats.values()}
    keys = trade.flats["103"].flat.trading._keys
    assert {device for device in known if keys.history(device).stands} == known


async def test_a_word_by_a_key_that_was_renewed_since_it_was_asked_for_is_asked_about_once_more(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[AskKeys]()

    async def keys_of(*args: Any) -> Keys:
        asked.append(args[-1])
        return await right(*args)

    right = session.keys_of
    monkeypatch.setattr(session, "keys_of", keys_of)
    await trade.enter("101", "102", "103")
    one, other = trade.flats["101"].flat, trade.flats["103"]
    device = DeviceId(other.membership.device)
    size = trade.house.coordinator.ledger.size
    everybody = {each.membership.device for each in trade.flats.values()}
    for question in one.trading._keys.ask(everybody, size):
        one.tell_building(question)
    await until(lambda: not one.trading._keys.lacking(everybody, size))
    assert len(asked) == 1
    old, fresh = other.signer.public, Ed25519Signer.generate()
    await other.stop()
    store = await FlatStore.open(other.path, device, ORIGIN)
    await record_rotation(store, other.membership, other.signer, fresh, trade.clock)
    await store.close()
    other.signer, other.former = fresh, other.signer
    await other.start()
    await other.online()
    await other.until(lambda state: state.market.rules is not None and not state.pending)
    await trade.order({"101": WANTED["101"], "103": WANTED["103"]})
    await trade.close()
    await trade.judged()
    await trade.ended()
    for name in trade.flats:
        assert trade.state(name).phase is Phase.TRADED
        assert await trade.evidence(name) == []
    assert [each.key for each in one.trading._keys.history(device).stands] == [old, fresh.public]
    assert asked.count(AskKeys((device,), 0)) == 1, "by the flat that knew the other keys"


async def test_a_result_whose_keys_cannot_be_told_counts_when_they_can(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, fails = session.keys_of, {"101", "102", "103"}
    devices: dict[bytes, str] = {}

    async def keys_of(*args: Any) -> Keys:
        name = devices[args[-2]]
        if name in fails:
            fails.discard(name)
            raise OSError("the disk is gone")
        return await right(*args)

    monkeypatch.setattr(session, "keys_of", keys_of)
    await trade.enter("101", "102", "103")
    devices |= {flat.membership.device: name for name, flat in trade.flats.items()}
    await trade.order({"101": WANTED["101"], "103": WANTED["103"]})
    await trade.close()
    await trade.judged()
    await trade.market.second()
    await until(lambda: not fails)
    assert {trade.state(name).phase for name in trade.flats} == {Phase.AGREED}, "nobody has verified a word"
    for agent in trade.flats.values():
        await agent.until(lambda state: state.link.state is LinkState.CONNECTING)
    await trade.come_back()
    for name in trade.flats:
        await trade.stands(name, Phase.TRADED)
        assert await trade.evidence(name) == []


async def test_a_flat_that_is_enrolled_behind_the_head_of_the_gate_is_no_voter(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    await trade.enter("101", "103")
    await trade.order({"101": WANTED["101"], "103": WANTED["103"]})
    before = trade.house.coordinator.ledger.published
    assert before is not None
    await trade.enter("102")
    monkeypatch.setattr(Ledger, "published", property(lambda _: before))
    await trade.to_gate()
    await trade.shut()
    monkeypatch.undo()
    names = {DeviceId(flat.membership.device): name for name, flat in trade.flats.items()}
    assert {names[device] for device in trade.market.rounds[ROUND].stored.voters} == {"101", "103"}


async def test_keys_that_do_not_fit_into_one_message_are_told_in_many(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = list[Keys]()

    async def keys_of(*args: Any) -> Keys:
        told.append(await right(*args))
        return told[-1]

    right = session.keys_of
    monkeypatch.setattr(session, "keys_of", keys_of)
    monkeypatch.setattr(link_keys, "ROOM", 1_000)
    await trade.enter("101", "102", "103")
    await trade.order({"101": WANTED["101"], "103": WANTED["103"]})
    await trade.close()
    await trade.judged()
    await trade.ended()
    for name in trade.flats:
        assert trade.state(name).phase is Phase.TRADED
        assert await trade.evidence(name) == []
    assert max(len(each.entries) for each in told) < 4, "the building's own, and those of three flats"
    assert min(len(each.entries) for each in told) > 0


async def test_what_is_too_large_to_wait_for_keys_is_told_once_more(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "MOST_WAITING", 0)
    await trade.enter("101", "102", "103")
    await trade.order({"101": WANTED["101"], "103": WANTED["103"]})
    await trade.close()
    await trade.judged()
    await trade.ended()
    for name, agent in trade.flats.items():
        assert trade.state(name).phase is Phase.TRADED
        assert await trade.evidence(name) == []
        assert agent.flat.trading._counting._waiting == {}
