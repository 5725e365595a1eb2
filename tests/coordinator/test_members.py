"""The manager speaks of flats: each word is an entry, effective from there on, and no record slips in behind it."""

import asyncio
from dataclasses import replace
import random
from typing import Any

import pytest

from coordinator.config import BuildingConfig
from coordinator.ledger import LedgerError
from localvpp import tlog
from localvpp.enrol import EnrolmentError, enrol
from localvpp.etp import (
    Chain,
    Directory,
    Ed25519Signer,
    Enrolled,
    EtpError,
    Kind,
    Record,
    Register,
    foresee,
    load_or_create,
    parse_envelope,
)
from localvpp.wire import RELEASED, Challenge, Code, Hello, Refused, decode, encode, sign_hello

from .conftest import NEXT, ORIGIN, SLOT, House, on_both_databases, open_house
from .flat import Flat, ManualClock

NOTHING = (Register(0, 0), Register(0, 0))


async def post(house: House, path: str, request: Any = None, *, token: str | None = None) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {token or house.coordinator.web_token}"}
    async with house.session.post(f"{house.url}/api/v1/members/{path}", json=request, headers=headers) as response:
        return response.status, await response.json()


async def said(house: House, path: str, request: Any = None) -> dict[str, Any]:
    status, answer = await post(house, path, request)
    assert status == 200, answer
    assert isinstance(answer, dict)
    return answer


async def results(house: House, flat: Flat, records: list[Record]) -> list[Code | None]:
    logged = await house.coordinator.ledger.submit(flat.device, [record.encode() for record in records])
    return [result.refused for result in logged.results]


def rotation(flat: Flat, successor: Ed25519Signer) -> Record:
    record, flat.chain = flat.chain.seal(
        flat.signer, Kind.ROTATE, SLOT, flat.body(SLOT, 0, registers=NOTHING), successor=successor
    )
    return record


def replayed(house: House) -> Directory:
    """Check the published log as an auditor does."""
    directory = Directory(ORIGIN)
    size = house.coordinator.ledger.size
    for bundle in tlog.bundles_to_write(0, size):
        for entry in tlog.read_bundle(house.coordinator.ledger.folder, bundle):
            signed = parse_envelope(entry)
            directory.take(signed, directory.check(signed))
    return directory


def agrees(house: House) -> None:
    """Members, as they are known here, are what the log says of them."""
    lines = replayed(house).roster.lines
    assert lines == {device: member.line for device, member in house.coordinator.ledger.directory.by_device.items()}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock((SLOT + 600) * 1000)


@on_both_databases
async def test_a_suspended_flats_records_wait_until_it_is_reinstated(house: House, config: BuildingConfig) -> None:
    flat = await house.invited("101")
    before, after = flat.slot(SLOT, 5), flat.slot(SLOT + 60, 6)
    assert await results(house, flat, before) == [None, None]
    assert (await said(house, "101/suspend", {"reason": "moved out?"}))["standing"] == "suspended"
    assert await results(house, flat, after) == [Code.SUSPENDED, Code.OUT_OF_ORDER]
    # What was logged before stays: the same bytes have the same places.
    assert await results(house, flat, before) == [None, None]
    agrees(house)
    assert (await said(house, "101/reinstate"))["standing"] == "active"
    assert await results(house, flat, after) == [None, None]
    agrees(house)


@on_both_databases
async def test_everything_that_was_said_is_known_after_a_restart(
    config: BuildingConfig, clock: ManualClock, socket_enabled: None
) -> None:
    async with open_house(config, clock) as house:
        flats = {name: await house.invited(name) for name in ("101", "102", "103")}
        fresh = Ed25519Signer.generate()
        assert await results(house, flats["101"], [rotation(flats["101"], fresh)]) == [None]
        await said(house, "102/suspend")
        await said(house, "103/revoke", {"reason": "key lost"})
        again = await house.invited("103")
        known = house.coordinator.ledger.directory.by_device
        agrees(house)
    async with open_house(config, clock) as house:
        assert house.coordinator.ledger.directory.by_device == known
        agrees(house)
        flats["101"].signer = fresh
        for flat, refused in ((flats["101"], None), (flats["102"], Code.SUSPENDED), (flats["103"], Code.REVOKED)):
            assert (await results(house, flat, flat.slot(SLOT, 1)))[0] == refused
        assert await results(house, again, again.slot(SLOT, 1)) == [None, None]
        agrees(house)


