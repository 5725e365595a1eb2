"""The link: both sides prove their keys, records come back proven, and one flat's faults stay its own."""

import asyncio
from dataclasses import replace

import aiohttp
import pytest

from coordinator.link import greeting, session as link_session
from localvpp import tlog
from localvpp.etp import Kind, Record, Register, cbor, cose
from localvpp.settlement import SlotPrices, first_prices
from localvpp.wire import (
    PROTOCOL,
    AskWitness,
    Challenge,
    Code,
    FrameAck,
    Frames,
    FromCoordinator,
    Hello,
    Records,
    Refused,
    decode,
    encode,
    sign_hello,
)

from .conftest import ORIGIN, SLOT, House
from .flat import WAIT_S, Flat, ManualClock, until


async def greet(house: House, flat: Flat, *, nonce: bytes | None = None) -> FromCoordinator:
    """Say hello and return the answer."""
    async with house.session.ws_connect(f"{house.url}/api/v1/link") as socket:
        challenge = decode((await socket.receive()).data, Challenge)
        statement = sign_hello(flat.signer, flat.device, ORIGIN, nonce or challenge.nonce, bytes(32), 0)
        await socket.send_bytes(encode(Hello(statement, "test", 0)))
        answer: FromCoordinator = decode((await socket.receive()).data, FromCoordinator)
        return answer


async def test_a_flat_gets_the_buildings_terms_and_the_end_of_its_chain(house: House) -> None:
    flat = await house.invited("101")
    async with house.link(flat) as client:
        assert client.terms.slot_seconds == 60
        assert client.terms.prices == first_prices(SlotPrices(2200, 3150, 850))
        assert client.terms.building == house.key.device_id
        assert client.welcome.last is None
        house.clock.pass_ms(60_000)
        records = flat.slot(SLOT, 12)
        await client.log(records)
    async with house.link(flat) as client:
        assert client.welcome.last is not None
        assert (client.welcome.last.seq, client.welcome.last.hash) == (2, records[1].hash)


async def test_an_unknown_key_a_strange_signature_and_an_old_challenge_are_refused(house: House) -> None:
    flat = await house.invited("101")
    stranger = Flat("101", ORIGIN, house.key.device_id)
    answer = await greet(house, stranger)
    assert isinstance(answer, Refused)
    assert (answer.code, answer.fatal) == (Code.UNKNOWN_FLAT, True)

    async with house.session.ws_connect(f"{house.url}/api/v1/link") as socket:
        challenge = decode((await socket.receive()).data, Challenge)
        forged = sign_hello(stranger.signer, flat.device, ORIGIN, challenge.nonce, bytes(32), 0)
        await socket.send_bytes(encode(Hello(forged, "test", 0)))
        refused = decode((await socket.receive()).data, Refused)
    assert refused.code is Code.BAD_SIGNATURE

    answer = await greet(house, flat, nonce=bytes(32))
    assert isinstance(answer, Refused)
    assert answer.code is Code.BAD_MESSAGE
    assert "another challenge" in answer.message


async def test_a_flat_that_speaks_an_older_protocol_is_told_to_update(house: House) -> None:
    flat = await house.invited("101")
    async with house.session.ws_connect(f"{house.url}/api/v1/link") as socket:
        challenge = decode((await socket.receive()).data, Challenge)
        assert challenge.protocol == PROTOCOL
        statement = cose.parse(sign_hello(flat.signer, flat.device, ORIGIN, challenge.nonce, bytes(32), 0), "the hello")
        fields = cbor.decode(statement.payload, "its payload")
        assert isinstance(fields, dict)
        older = cose.sign(
            flat.signer,
            content_type=statement.content_type,
            issuer=statement.issuer,
            subject=statement.subject,
            payload=cbor.encode(fields | {0: PROTOCOL - 1}),
        )
        await socket.send_bytes(encode(Hello(older, "test", 0)))
        refused = decode((await socket.receive()).data, Refused)
    assert (refused.code, refused.fatal) == (Code.WRONG_PROTOCOL, True)
    assert f"protocol is {PROTOCOL - 1}, this program reads {PROTOCOL}: update the older one" in refused.message


