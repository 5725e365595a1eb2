"""What flats pay and are paid is booked in the log: once, all of a request or nothing, and never changed."""

import asyncio
from dataclasses import replace
from datetime import date
import json
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import pytest

from commands.main import main
from coordinator.config import BuildingConfig
from coordinator.members import Action
from coordinator.payments import MOST_AT_ONCE
from coordinator.store import StoreError, entries as entry_store, payments as payment_store
from coordinator.store.payments import Bookings
from coordinator.store.tables import entries
from coordinator.web import load_openapi, resident_token
from localvpp.audit import AuditedLog, audit_payments
from localvpp.etp import (
    Body,
    DeviceId,
    Kind,
    Paid,
    Payment,
    Record,
    SignedEnvelope,
    StandIn,
    TakenBack,
    Way,
    parse_envelope,
)
from localvpp.payments import Booked, findings

from .conftest import SLOT, House, on_both_databases, open_house
from .flat import ManualClock

STATEMENT = "ab" * 32


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(SLOT * 1000 + 7_000)  # Within a slot, on 2026-11-22 by Japan's clock.


def bill(flat: str = "101", reference: str = "r1", yen: int = 5024, **more: Any) -> dict[str, Any]:
    said = {"for": "bill", "flat": flat, "day": "2026-11-20", "reference": reference, "direction": "received"}
    return said | {"yen": yen, "way": "transfer", "month": "2026-10", "statement": STATEMENT} | more


def deposit(flat: str = "101", reference: str = "d1", yen: int = 20_000, **more: Any) -> dict[str, Any]:
    said = {"for": "deposit", "flat": flat, "day": "2026-11-20", "reference": reference, "direction": "received"}
    return said | {"yen": yen, "way": "cash"} | more


def reversal(reverses: str, flat: str = "101", reference: str = "x1") -> dict[str, Any]:
    return {"for": "reversal", "flat": flat, "day": "2026-11-21", "reference": reference, "reverses": reverses}


async def post(house: House, *payments: object, token: str | None = None) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {token or house.coordinator.web_token}"}
    request = {"payments": list(payments)}
    async with house.session.post(f"{house.url}/api/v1/payments", json=request, headers=headers) as response:
        return response.status, await response.json()


async def booked(house: House) -> list[Booked]:
    async with house.coordinator.engine.connect() as connection:
        return await payment_store.booked(connection)


async def referred(house: House, *references: str) -> list[Booked]:
    """Return what is booked by references: of one request, the log has them in no order."""
    found = {each.payment.reference: each for each in await booked(house)}
    assert sorted(found) == sorted(references)
    return [found[each] for each in references]


@on_both_databases
async def test_payments_are_records_of_the_building_with_who_paid_whom(house: House) -> None:
    one, two = await house.invited("101"), await house.invited("102")
    told = await post(house, bill(), deposit("102", "d1"), deposit("102", "d2", 500, direction="paid_out"))
    assert told == (200, {"recorded": ["r1", "d1", "d2"], "known": []})
    building = house.key.device_id
    first, second, third = await referred(house, "r1", "d1", "d2")
    assert [(each.body.sender, each.body.receiver, each.flat) for each in (first, second, third)] == [
        (one.device, building, "101"),
        (two.device, building, "102"),
        (building, two.device, "102"),
    ]
    paid = first.payment
    assert isinstance(paid, Paid)
    assert (paid.yen, paid.way, paid.day.isoformat()) == (5024, Way.TRANSFER, "2026-11-20")
    assert paid.bill is not None
    assert (paid.bill.month, paid.bill.statement.hex()) == ("2026-10", STATEMENT)
    assert [each.yen(building) for each in (first, second, third)] == [5024, 20_000, -500]
    async with house.coordinator.engine.connect() as connection:
        entry = await entry_store.one(connection, first.index)
    assert entry is not None
    assert (entry.kind, entry.device) == (Kind.PAYMENT, building)
    record = Record.decode(entry.sealed or b"")
    record.verify(house.key, house.coordinator.config.origin)