async def test_a_revoked_flat_enrols_afresh_and_its_history_stays(house: House) -> None:
    flat = await house.invited("101")
    assert await results(house, flat, flat.slot(SLOT, 5)) == [None, None]
    with pytest.raises(EnrolmentError, match="ask the manager to revoke it if it is lost"):
        await house.invited("101")
    await said(house, "101/revoke")
    directory = house.coordinator.ledger.directory
    assert directory.named("101") is None
    fresh = await house.invited("101")
    assert fresh.device != flat.device
    member = directory.named("101")
    assert member is not None
    assert member.device == fresh.device
    assert [each.device for each in directory.history("101")] == [flat.device, fresh.device]
    listed = await (await house.get("/api/v1/members")).json()
    assert [(each["flat"], each["standing"], each["records"]) for each in listed] == [
        ("101", "revoked", 2),
        ("101", "active", 0),
    ]
    assert directory.name(flat.device) == "101"
    agrees(house)


async def test_a_revoked_or_retired_key_is_not_enrolled_again(house: House) -> None:
    flat, other = await house.invited("101"), await house.invited("102")
    retired = flat.signer
    assert await results(house, flat, [rotation(flat, Ed25519Signer.generate())]) == [None]
    await said(house, "102/revoke")
    for signer in (retired, other.signer):
        with pytest.raises(EnrolmentError, match="a member signs with it, or did; make a fresh key"):
            await enrol_with(house, "102", signer)


async def enrol_with(house: House, name: str, signer: Ed25519Signer) -> None:
    await enrol(house.session, house.url, await house.invite(name), signer, software="test")


async def test_a_word_is_said_once_and_a_revocation_stays(house: House) -> None:
    await house.invited("101")
    size = house.coordinator.ledger.size
    await said(house, "101/reinstate")
    assert house.coordinator.ledger.size == size
    first = await said(house, "101/revoke")
    assert await said(house, "101/revoke") == first
    assert house.coordinator.ledger.size == size + 1
    for action in ("suspend", "reinstate"):
        status, answer = await post(house, f"101/{action}")
        assert (status, answer["error"]["code"]) == (409, "revoked")


@pytest.mark.parametrize(
    ("path", "request_", "status", "code"),
    [
        ("102/revoke", None, 404, "unknown_flat"),
        ("building/revoke", None, 404, "unknown_flat"),
        ("9/suspend", None, 404, "unknown_flat"),
        ("101/forgive", None, 404, "not_found"),
        ("101/suspend", {"reason": "x" * 65}, 400, "bad_request"),
        ("101/suspend", {"reason": "two\nlines"}, 400, "bad_request"),
        ("101/suspend", {"why": "x"}, 400, "bad_request"),
        ("101/suspend", [], 400, "bad_request"),
    ],
)
async def test_what_cannot_be_said_changes_nothing(
    path: str, request_: Any, status: int, code: str, house: House
) -> None:
    await house.invited("101")
    size = house.coordinator.ledger.size
    answered, answer = await post(house, path, request_)
    assert (answered, answer["error"]["code"]) == (status, code)
    assert house.coordinator.ledger.size == size


async def test_only_the_manager_speaks(house: House) -> None:
    await house.invited("101")
    for path in ("101/revoke", "101/erase"):
        assert (await post(house, path, {}, token="guess"))[0] == 401
    assert (await house.get("/api/v1/members", token=False)).status == 401


async def test_a_connected_flat_is_told_and_turned_away_when_it_comes_back(house: House) -> None:
    flat = await house.invited("101")
    async with house.link(flat) as client:
        await said(house, "101/suspend")
        await client.closed()
        assert client.socket.close_code == RELEASED
    async with house.link(flat) as client:
        assert client.terms.suspended
        await said(house, "101/reinstate")
        await client.closed()
    async with house.link(flat) as client:
        assert [result.refused for result in (await client.log(flat.slot(SLOT, 1)))[0]] == [None, None]
        await said(house, "101/revoke")
        assert (await client.next(Refused)).code is Code.REVOKED
    told = await greeted(house, flat)
    assert told.code is Code.REVOKED
    assert "ask the manager for a new invite" in told.message


