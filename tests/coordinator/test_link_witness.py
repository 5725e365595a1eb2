"""A flat witnesses over its link: answers find their questions, and whoever comes back goes on."""

import pytest

from coordinator.witnesses import cosigning
from localvpp import tlog
from localvpp.etp import Record
from localvpp.wire import AskWitness, Refused, WitnessSays

from .conftest import SLOT, House
from .flat import WAIT_S, until
from .witness import Witness


@pytest.fixture
async def witness(house: House) -> Witness:
    flat = await house.invited("101")
    return Witness(house, flat)


async def test_a_flat_is_asked_once_the_log_names_its_key_and_its_signature_is_published(
    house: House, witness: Witness
) -> None:
    async with house.link(witness.flat) as client:
        await witness.name()
        size = await witness.signs(client)
        await until(lambda: house.coordinator.cosigning.state.quorum_size == size)
        published = await (await house.get("/log/checkpoint")).read()
        accepted = tlog.accept_checkpoint(published, house.coordinator.cosigning.policy)
        assert accepted.checkpoint.size == size
        assert list(accepted.times.values()) == [SLOT]


async def test_a_proof_stands_in_a_head_that_its_witnesses_have_signed(house: House, witness: Witness) -> None:
    async def proof(index: int) -> tlog.TlogProof:
        return tlog.TlogProof.parse(await (await house.get(f"/api/v1/records/{index}/proof")).read())

    async with house.link(witness.flat) as client:
        await witness.name()
        size = await witness.signs(client)
        await until(lambda: house.coordinator.cosigning.state.quorum_size == size)
    await house.invited("102")
    policy = house.coordinator.cosigning.policy
    for index in range(size):
        sealed = Record.decode(await (await house.get(f"/api/v1/records/{index}")).read())
        accepted = tlog.verify_proof_by_policy(await proof(index), sealed.signed.statement.data, policy)
        assert accepted.checkpoint.size == size < house.coordinator.ledger.size
    # Nobody has signed for the entry after that yet: it has the log's word alone.
    newest = await proof(size)
    with pytest.raises(tlog.QuorumError):
        tlog.accept_checkpoint(newest.checkpoint, policy)
    opened = tlog.open_checkpoint(newest.checkpoint, await house.log_key())
    assert opened.checkpoint.size == house.coordinator.ledger.size


async def test_an_answer_that_comes_too_late_is_not_taken_for_the_one_to_the_next_question(
    house: House, witness: Witness, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(cosigning, "ANSWER_S", 0.2)
    monkeypatch.setattr(cosigning, "RETRY_S", 0.0)
    async with house.link(witness.flat) as client:
        await witness.name()
        late = witness.answer(await client.next(AskWitness))
        asked = await client.next(AskWitness)  # It was given up, and is asked again.
        assert asked.question > late.question
        monkeypatch.setattr(cosigning, "ANSWER_S", WAIT_S)
        asked = await client.next(AskWitness)
        # The late one says 200 with a signature; the one to this question says where the witness stands by now.
        await client.send(late)
        await client.send(witness.answer(asked))
        await witness.signs(client)
    assert [each.getMessage() for each in caplog.records if "does not sign" in each.getMessage()] == [
        f"Witness {witness.flat.device.hex()} does not sign: no answer in 0.2 s"
    ]


async def test_a_flat_that_comes_back_is_asked_from_where_it_is(house: House, witness: Witness) -> None:
    async with house.link(witness.flat) as client:
        await witness.name()
        await client.next(AskWitness)  # It leaves without an answer.
    await house.invited("102")
    async with house.link(witness.flat) as client:
        await witness.signs(client)
    async with house.link(witness.flat) as old, house.link(witness.flat) as client:
        await old.next(Refused)
        await house.invited("103")
        await witness.signs(client)
    assert house.coordinator.cosigning.state.signers == 1


async def test_an_answer_to_what_was_not_asked_is_nothing(house: House, witness: Witness) -> None:
    async with house.link(witness.flat) as client:
        for question in (0, 1, 2**40):
            await client.send(WitnessSays(question, 200, tlog.PLAIN_TEXT, b"nothing", b""))
        await witness.name()
        await witness.signs(client)