async def test_what_is_said_again_is_known_and_not_booked_twice_also_after_a_restart(
    config: BuildingConfig, clock: ManualClock, socket_enabled: None
) -> None:
    async with open_house(config, clock) as house:
        await house.invited("101")
        assert (await post(house, bill()))[0] == 200
        size = house.coordinator.ledger.size
        assert size == 5, "two enrolments, the payment and two that stand in: it has three flats"
        assert await post(house, bill()) == (200, {"recorded": [], "known": ["r1"]})
        assert house.coordinator.ledger.size == size
    async with open_house(config, clock) as house:
        assert await post(house, bill(), deposit()) == (200, {"recorded": ["d1"], "known": ["r1"]})
        assert await post(house, reversal("r1")) == (200, {"recorded": ["x1"], "known": []})
        assert await post(house, reversal("r1")) == (200, {"recorded": [], "known": ["x1"]})
        assert house.coordinator.ledger.size == size + 2 * 3


async def test_nobody_counts_the_payments_of_a_batch_who_cannot_read_them(house: House) -> None:
    one = await house.invited("101")
    before = house.coordinator.ledger.size
    for count in (1, 2, 3, 4):
        assert (await post(house, *(deposit(reference=f"{count}-{at}") for at in range(count))))[0] == 200
    assert sorted(each.payment.reference for each in await booked(house)) == [
        f"{count}-{at}" for count in (1, 2, 3, 4) for at in range(count)
    ]
    log = await log_of(house)
    told = [each.record for each in log.entries if each.index >= before]
    assert [each.kind for each in told] == [Kind.PAYMENT] * (3 + 3 + 3 + 6), "a multiple of the building's three flats"
    assert len({len(each.signed.statement.payload) for each in told}) == 1
    assert {each.envelope.slot for each in told} == {SLOT}
    empty = [each for each in told if isinstance(each.body.payment, StandIn)]
    assert len(empty) == 5
    assert audit_payments(log) == ()
    # What stands in is nobody's to read: a resident who could would know how many are none.
    own = {"Authorization": f"Bearer {resident_token(house.coordinator.web_token, one.device)}"}
    for each in log.entries:
        if each.record in empty:
            url = f"{house.url}/api/v1/records/{each.index}"
            async with house.session.get(url, headers=own) as response:
                assert response.status == 403
    status, mine = await own_payments(house, "101", own["Authorization"].removeprefix("Bearer "))
    assert (status, len(mine["payments"])) == (200, 10)