async def greeted(house: House, flat: Flat) -> Refused:
    """Say hello, and be refused."""
    async with house.session.ws_connect(f"{house.url}/api/v1/link") as socket:
        challenge = decode((await socket.receive()).data, Challenge)
        statement = sign_hello(flat.signer, flat.device, ORIGIN, challenge.nonce, bytes(32), 0)
        await socket.send_bytes(encode(Hello(statement, "test", 0)))
        return decode((await socket.receive()).data, Refused)


async def test_records_on_both_sides_of_a_rotation_come_in_one_batch_and_once_again(house: House) -> None:
    """An answer that got lost: the flat sends records of its old key, the rotation and records of the new one again."""
    flat, fresh = await house.invited("101"), Ed25519Signer.generate()
    old = flat.slot(SLOT, 5)
    turned = rotation(flat, fresh)
    flat.signer, stale = fresh, flat.signer
    new = flat.slot(SLOT + 60, 3)
    sealed = [record.encode() for record in (*old, turned, *new)]
    ledger = house.coordinator.ledger
    first = await ledger.submit(flat.device, sealed)
    assert [result.refused for result in first.results] == [None] * 5
    again = await ledger.submit(flat.device, sealed)
    assert [result.index for result in again.results] == [result.index for result in first.results]
    agrees(house)
    # The old key is good for nothing new.
    record, _ = flat.chain.seal(stale, Kind.INTERVAL, SLOT + 60, new[0].body)
    refused = await ledger.submit(flat.device, [record.encode()])
    assert refused.results[0].refused is Code.BAD_SIGNATURE
    assert "signs with" in refused.results[0].message


async def test_no_record_slips_in_behind_a_revocation_of_the_same_commit(house: House) -> None:
    """Both are in one commit: whichever is first, the log is one that an auditor takes."""
    flats = [await house.invited(name) for name in ("101", "102", "103")]
    for shift in range(3):
        async with asyncio.TaskGroup() as tasks:
            for at, flat in enumerate(flats):
                if at == shift:
                    tasks.create_task(said(house, f"{flat.name}/revoke"))
                tasks.create_task(results(house, flat, flat.slot(SLOT + 60 * shift, 1)))
        agrees(house)


async def test_a_revoked_witness_leaves_the_policy(house: House) -> None:
    flats = [await house.invited(name) for name in ("101", "102")]
    for flat in flats:
        key = Ed25519Signer.generate().public
        record = flat.seal(Kind.WITNESS, SLOT, flat.body(SLOT, 0, registers=NOTHING), Enrolled(flat.device, key))
        assert await results(house, flat, [record]) == [None]
    cosigning = house.coordinator.cosigning
    assert len(cosigning.policy.witnesses) == 2
    await said(house, "101/suspend")
    assert len(cosigning.policy.witnesses) == 2
    await said(house, "101/revoke")
    assert [each.name for each in cosigning.policy.witnesses] == [flats[1].device.hex()]


@pytest.fixture
def early(clock: ManualClock) -> None:
    """Let flats be enrolled before the slots begin."""
    clock.step(-700_000)


async def test_settlement_takes_what_was_logged_and_misses_the_rest(
    early: None, house: House, clock: ManualClock
) -> None:
    flats = [await house.invited(name) for name in ("101", "102")]
    clock.pass_until((SLOT + 61) * 1000)
    for flat in flats:
        assert await results(house, flat, flat.slot(SLOT, 4)) == [None, None]
    await said(house, "102/revoke")
    # The slot before is whole; the next one waits for nobody who may not speak.
    clock.pass_until((SLOT + 121) * 1000)
    assert await results(house, flats[0], flats[0].slot(SLOT + 60, 4)) == [None, None]
    settled = await house.coordinator.settler.settle_ripe()
    assert [(slot.slot, slot.missing, len(slot.shares)) for slot in settled] == [
        (SLOT, (), 2),
        (SLOT + 60, ("102",), 1),
    ]
    assert settled[1].loss_wh is None
    fresh = await house.invited("102")
    clock.pass_until((SLOT + 241) * 1000)
    flats[0].slot(SLOT + 120, 4)
    flats[0].chain = replace(flats[0].chain, head=house.coordinator.ledger.head(flats[0].device))
    for flat in (flats[0], fresh):
        assert await results(house, flat, flat.slot(SLOT + 180, 4)) == [None, None]
    (last,) = await house.coordinator.settler.settle_ripe()
    assert (last.slot, last.missing, len(last.shares)) == (SLOT + 180, (), 2)


