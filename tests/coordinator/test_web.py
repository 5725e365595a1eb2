"""REST and live events: as the OpenAPI description says, and only for whom they are meant."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import AsyncExitStack
import json
from pathlib import Path
import re
from typing import Any

import aiohttp
import jsonschema  # type: ignore[import-untyped]  # it ships no types
from openapi_spec_validator import validate
import pytest

from coordinator.web import PublicLog, WalletApi, load_openapi
from coordinator.web.api import Api, routes
from coordinator.web.drills import DrillApi
from coordinator.web.market import MarketApi
from coordinator.web.plan import PlanApi
from coordinator.web.reading import Routes
from coordinator.web.security import Access
from coordinator.witnesses import cosigning
from localvpp import tlog
from localvpp.etp import Record
from localvpp.wire import FrameAck, Frames

from .conftest import SLOT, House
from .flat import WAIT_S, Flat, ManualClock, until
from .witness import Witness


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(SLOT * 1000 - 60_000)


async def busy(house: House) -> list[Flat]:
    """Let two of three flats be enrolled, measure, and settle a slot."""
    flats = [await house.invited("101"), await house.invited("102")]
    house.clock.pass_until((SLOT + 61) * 1000)
    for flat, use, sold in zip(flats, (0, 6), (10, 0), strict=True):
        async with house.link(flat) as client:
            await client.log(flat.slot(SLOT, use, sold))
            await client.send(Frames((flat.frame(house.clock.wall_ms(), grid_w=-420),)))
            await client.next(FrameAck)
    await house.coordinator.settler.settle_ripe()
    return flats


def schema_of(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}", "components": load_openapi()["components"]}


def check(value: Any, schema: dict[str, Any]) -> None:
    whole = schema if "components" in schema else schema | {"components": load_openapi()["components"]}
    jsonschema.Draft202012Validator(whole).validate(value)


def test_the_description_is_openapi() -> None:
    validate(load_openapi())


def every_route() -> Routes:
    """All routes, none of which is walked."""
    api = object.__new__(Api)
    object.__setattr__(api, "log", object.__new__(PublicLog))
    object.__setattr__(api, "drills", object.__new__(DrillApi))
    object.__setattr__(api, "market", object.__new__(MarketApi))
    object.__setattr__(api, "plan", object.__new__(PlanApi))
    object.__setattr__(api, "wallets", object.__new__(WalletApi))
    return routes(api)


def test_every_route_is_described_and_every_description_has_its_route() -> None:
    def plain(path: str) -> str:
        return re.sub(r":(\\d\{1,\d+\}|\.\+)", "", path)

    described = {(method.upper(), path) for path, item in load_openapi()["paths"].items() for method in item}
    assert {(method, plain(path)) for method, path, _, _ in every_route()} == described
    for method, path, _, access in every_route():
        guarded = access is not Access.PUBLIC
        operation = load_openapi()["paths"][plain(path)][method.lower()]
        assert ("401" in operation["responses"]) == guarded == ("security" not in operation), path


def documented() -> Iterator[tuple[str, str]]:
    """Every call that docs/protocol.md names in its part on REST: `…/name` is beside the one before it."""
    text = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text()
    part = text.partition("\n## REST\n")[2].partition("\n## ")[0]
    method, path = "", ""
    for found in re.finditer(r"`(?:(GET|POST) (/[^`?\s]*)|…(/[^`?\s]*))[^`]*`", part):
        if found[1] is not None:
            method, path = found[1], found[2]
        else:
            path = path.rpartition("/")[0] + found[3]
        yield method, path


def test_every_route_is_documented_and_every_documented_one_is_there() -> None:
    there = {
        (method, path): re.sub(r"\{[^}]*\}+", ".+" if ":.+" in path else "[^/]+", path)
        for method, path, *_ in every_route()
    }
    used = set()
    for method, path in documented():
        if path == "/":
            continue  # The page itself.
        serving = next((each for each in there if each[0] == method and re.fullmatch(there[each], path)), None)
        assert serving is not None, f"docs/protocol.md: there is no {method} {path}"
        used.add(serving)
    assert there.keys() - used == set(), "docs/protocol.md does not name these"


CASES = [
    ("/healthz", 200),
    ("/metrics", 200),
    ("/api/v1/openapi.json", 200),
    ("/api/v1/building", 200),
    ("/log/checkpoint", 200),
    ("/log/policy", 200),
    ("/log/cosignatures/{size}", 200),
    ("/log/cosignatures/1000", 404),
    ("/log/tile/0/000.p/{size}", 200),
    ("/log/tile/entries/000.p/{size}", 200),
    ("/log/tile/0/001", 404),
    ("/log/tile/0/0", 404),
    ("/api/v1/state", 200),
    ("/api/v1/records", 200),
    ("/api/v1/records?limit=2&before=3", 200),
    ("/api/v1/records?limit=0", 400),
    ("/api/v1/records?before=-1", 400),
    ("/api/v1/records/2", 200),
    ("/api/v1/records/99", 404),
    ("/api/v1/records/2/proof", 200),
    ("/api/v1/records/99/proof", 404),
    (f"/api/v1/conflicts/{'0' * 64}", 404),
    ("/api/v1/conflicts/abc", 404),
    ("/api/v1/market/slots", 200),
    ("/api/v1/market/slots?limit=0", 400),
    (f"/api/v1/market/slots/{SLOT}", 404),
    ("/api/v1/market/plan", 409),
    ("/api/v1/market/plan?day=yesterday", 400),
    ("/api/v1/market/plan?format=pdf", 400),
    ("/api/v1/market/imbalance", 409),
    ("/api/v1/market/imbalance?day=2026-13-01", 400),
    (f"/api/v1/market/slots/{SLOT}/rounds/0/book", 404),
    (f"/api/v1/market/slots/{SLOT}/rounds/0/result", 404),
    (f"/api/v1/market/slots/{SLOT}/rounds/0/check", 404),
    ("/api/v1/reader", 200),
    (f"/api/v1/flats/101/wallet?begin={SLOT}&end={SLOT + 60}", 200),
    (f"/api/v1/flats/101/wallet?begin={SLOT}&end={SLOT + 60}&traded=0", 200),
    (f"/api/v1/flats/101/wallet?begin={SLOT}&end={SLOT + 60}&traded=2", 400),
    ("/api/v1/flats/101/wallet?begin=1", 400),
    (f"/api/v1/flats/999/wallet?begin={SLOT}&end={SLOT + 60}", 404),
    (f"/api/v1/flats/101/wallet/slots?begin={SLOT}&end={SLOT + 60}", 200),
    (f"/api/v1/flats/101/wallet/slots?begin={SLOT}&end={SLOT + 3 * 86_400}", 400),
    (f"/api/v1/flats/999/wallet/slots?begin={SLOT}&end={SLOT + 60}", 404),
    ("/api/v1/flats/101/payments", 200),
    ("/api/v1/flats/999/payments", 404),
    (f"/api/v1/market/slots/{SLOT}/papers", 404),
    ("/api/v1/slots", 200),
    ("/api/v1/slots?limit=x", 400),
    (f"/api/v1/slots/{SLOT}", 200),
    (f"/api/v1/slots/{SLOT + 60}", 404),
    ("/api/v1/link", 400),
]


async def test_every_answer_is_as_described(house: House) -> None:
    await busy(house)
    paths = load_openapi()["paths"]
    for path, status in CASES:
        asked = path.format(size=house.coordinator.ledger.size)
        response = await house.get(asked)
        assert response.status == status, asked
        operation = paths[described(asked, paths)]["get"]["responses"][str(status)]
        if "$ref" in operation:
            operation = load_openapi()["components"]["responses"]["Error"]
        assert response.content_type in operation["content"], asked
        if response.content_type == "application/json":
            check(await response.json(), operation["content"]["application/json"]["schema"])


def described(asked: str, paths: dict[str, Any]) -> str:
    path = asked.partition("?")[0]
    if path in paths:
        return path
    for beginning, whole in (("/log/tile/", "/log/tile/{place}"), ("/log/cosignatures/", "/log/cosignatures/{size}")):
        if path.startswith(beginning):
            return whole
    parent, _, last = path.rpartition("/")
    if last == "proof":
        return "/api/v1/records/{index}/proof"
    if path.endswith("/wallet/slots"):
        return "/api/v1/flats/{flat}/wallet/slots"
    if last in {"wallet", "payments"}:
        return f"/api/v1/flats/{{flat}}/{last}"
    if "/rounds/" in path:
        return f"/api/v1/market/slots/{{slot}}/rounds/{{number}}/{last}"
    if last == "papers":
        return "/api/v1/market/slots/{slot}/papers"
    names = {"records": "index", "slots": "slot", "market/slots": "slot", "conflicts": "hash"}
    return f"{parent}/{{{names[parent.removeprefix('/api/v1/')]}}}"


async def test_answers_say_what_happened(house: House) -> None:
    flats = await busy(house)
    state = await (await house.get("/api/v1/state")).json()
    assert [flat["flat"] for flat in state["flats"]] == ["101", "102", "103"]
    assert (state["flats"][0]["grid_w"], state["flats"][0]["soc"], state["flats"][0]["online"]) == (-420, 64.2, False)
    assert (state["flats"][2]["device"], state["flats"][2]["grid_w"]) == (None, None)
    assert state["building"]["bulk_w"] is None
    records = await (await house.get("/api/v1/records")).json()
    assert [record["kind"] for record in records] == ["settled", "transfer"] + ["interval"] * 4 + ["enrol"] * 3
    assert [record["index"] for record in records] == list(range(8, -1, -1))
    assert (records[1]["sender"], records[1]["receiver"], records[1]["sources"]) == ("101", "102", {"solar": 6})
    assert records[2]["flat"] == "102"
    page = await (await house.get("/api/v1/records?limit=2&before=3")).json()
    assert [record["index"] for record in page] == [2, 1]
    sealed = Record.decode(await (await house.get("/api/v1/records/4")).read())
    sealed.verify(flats[0].key, "vpp.example/test")
    proof = tlog.TlogProof.parse(await (await house.get("/api/v1/records/4/proof")).read())
    tlog.verify_proof(proof, sealed.signed.statement.data, await house.log_key())
    (slot,) = await (await house.get("/api/v1/slots")).json()
    assert (slot["slot"], slot["shared_wh"], slot["missing"], slot["bulk_import_wh"]) == (SLOT, 6, [], None)
    metrics = await (await house.get("/metrics")).text()
    for line in ('localvpp_records_total{kind="interval"} 4.0', "localvpp_log_size 9.0", "localvpp_frames_total 2.0"):
        assert line in metrics


async def test_what_is_the_managers_needs_the_token(house: House) -> None:
    for path in ("/api/v1/state", "/api/v1/live", "/api/v1/records", "/api/v1/records/0", "/api/v1/slots"):
        response = await house.get(path, token=False)
        assert response.status == 401
        check(await response.json(), schema_of("Error"))
    for header in ("Bearer wrong", "Bearer ", "Basic x", house.coordinator.web_token):
        async with house.session.get(f"{house.url}/api/v1/state", headers={"Authorization": header}) as response:
            assert response.status == 401
    assert house.coordinator.web_token not in await (await house.get("/api/v1/building", token=False)).text()


async def test_a_header_that_is_not_text_is_no_token(house: House) -> None:
    host, port = house.url.removeprefix("http://").split(":")
    for header in (b"Authorization: Bearer \xff", b"Cookie: local_vpp_token=\xff"):
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"GET /api/v1/state HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + header + b"\r\n\r\n")
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        writer.close()
        await writer.wait_closed()
        assert head.startswith(b"HTTP/1.1 401"), head
        check(json.loads(body), schema_of("Error"))


async def test_what_fails_inside_is_told_in_the_one_shape(house: House) -> None:
    async with house.coordinator.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE transfers RENAME TO gone")
        await connection.exec_driver_sql("ALTER TABLE slots RENAME TO gone_too")
    response = await house.get("/api/v1/slots")
    assert response.status == 503
    check(await response.json(), schema_of("Error"))


async def test_what_a_silent_flat_said_last_is_not_the_present(house: House) -> None:
    await busy(house)
    house.clock.pass_ms(5_000)
    flat = (await (await house.get("/api/v1/state")).json())["flats"][0]
    assert (flat["grid_w"], flat["age_ms"]) == (-420, 5_000)
    house.clock.pass_ms(1)
    flat = (await (await house.get("/api/v1/state")).json())["flats"][0]
    assert (flat["grid_w"], flat["soc"], flat["import_wh"], flat["age_ms"]) == (None, None, None, 5_001)


async def test_a_token_in_the_address_becomes_a_cookie_that_no_script_reads(house: House) -> None:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        async with browser.get(f"{house.url}/?token=wrong", allow_redirects=False) as response:
            assert (response.status, response.cookies.output()) == (303, "")
        async with browser.get(f"{house.url}/?token={house.coordinator.web_token}", allow_redirects=False) as response:
            assert (response.status, response.headers["Location"]) == (303, "./")
            cookie = response.headers["Set-Cookie"]
            assert "HttpOnly" in cookie
            assert "SameSite=Strict" in cookie
        async with browser.get(f"{house.url}/api/v1/state") as response:
            assert response.status == 200
            assert response.headers["Cache-Control"] == "no-store"


async def test_headers_keep_a_browser_to_this_origin(house: House) -> None:
    for path in ("/", "/healthz", "/nothing", "/log/checkpoint", "/api/v1/live"):
        async with house.session.get(
            f"{house.url}{path}", headers={"Authorization": f"Bearer {house.coordinator.web_token}"}
        ) as response:
            assert response.headers["Content-Security-Policy"].startswith("default-src 'self'"), path
            assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_tiles_are_kept_and_checkpoints_are_not(house: House) -> None:
    checkpoint = await house.get("/log/checkpoint", token=False)
    assert checkpoint.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert checkpoint.headers["Cache-Control"] == "public, max-age=2"
    tile = await house.get("/log/tile/0/000.p/1", token=False)
    assert tile.headers["Content-Type"] == "application/octet-stream"
    assert "immutable" in tile.headers["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    [
        "/log/tile/0/../../../keys/building",
        "/log/tile/..%2f..%2fkeys%2fbuilding",
        "/log/tile/entries/%2e%2e/%2e%2e/keys/web_token",
        "/log/keys/building",
        "/..%2f__init__.py",
        "/assets/..%2findex.html",
        "/building.db",
    ],
)
async def test_no_path_leads_out_of_the_log_or_the_pages(house: House, path: str) -> None:
    host, port = house.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    assert answer.startswith(b"HTTP/1.1 404")


async def test_the_wrong_method_is_told_the_right_one(house: House) -> None:
    async with house.session.delete(f"{house.url}/api/v1/building") as response:
        assert (response.status, response.headers["Allow"]) == (405, "GET,HEAD")
        check(await response.json(), schema_of("Error"))


async def test_live_events_tell_records_heads_slots_and_each_seconds_state(house: House) -> None:
    flat = await house.invited("101")
    house.clock.pass_until((SLOT + 61) * 1000)
    headers = {"Authorization": f"Bearer {house.coordinator.web_token}"}
    async with house.session.get(f"{house.url}/api/v1/live", headers=headers) as stream:
        assert stream.content_type == "text/event-stream"
        name, state = await next_event(stream)
        assert name == "state"
        check(state, schema_of("State"))
        name, head = await next_event(stream)
        assert (name, head["size"]) == ("head", 2)
        check(head, schema_of("Head"))
        await house.coordinator.ledger.submit(flat.device, [record.encode() for record in flat.slot(SLOT, 4)])
        await house.coordinator.settler.settle_ripe()
        events = [await next_event(stream) for _ in range(5)]
    assert [name for name, _ in events] == ["records", "head", "records", "head", "slot"]
    for record in (*events[0][1], *events[2][1]):
        check(record, schema_of("Record"))
    check(events[1][1], schema_of("Head"))
    check(events[4][1], schema_of("Slot"))
    opened = tlog.open_checkpoint(events[1][1]["checkpoint"].encode(), await house.log_key()).checkpoint
    assert opened.size == events[1][1]["size"] == 4


async def test_who_witnesses_and_how_far_they_are_can_be_read(house: House) -> None:
    first, second = [Witness(house, await house.invited(name)) for name in ("101", "102")]
    assert tlog.Policy.parse(await (await house.get("/log/policy", token=False)).read()).quorum == tlog.NO_QUORUM
    for each in (first, second):
        await each.name()
    async with house.link(first.flat) as one, house.link(second.flat) as two:
        size = await first.signs(one)
        policy = tlog.Policy.parse(await (await house.get("/log/policy", token=False)).read())
        assert [witness.key for witness in policy.witnesses] == [first.key.verifier_key, second.key.verifier_key]
        assert policy.logs == (tlog.PolicyLog(tlog.VerifierKey.parse(house.coordinator.log_key)),)
        assert await told(house) == {"size": size, "cosigners": 1} | COUNTED | {
            "quorum_size": 0,
            "quorum_ms": None,
            "unmirrored_ms": None,
        }
        house.clock.pass_ms(5_000)
        await second.signs(two)
        await until(lambda: house.coordinator.cosigning.state.quorum_size == size)
        now = house.clock.wall_ms()
        assert await told(house) == {"size": size, "cosigners": 2} | COUNTED | {
            "quorum_size": size,
            "quorum_ms": now,
            "unmirrored_ms": now,
        }
    house.clock.pass_ms(7_000)
    metrics = await (await house.get("/metrics")).text()
    for line in ("localvpp_witnesses 2.0", "localvpp_cosigners 2.0", "localvpp_quorum_age_seconds 7.0"):
        assert line in metrics
    text = tlog.Note.parse(await (await house.get("/log/checkpoint")).read()).text
    lines = await (await house.get(f"/log/cosignatures/{size}", token=False)).text()
    parsed = [tlog.NoteSignature.parse(line) for line in lines.splitlines()]
    assert len(tlog.verify_cosignatures(text, parsed, policy)) == 2
    assert await (await house.get(f"/log/cosignatures/{size - 1}")).text() == "", "there were no witnesses yet"
    refused = await (await house.get(f"/log/cosignatures/{size + 1}")).json()
    assert refused["error"]["field"] == "size"
    assert f"under a head of {size + 1} entries" in refused["error"]["message"]


COUNTED = {"held": None, "witnesses": 2, "needed": 2, "objections": []}


async def told(house: House) -> dict[str, Any]:
    """How far the state says that the log is."""
    state = await (await house.get("/api/v1/state")).json()
    check(state, schema_of("State"))
    log: dict[str, Any] = state["log"]
    return log


async def test_a_head_is_told_again_with_the_signatures_that_come(house: House) -> None:
    paces: asyncio.Queue[asyncio.Event] = asyncio.Queue()

    async def pace(_: float) -> None:
        passed = asyncio.Event()
        paces.put_nowait(passed)
        await passed.wait()

    witnesses = [Witness(house, await house.invited(name)) for name in ("101", "102", "103")]
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(house.link(each.flat)) for each in witnesses]
        for each in witnesses:
            await each.name()
        headers = {"Authorization": f"Bearer {house.coordinator.web_token}"}
        stream = await stack.enter_async_context(house.session.get(f"{house.url}/api/v1/live", headers=headers))
        assert (await next_event(stream))[0] == "state"
        name, head = await next_event(stream)
        assert (name, head["cosigners"], head["witnesses"], head["needed"]) == ("head", 0, 3, 3)
        running = asyncio.create_task(house.coordinator.live.run_heads(pace))
        for each, client in zip(witnesses, clients, strict=True):
            await each.signs(client)
        await until(lambda: house.coordinator.cosigning.state.quorum_size == house.coordinator.ledger.size)
        # However many have signed meanwhile, it is one event when the pace allows it.
        (await paces.get()).set()
        name, head = await next_event(stream)
        assert (name, head["cosigners"], head["quorum_size"]) == ("head", 3, head["size"])
        check(head, schema_of("Head"))
        accepted = tlog.accept_checkpoint(head["checkpoint"].encode(), house.coordinator.cosigning.policy)
        assert accepted.checkpoint.size == head["size"]
        assert paces.empty()
        running.cancel()


async def test_health_fails_when_no_quorum_is_left_for_a_log_that_was_set_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cosigning, "RETRY_S", 0)
    witness = Witness(house, await house.invited("101"))
    async with house.link(witness.flat) as client:
        await witness.name()
        await witness.says_ahead(client, 99)
        await until(lambda: house.coordinator.cosigning.trouble is not None)
        response = await house.get("/healthz")
        assert response.status == 503
        health = await response.json()
        check(health, schema_of("Health"))
        assert health["status"] == "failing"
        assert "no record is taken: witnesses say" in health["checks"]["ledger"]
        assert "99 entries" in health["checks"]["witnesses"]
        await witness.signs(client)
        await until(lambda: house.coordinator.ledger.held is None)
        health = await (await house.get("/healthz")).json()
        assert (health["status"], health["checks"]["witnesses"]) == ("ok", "ok")
        # Witnesses that are merely gone are told, and nothing fails.
        await house.invited("102")
        house.clock.pass_ms(120_000)
        response = await house.get("/healthz")
        assert response.status == 200
        health = await response.json()
        assert health["status"] == "degraded"
        assert "see which flats are not connected" in health["checks"]["witnesses"]


async def next_event(stream: aiohttp.ClientResponse) -> tuple[str, Any]:
    async with asyncio.timeout(WAIT_S):
        name = (await stream.content.readline()).decode().removeprefix("event: ").strip()
        data = (await stream.content.readline()).decode().removeprefix("data: ")
        await stream.content.readline()
    return name, json.loads(data)


async def test_health_tells_what_is_broken(house: House) -> None:
    folder = house.coordinator.ledger.folder
    flat = await house.invited("101")
    house.clock.pass_until((SLOT + 121) * 1000)
    put = folder.put

    def full(files: Iterable[tuple[str, bytes]]) -> None:
        raise OSError(28, "No space left on device")

    folder.put = full  # type: ignore[method-assign]  # a full disk
    async with house.link(flat) as client:
        first = flat.slot(SLOT, 4)
        with pytest.raises(ConnectionError, match="the link ended"):
            await client.log(first)
    response = await house.get("/healthz")
    assert response.status == 503
    health = await response.json()
    check(health, schema_of("Health"))
    assert "No space left" in health["checks"]["ledger"]
    folder.put = put  # type: ignore[method-assign]  # room again
    async with house.link(flat) as client:
        results, _ = await client.log(first)
        assert results[0].index == 2
    assert (await house.get("/healthz")).status == 200