async def test_a_batch_is_of_one_slot_though_another_begins_while_it_is_made_up(
    house: House, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.invited("101")
    before = house.coordinator.ledger.size
    read = clock.wall_ms

    def told() -> int:
        clock.step(60_000)
        return read()

    monkeypatch.setattr(clock, "wall_ms", told)
    assert (await post(house, deposit(reference="d1"), deposit(reference="d2")))[0] == 200
    monkeypatch.undo()
    told_of = [each.record.envelope.slot for each in (await log_of(house)).entries if each.index >= before]
    assert len(told_of) == 3
    assert len(set(told_of)) == 1


async def test_nobody_counts_the_payments_before_his_own_by_its_place_in_the_log(house: House) -> None:
    await house.invited("101")
    said = [f"{at:02}" for at in range(40)]
    assert await post(house, *(deposit(reference=each) for each in said)) == (200, {"recorded": said, "known": []})
    logged = [each.payment.reference for each in await booked(house)]
    assert sorted(logged) == said
    assert logged != said, "forty come in the order in which they were said once in 40! times"


@on_both_databases
async def test_each_payment_is_read_once_however_often_accounts_are_asked_for(house: House) -> None:
    await house.invited("101")
    bookings = Bookings(house.coordinator.engine)
    assert await bookings.every() == ()
    await post(house, deposit())
    first = await bookings.every()
    assert await bookings.every() is first, "nothing was booked since"
    await post(house, bill())
    second = await bookings.every()
    assert list(second) == await booked(house)
    assert [each.payment.reference for each in second] == ["d1", "r1"]
    assert second[0] is first[0]


async def test_a_payment_whose_body_is_not_there_is_read_when_it_is_there_again(house: House) -> None:
    await house.invited("101")
    bookings = Bookings(house.coordinator.engine)
    await post(house, bill())
    (paid,) = await booked(house)
    body = entries.update().where(entries.c.log_index == paid.index)
    async with house.coordinator.engine.begin() as connection:
        await connection.execute(body.values(body=None))
    with pytest.raises(StoreError, match=f"entry {paid.index} is a payment, and its body is not here"):
        await bookings.every()
    async with house.coordinator.engine.begin() as connection:
        await connection.execute(body.values(body=paid.body.encode()))
    assert list(await bookings.every()) == [paid]


async def test_a_payment_that_was_booked_wrongly_is_taken_back_once_and_its_record_stays(house: House) -> None:
    await house.invited("101")
    await post(house, bill())
    (wrong,) = await booked(house)
    status, answer = await post(house, reversal("r1"), reversal("r1", reference="x2"))
    assert (status, answer["error"]["field"]) == (409, "payments.1.reverses")
    assert (await post(house, reversal("r1")))[0] == 200
    first, back = await booked(house)
    assert first == wrong
    assert isinstance(back.payment, TakenBack)
    assert back.payment.record == wrong.hash
    status, answer = await post(house, reversal("r1", reference="x2"))
    assert (status, answer["error"]["field"]) == (409, "payments.0.reverses")
    assert "was taken back: that is done once" in answer["error"]["message"]
    status, answer = await post(house, reversal("x1", reference="x2"))
    assert (status, answer["error"]["message"]) == (
        409,
        "payments.0.reverses: x1 is the reference of no payment of 101 in the log",
    )
    assert len(await booked(house)) == 2


async def test_a_payment_of_a_flat_that_was_enrolled_anew_is_taken_back_with_the_device_that_it_was_booked_with(
    house: House,
) -> None:
    old = await house.invited("101")
    await post(house, bill())
    await house.coordinator.members.say("101", Action.REVOKE, {})
    assert (await post(house, bill(reference="r2")))[0] == 200, "what a flat owed it can pay when it has left"
    new = await house.invited("101")
    assert (await post(house, reversal("r1"), bill(reference="r3")))[0] == 200
    every = await referred(house, "r1", "r2", "x1", "r3")
    assert [each.body.sender for each in every] == [old.device, old.device, old.device, new.device]
    enrolled = {old.device: (1, "101"), new.device: (every[1].index + 1, "101")}
    assert list(findings(every, house.key.device_id, enrolled)) == []


@pytest.mark.parametrize(
    ("wrong", "status", "field", "says"),
    [
        (bill(reference="r1", yen=1), 409, "payments.1.reference", "r1 is booked as entry"),
        (bill(reference="r1", direction="paid_out"), 409, "payments.1.reference", "with other words"),
        (bill("102", reference="r1"), 409, "payments.1.reference", "with other words"),
        (bill(reference="d1"), 400, "payments.1.reference", "d1 is that of payments.0, too"),
        (bill(reference="山田"), 400, "payments.1.reference", "'山田' is no reference"),
        (bill(reference="r2", flat="999"), 404, "payments.1.flat", "999 is not in building.yaml"),
        (bill(reference="r2", flat="103"), 404, "payments.1.flat", "103 is not enrolled yet"),
        (bill(reference="r2", yen=0), 400, "payments.1.yen", "0: write a whole number of yen from 1"),
        (bill(reference="r2") | {"yen": 1.5}, 400, "payments.1.yen", "1.5: write a whole number of yen"),
        (bill(reference="r2") | {"yen": True}, 400, "payments.1.yen", "True: write a whole number of yen"),
        (bill(reference="r2", day="2026-11-31"), 400, "payments.1.day", "write it as 2026-11-27"),
        (bill(reference="r2", day="20261120"), 400, "payments.1.day", "write it as 2026-11-27"),
        (bill(reference="r2", day="2027-11-20"), 400, "payments.1.day", "2027-11-20 lies ahead"),
        (bill(reference="r2", month="2026-13"), 400, "payments.1.month", "'2026-13' is no month"),
        (bill(reference="r2", statement="AB" * 32), 400, "payments.1.statement", "is no SHA-256"),
        (
            bill(reference="r2", way="gift"),
            400,
            "payments.1.way",
            "'gift': write one of cash, debit, set_off, transfer",
        ),
        (bill(reference="r2", name="山田"), 400, "payments.1.name", "not a valid option"),
        (deposit(reference="r2", month="2026-10"), 400, "payments.1.month", "not a valid option"),
        (deposit(reference="r2") | {"for": "fun"}, 400, "payments.1.for", "write one of bill, deposit, reversal"),
        (bill(reference="r2", direction="in"), 400, "payments.1.direction", "'in': write one of paid_out, received"),
        (bill(reference="r2") | {"way": []}, 400, "payments.1.way", "[]: write one of"),
        ([], 400, "payments.1.for", "write one of"),
        ({"for": []}, 400, "payments.1.for", "[]: write one of bill, deposit, reversal"),
        (deposit(reference="r2", way="set_off"), 400, "payments.1.flat", "for 101 comes to 20000 yen: say with it"),
        (reversal("d1"), 409, "payments.1.reverses", "d1 is the reference of no payment of 101 in the log"),
        (reversal("r1", flat="102"), 409, "payments.1.reverses", "r1 is the reference of no payment of 102 in the log"),
    ],
)
async def test_with_one_payment_that_cannot_be_none_is_booked(
    wrong: object, status: int, field: str, says: str, house: House
) -> None:
    for flat in ("101", "102"):
        await house.invited(flat)
    await post(house, bill())
    size = house.coordinator.ledger.size
    answered, answer = await post(house, deposit(), wrong)
    assert (answered, answer["error"]["field"]) == (status, field), answer
    assert says in answer["error"]["message"]
    assert house.coordinator.ledger.size == size
    assert await post(house, deposit()) == (200, {"recorded": ["d1"], "known": []})


async def test_of_requests_that_say_the_same_at_once_one_is_booked(house: House) -> None:
    await house.invited("101")
    answers = await asyncio.gather(*(post(house, bill()) for _ in range(4)))
    assert [status for status, _ in answers] == [200] * 4
    assert sorted(len(answer["recorded"]) for _, answer in answers) == [0, 0, 0, 1]
    assert len(await booked(house)) == 1


async def test_a_request_says_payments_and_nothing_else(house: House) -> None:
    await house.invited("101")
    headers = {"Authorization": f"Bearer {house.coordinator.web_token}"}
    for request in ({"payments": [bill()], "dry": True}, {"payments": bill()}, [bill()], {"payments": []}):
        async with house.session.post(f"{house.url}/api/v1/payments", json=request, headers=headers) as response:
            assert response.status == 400
            assert (await response.json())["error"]["field"] == "payments"
    assert await booked(house) == []


async def test_what_is_paid_today_by_japans_clock_is_booked_and_tomorrows_is_not(house: House) -> None:
    await house.invited("101")
    assert (await post(house, deposit(day="2026-11-22")))[0] == 200
    status, answer = await post(house, deposit(reference="d2", day="2026-11-23"))
    assert (status, answer["error"]["field"]) == (400, "payments.0.day")


async def test_what_is_set_off_comes_to_nothing_and_is_taken_back_together(house: House) -> None:
    one = await house.invited("101")
    await house.invited("102")
    used = deposit(reference="s1", yen=500, way="set_off", direction="paid_out")
    status, answer = await post(house, used, bill("102", "s2", 500, way="set_off"))
    assert (status, answer["error"]["field"]) == (400, "payments.0.flat"), "each flat's comes to nothing by itself"
    assert "what is set off for 101 comes to -500 yen" in answer["error"]["message"]
    assert (await post(house, used, bill("101", "s2", 500, way="set_off")))[0] == 200
    both = await referred(house, "s1", "s2")
    assert [(each.body.sender == one.device, each.yen(house.key.device_id)) for each in both] == [
        (False, -500),
        (True, 500),
    ]
    assert await post(house, used, bill("101", "s2", 500, way="set_off")) == (
        200,
        {"recorded": [], "known": ["s1", "s2"]},
    )
    status, answer = await post(house, deposit(), reversal("s1"))
    assert status == 400
    assert "what is set off for 101 comes to 500 yen" in answer["error"]["message"]
    assert len(await booked(house)) == 2
    assert (await post(house, reversal("s1"), reversal("s2", reference="x2")))[0] == 200
    assert audit_payments(await log_of(house)) == ()


async def test_a_request_has_as_many_payments_as_are_booked_at_once_and_no_more(house: House) -> None:
    await house.invited("101")
    many = [bill(reference=f"{at:040}", yen=9_999_999_999) for at in range(MOST_AT_ONCE + 1)]
    status, answer = await post(house, *many)
    assert (status, answer["error"]["field"]) == (400, "payments")
    assert await post(house, *many[1:]) == (200, {"recorded": [each["reference"] for each in many[1:]], "known": []})
    assert len(await booked(house)) == MOST_AT_ONCE


async def test_only_the_manager_books_and_only_the_flat_reads_what_is_its_own(house: House) -> None:
    one, two = await house.invited("101"), await house.invited("102")
    own, other = (resident_token(house.coordinator.web_token, flat.device) for flat in (one, two))
    assert (await post(house, bill(), token="guess"))[0] == 401
    assert (await post(house, bill(), token=own))[0] == 403
    await post(house, bill())
    (each,) = await booked(house)
    for token, status in ((own, 200), (other, 403)):
        headers = {"Authorization": f"Bearer {token}"}
        async with house.session.get(f"{house.url}/api/v1/records/{each.index}", headers=headers) as response:
            assert response.status == status


async def own_payments(house: House, flat: str, token: str) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {token}"}
    async with house.session.get(f"{house.url}/api/v1/flats/{flat}/payments", headers=headers) as response:
        return response.status, await response.json()


async def test_a_flat_sees_what_it_has_paid_and_was_paid_and_nobody_elses(house: House) -> None:
    one, two = await house.invited("101"), await house.invited("102")
    await post(house, bill(), deposit(), deposit("102", "d2"), deposit(reference="d3", yen=7, direction="paid_out"))
    await post(house, reversal("r1"))
    own = resident_token(house.coordinator.web_token, one.device)
    status, told = await own_payments(house, "101", own)
    assert status == 200
    schema = load_openapi()["components"]["schemas"]["Payment"]
    for each in told["payments"]:
        jsonschema.validate(each, schema)
    booked_here = {each.payment.reference: each for each in await booked(house)}
    assert [
        (each["reference"], each["counts"], each.get("direction"), each.get("yen"), each.get("month"))
        for each in sorted(told["payments"], key=lambda each: str(each["reference"]))
    ] == [
        ("d1", True, "received", 20_000, None),
        ("d3", True, "paid_out", 7, None),
        ("r1", False, "received", 5024, "2026-10"),
        ("x1", False, None, None, None),
    ]
    assert told["payments"][3]["reverses"] == booked_here["r1"].hash.hex()
    assert all(
        each["record"] == [booked_here[each["reference"]].index, booked_here[each["reference"]].hash.hex()]
        for each in told["payments"]
    )
    assert (await own_payments(house, "102", own))[0] == 403
    # Who comes after them sees nothing of theirs; the manager sees what the present device has.
    await house.coordinator.members.say("101", Action.REVOKE, {})
    new = await house.invited("101")
    status, told = await own_payments(house, "101", resident_token(house.coordinator.web_token, new.device))
    assert (status, told["payments"]) == (200, [])
    status, told = await own_payments(house, "102", resident_token(house.coordinator.web_token, two.device))
    assert [each["reference"] for each in told["payments"]] == ["d2"]


def cash(reference: str) -> Paid:
    return Paid(day=date(2026, 11, 20), reference=reference, yen=10, way=Way.CASH, bill=None)


async def sign(house: House, device: DeviceId, payment: Payment, flat: str = "101") -> Booked:
    """Let the building sign a payment that it would not book."""
    scribe = house.coordinator.settler._scribe
    body = Body.word(SLOT * 1000, SLOT * 1000, 60, sender=device, receiver=scribe.device, place=flat)
    (record,) = await scribe.write([(Kind.PAYMENT, SLOT, replace(body, payment=payment))])
    return next(each for each in await booked(house) if each.hash == record.hash)


async def log_of(house: House, without: int | None = None) -> AuditedLog:
    """The log as an auditor has it, perhaps without the body of an entry."""
    async with house.coordinator.engine.connect() as connection:
        found = await entry_store.span(connection, 0, house.coordinator.ledger.size)
    told: list[tuple[int, Record | SignedEnvelope]] = []
    for each in found:
        whole = each.sealed
        closed = whole is None or each.index == without
        told.append((each.index, parse_envelope(each.envelope) if closed else Record.decode(whole or b"")))
    return AuditedLog.of(house.coordinator.config.origin, told)


async def test_an_auditor_finds_a_payment_of_a_stranger_and_what_takes_back_nothing_or_twice(house: House) -> None:
    one, two = await house.invited("101"), await house.invited("102")
    assert (await post(house, bill(), deposit("102"), reversal("r1")))[0] == 409
    assert (await post(house, bill(), deposit("102")))[0] == 200
    assert (await post(house, reversal("r1")))[0] == 200
    assert audit_payments(await log_of(house)) == ()
    first, of_102, back = await referred(house, "r1", "d1", "x1")
    stranger = await sign(house, DeviceId(b"\x09" * 16), cash("s1"))
    twice = await sign(house, one.device, TakenBack(day=date(2026, 11, 21), reference="s2", record=first.hash))
    nothing = await sign(house, one.device, TakenBack(day=date(2026, 11, 21), reference="s3", record=bytes(32)))
    doubled = await sign(house, one.device, cash("d1"))
    other = await sign(house, two.device, cash("s4"))
    await sign(house, one.device, replace(cash("s5"), way=Way.SET_OFF))
    parts = await sign(house, one.device, cash("s6"), flat="common")
    assert audit_payments(await log_of(house)) == (
        f"entry {parts.index}: a payment on the account of common, which is no flat",
        f"entry {stranger.index}: a payment of {'09' * 16}, who was not in the building",
        f"entry {twice.index} takes back entry {first.index}, which entry {back.index} has taken back",
        f"entry {nothing.index} takes back {'00' * 32}, which is no payment before it",
        f"entry {doubled.index}: the reference d1 is that of entry {of_102.index}",
        f"entry {other.index}: a payment on the account of 101 by a device of 102",
        f"entry {parts.index}: a payment on the account of common by a device of 101",
        "what was set off on the account of 101 comes to 10 yen, and not to nothing",
    )
    kept_away = audit_payments(await log_of(house, without=first.index))
    assert kept_away[0] == f"entry {first.index}: a payment that cannot be read, and payments are not erased"


async def test_the_command_audits_the_payments_of_a_building(
    config: BuildingConfig, clock: ManualClock, socket_enabled: None, capsys: pytest.CaptureFixture[str]
) -> None:
    async with open_house(config, clock) as house:
        key = (await (await house.get("/api/v1/building")).json())["log_key"]
        await house.invited("101")
        assert (await post(house, bill()))[0] == 200
    command = ["audit", str(config.file), "--vkey", key]
    assert await asyncio.to_thread(main, command) == 0
    assert json.loads(capsys.readouterr().out)["findings"] == []
    async with open_house(config, clock) as house:
        wrong = await sign(house, DeviceId(b"\x09" * 16), cash("s1"))
    assert await asyncio.to_thread(main, command) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["findings"] == [f"entry {wrong.index}: a payment of {'09' * 16}, who was not in the building"]