@pytest.mark.parametrize("seed", range(10))
async def test_coordinator_and_auditor_decide_the_same_on_any_history(seed: int, house: House) -> None:
    """Records of all kinds and keys, right and wrong, in any order: what is logged is what a replay takes, no more."""
    draw = random.Random(seed)
    ledger = house.coordinator.ledger
    flats = [await house.invited(name) for name in ("101", "102", "103")]
    devices = [flat.device for flat in flats]
    keys = [flat.signer for flat in flats]
    decided = {True: 0, False: 0}
    for _ in range(40):
        at = draw.randrange(3)
        flat, device = flats[at], devices[at]
        if draw.random() < 0.2:
            await post(house, f"{flat.name}/{draw.choice(['suspend', 'reinstate', 'reinstate', 'revoke'])}")
            agrees(house)
            continue
        kind = draw.choice([Kind.ROTATE, Kind.WITNESS, Kind.MIRROR, Kind.REVOKE])
        present = replayed(house).key(device)
        own = next(key for key in keys if key.public == present)
        signer, named = draw.choice([own, own, *keys]), draw.choice([Ed25519Signer.generate(), *keys[-2:]])
        more: dict[str, Any] = {"enrolled": Enrolled(device, named.public)}
        if kind is Kind.ROTATE:
            more = {"successor": named}
        elif kind is Kind.REVOKE:
            more = {"concerns": draw.choice(devices)}
        body = replace(flat.body(SLOT, 0, registers=NOTHING), sender=flat.building, receiver=device)
        record, _ = Chain(device, ORIGIN, ledger.head(device)).seal(signer, kind, SLOT, body, **more)
        try:
            replayed(house).check(record.signed)
        except EtpError:
            expected = False
        else:
            expected = True
        logged = await ledger.submit(device, [record.encode()])
        assert (logged.results[0].refused is None) == expected, (kind, logged.results[0])
        decided[expected] += 1
        if expected and kind is Kind.ROTATE:
            keys.append(named)
        agrees(house)
    assert all(decided.values()), "the history was one-sided"


async def test_a_building_whose_key_was_rotated_starts_with_the_new_one_and_no_other(
    config: BuildingConfig, clock: ManualClock, socket_enabled: None
) -> None:
    async with open_house(config, clock) as house:
        building, flat = house.key.device_id, await house.invited("101")
    place = config.data / "keys" / "building"
    old, fresh = load_or_create(place), NEXT
    async with open_house(config, clock) as house:
        ledger = house.coordinator.ledger
        body = replace(flat.body(SLOT, 0, registers=NOTHING), sender=building, receiver=flat.device)
        chain, after = Chain(building, ORIGIN, ledger.head(building)), foresee(old.public, ORIGIN)
        unforeseen, _ = chain.seal(old, Kind.ROTATE, SLOT, body, successor=Ed25519Signer.generate(), next_key=after)
        refused = (await ledger.submit(building, [unforeseen.encode()])).results[0].refused
        assert refused is not None
        assert refused is Code.NOT_YOURS_TO_SAY
        record, _ = chain.seal(old, Kind.ROTATE, SLOT, body, successor=fresh, next_key=after)
        assert (await ledger.submit(building, [record.encode()])).results[0].refused is None
        agrees(house)
    with pytest.raises(LedgerError, match="the building's key is not the one that the log names"):
        async with open_house(config, clock):
            pytest.fail("it started with the key that was rotated away")
    place.write_text(fresh.seed().hex())
    async with open_house(config, clock) as house:
        assert (await said(house, "101/suspend"))["standing"] == "suspended"
        agrees(house)
        member = house.coordinator.ledger.directory.named("building")
        assert member is not None
        assert (member.device, member.key, member.retired) == (building, fresh.public, (old.public,))