async def test_who_says_no_hello_is_turned_away(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(greeting, "HELLO_TIMEOUT_S", 0.05)
    async with house.session.ws_connect(f"{house.url}/api/v1/link") as socket:
        decode((await socket.receive()).data, Challenge)
        refused = decode((await socket.receive()).data, Refused)
        assert (refused.code, refused.fatal) == (Code.BAD_MESSAGE, True)
        assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE


async def test_who_answers_no_ping_is_cut_and_who_only_answers_pings_stays(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_session, "HEARTBEAT_S", 0.05)
    monkeypatch.setattr(link_session, "SILENCE_S", 2)
    hub = house.coordinator.hub
    living, dead = await house.invited("101"), await house.invited("102")
    async with house.link(living) as client, house.link(dead):
        # A socket of aiohttp answers a ping when somebody listens to it.
        listening = asyncio.create_task(client.closed())
        await until(lambda: dead.device not in hub)
        await asyncio.wait({listening}, timeout=link_session.SILENCE_S)
        assert not listening.done()
        assert living.device in hub
        listening.cancel()
        await asyncio.wait({listening})


async def test_each_record_is_proven_in_the_checkpoint_sent_along(house: House) -> None:
    flat = await house.invited("101")
    house.clock.pass_ms(120_000)
    log_key = await house.log_key()
    async with house.link(flat) as client:
        records = [*flat.slot(SLOT, 12, 3), *flat.slot(SLOT + 60, 0)]
        results, checkpoint = await client.log(records)
        head = tlog.open_checkpoint(checkpoint.encode(), log_key, origin=ORIGIN).checkpoint
        assert head.size == 6
        assert [result.index for result in results] == [2, 3, 4, 5]
        for record, result in zip(records, results, strict=True):
            assert result.index is not None
            proof = tlog.TlogProof(
                index=result.index, path=tuple(tlog.Hash(step) for step in result.proof), checkpoint=checkpoint.encode()
            )
            tlog.verify_proof(proof, record.signed.statement.data, log_key, origin=ORIGIN)
        published = await (await house.get("/log/checkpoint")).read()
        assert tlog.open_checkpoint(published, log_key).checkpoint == head


async def test_the_same_bytes_again_give_the_same_index(house: House) -> None:
    flat = await house.invited("101")
    house.clock.pass_ms(60_000)
    async with house.link(flat) as client:
        records = flat.slot(SLOT, 12)
        first, _ = await client.log(records)
        again, checkpoint = await client.log(records)
        assert [result.index for result in again] == [result.index for result in first] == [2, 3]
        assert tlog.open_checkpoint(checkpoint.encode(), await house.log_key()).checkpoint.size == 4
        within, _ = await client.log([*records, *records])
        assert [result.index for result in within] == [2, 3, 2, 3]


async def test_good_records_before_a_bad_one_are_kept_and_those_after_it_wait(house: House) -> None:
    flat = await house.invited("101")
    house.clock.pass_ms(180_000)
    async with house.link(flat) as client:
        one, two, three, four = (record for each in range(2) for record in flat.slot(SLOT + 60 * each, 5))
        damaged = bytearray(two.encode())
        damaged[-1] ^= 1
        results, _ = await client.log_bytes([one.encode(), bytes(damaged), three.encode()])
        assert results[0].index == 2
        assert [result.refused for result in results[1:]] == [Code.BAD_RECORD, Code.OUT_OF_ORDER]
        results, _ = await client.log([two, three, four])
        assert [result.index for result in results] == [3, 4, 5]


def sealed_by_another(flat: Flat, house: House) -> Record:
    forger = Flat("101", ORIGIN, house.key.device_id)
    forger.chain = flat.chain
    body = flat.body(SLOT, 5, registers=(Register(0, 5), Register(0, 0)))
    return forger.seal(Kind.INTERVAL, SLOT, body)


def of_another_building(flat: Flat, house: House) -> Record:
    elsewhere = Flat("101", "vpp.example/other", house.key.device_id, flat.signer)
    return elsewhere.slot(SLOT, 5)[0]


def of_another_device(flat: Flat, house: House) -> Record:
    return Flat("102", ORIGIN, house.key.device_id).slot(SLOT, 5)[0]


def from_the_future(flat: Flat, _: House) -> Record:
    return flat.slot(SLOT + 120, 5)[0]


def a_transfer(flat: Flat, _: House) -> Record:
    body = flat.body(SLOT, 5, out=True, registers=(Register(0, 0), Register(0, 5)))
    return flat.seal(Kind.TRANSFER, SLOT, body)


def more_than_counted(flat: Flat, _: House) -> Record:
    return flat.seal(Kind.INTERVAL, SLOT, flat.body(SLOT, 6, registers=(Register(0, 5), Register(0, 0))))


def beside_the_clock(flat: Flat, _: House) -> Record:
    return flat.seal(Kind.INTERVAL, SLOT + 7, flat.body(SLOT, 5, registers=(Register(0, 5), Register(0, 0))))


def longer_than_its_slot(flat: Flat, _: House) -> Record:
    return flat.seal(Kind.INTERVAL, SLOT - 60, flat.body(SLOT, 5, registers=(Register(0, 5), Register(0, 0))))


def what_the_sun_made_in_what_went_out(flat: Flat, _: House) -> Record:
    body = flat.body(SLOT, 0, out=True, registers=(Register(0, 0), Register(0, 0)))
    return flat.seal(Kind.INTERVAL, SLOT, replace(body, generated=Register(0, 5)))


def without_the_one_before(flat: Flat, _: House) -> Record:
    flat.slot(SLOT, 1)
    return flat.slot(SLOT, 5)[0]


@pytest.mark.parametrize(
    ("make", "code", "told"),
    [
        (sealed_by_another, Code.BAD_SIGNATURE, "signed by key"),
        (of_another_building, Code.BAD_RECORD, "vpp.example/other"),
        (of_another_device, Code.WRONG_DEVICE, "every device sends its own"),
        (from_the_future, Code.FROM_THE_FUTURE, "120.0 s ahead"),
        (a_transfer, Code.NOT_YOURS_TO_SAY, "only the building writes transfer records"),
        (more_than_counted, Code.BAD_RECORD, "says 6 Wh, but its register counted 5 Wh"),
        (beside_the_clock, Code.BAD_RECORD, "aligned to the hour"),
        (longer_than_its_slot, Code.BAD_RECORD, "write it as a gap"),
        (what_the_sun_made_in_what_went_out, Code.BAD_RECORD, "in a flat's records of what came in, and in no others"),
        (without_the_one_before, Code.OUT_OF_ORDER, "send record 1 first"),
    ],
)
async def test_a_record_is_refused_with_its_reason_and_the_next_good_one_is_taken(
    house: House, make: object, code: Code, told: str
) -> None:
    flat = await house.invited("101")
    house.clock.pass_ms(60_000)
    async with house.link(flat) as client:
        assert callable(make)
        chain = flat.chain
        results, checkpoint = await client.log([make(flat, house)])
        assert results[0].index is None
        assert results[0].refused is code
        assert told in results[0].message
        assert checkpoint == ""
        flat.chain = chain
        results, _ = await client.log(flat.slot(SLOT, 5))
        assert results[0].index == 2


async def test_bytes_that_are_no_record_are_refused(house: House) -> None:
    flat = await house.invited("101")
    house.clock.pass_ms(60_000)
    async with house.link(flat) as client:
        record = flat.slot(SLOT, 5)[0]
        # The same three parts, but in an array of indefinite length: CBOR, not deterministic.
        loose = b"\x9f" + record.encode()[1:] + b"\xff"
        for data in (b"", b"\x00", b"junk", loose):
            results, _ = await client.log_bytes([data])
            assert results[0].refused is Code.BAD_RECORD
        results, _ = await client.log([record])
        assert results[0].index == 2


async def test_another_record_with_a_logged_seq_is_a_conflict_and_both_are_kept(house: House) -> None:
    flat = await house.invited("101")
    house.clock.pass_ms(120_000)
    async with house.link(flat) as client:
        before = flat.chain
        logged = flat.slot(SLOT, 5)
        await client.log(logged)
        after, flat.chain = flat.chain, before
        forked = flat.slot(SLOT, 4)
        results, _ = await client.log(forked)
        assert results[0].refused is Code.CONFLICT
        assert logged[0].hash.hex() in results[0].message
        assert (await client.next(Refused)).code is Code.KEY_IN_TWO_HANDS
        await client.closed()
    # Neither copy is taken from now on, until a person has seen to it that there is one.
    flat.chain = after
    answer = await greet(house, flat)
    assert isinstance(answer, Refused)
    assert (answer.code, answer.fatal) == (Code.KEY_IN_TWO_HANDS, True)
    await house.reinstate("101")
    async with house.link(flat) as client:
        results, _ = await client.log(flat.slot(SLOT + 60, 5))
        assert results[0].index == 6  # After the entries that suspended and reinstated it.
    async with house.coordinator.engine.connect() as connection:
        rows = (await connection.exec_driver_sql("SELECT hash, logged_hash, sealed FROM conflicts")).all()
    # The first one is proof enough; the one behind it waits for the sender to see to it.
    assert [(row[0], row[1]) for row in rows] == [(forked[0].hash, logged[0].hash)]
    assert Record.decode(rows[0][2]).hash == forked[0].hash


async def test_one_flats_nonsense_does_not_disturb_another(house: House) -> None:
    good, bad = await house.invited("101"), await house.invited("102")
    house.clock.pass_ms(60_000)
    async with house.link(good) as well, house.link(bad) as badly:
        await badly.socket.send_bytes(b"\xff\xff")
        assert (await badly.next(Refused)).code is Code.BAD_MESSAGE
        await badly.send(Frames((b"junk", bad.frame(house.clock.wall_ms()))))
        assert (await badly.next(Refused)).code is Code.BAD_MESSAGE
        assert (await badly.next(FrameAck)).count == 1
        await badly.send(Records((b"x",) * 300))
        assert "at most 256" in (await badly.next(Refused)).message
        (refused,), _ = await badly.log_bytes([b"junk"])
        assert refused.refused is Code.BAD_RECORD
        await well.send(Frames((good.frame(house.clock.wall_ms()),)))
        assert (await well.next(FrameAck)).count == 1
        results, _ = await well.log(good.slot(SLOT, 5))
        assert results[0].index == 3
        await badly.socket.send_str("text")
        assert (await badly.next(Refused)).fatal
        await badly.closed()
        results, _ = await well.log(good.slot(SLOT, 5))
        assert results[0].index == 5


async def test_a_message_that_is_too_large_ends_only_its_link(house: House) -> None:
    good, bad = await house.invited("101"), await house.invited("102")
    async with house.link(good) as well, house.link(bad) as badly:
        await badly.socket.send_bytes(bytes(2**20 + 1))
        await badly.closed()
        await well.send(Frames((good.frame(house.clock.wall_ms()),)))
        assert (await well.next(FrameAck)).count == 1


async def test_a_frame_must_be_later_than_the_newest(house: House, clock: ManualClock) -> None:
    flat = await house.invited("101")
    async with house.link(flat) as client:
        first, second = flat.frame(clock.wall_ms()), flat.frame(clock.wall_ms() + 1000)
        clock.pass_ms(1240)
        await client.send(Frames((first, second)))
        assert (await client.next(FrameAck)).count == 2
        await client.send(Frames((first,)))
        refused = await client.next(Refused)
        assert (refused.code, refused.fatal) == (Code.OUT_OF_ORDER, False)
        await client.send(Frames((second,)))  # Its acknowledgement may have been lost.
        assert (await client.next(FrameAck)).count == 2
        ahead = flat.frame(clock.wall_ms() + 6000)
        await client.send(Frames((ahead,)))
        assert (await client.next(Refused)).code is Code.FROM_THE_FUTURE
        await client.send(Frames((flat.frame(clock.wall_ms()),)))
        assert (await client.next(FrameAck)).count == 4
    state = await (await house.get("/api/v1/state")).json()
    assert state["latency_ms"] == {"p50": 240, "p99": 1240, "frames": 3}


async def test_the_same_flat_again_replaces_its_first_connection(house: House) -> None:
    flat = await house.invited("101")
    async with house.link(flat) as first, house.link(flat) as second:
        refused = await first.next(Refused)
        assert (refused.code, refused.fatal) == (Code.REPLACED, True)
        await first.closed()
        await second.send(Frames((flat.frame(house.clock.wall_ms()),)))
        assert (await second.next(FrameAck)).count == 1
        assert flat.device in house.coordinator.hub
        assert len(house.coordinator.hub) == 1


async def test_a_flat_that_does_not_read_is_cut_off(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_session, "OUTBOX", 4)
    deaf, well = await house.invited("101"), await house.invited("102")
    async with house.link(deaf), house.link(well) as client:
        note = AskWitness(1, b"x" * 900_000)
        async with asyncio.timeout(WAIT_S):
            # What the kernel and aiohttp buffer for a reader is finite; the coordinator's own part is four messages.
            while deaf.device in house.coordinator.hub:
                house.coordinator.hub.broadcast(note)
                assert await client.next(AskWitness) is not None
        await client.send(Frames((well.frame(house.clock.wall_ms()),)))
        assert (await client.next(FrameAck)).count == 1
