"""The command that makes a flat without Home Assistant a member, against a real coordinator."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from commands.main import main
from coordinator.enrolment import issue_invite
from localvpp import tlog
from localvpp.etp import load_or_create
from localvpp.notebook import Evidence, Notebook
from localvpp.store import FlatStore
from localvpp.wire import Invite

from ..coordinator.conftest import ORIGIN, House
from ..lossy import lossy

pytestmark = [
    pytest.mark.usefixtures("umask_kept"),
    # A connection that the coordinator keeps open for its next request leaves its timer.
    pytest.mark.parametrize("expected_lingering_timers", [True]),
]


async def invite(house: House, flat: str = "101") -> str:
    return (await issue_invite(house.coordinator.engine, house.coordinator.config, flat, house.clock)).text


async def enrol(url: str, code: str, data: Path, fingerprint: str | None = None) -> int:
    """Run the command in a thread: it has an event loop of its own."""
    told = [] if fingerprint is None else ["--fingerprint", fingerprint]
    return await asyncio.to_thread(main, ["flat", "enrol", url, "--invite", code, "--data", str(data), *told])


async def test_an_answer_that_got_lost_is_asked_for_again_with_the_same_key(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "flat"
    async with lossy(house.url) as line:
        assert await enrol(line.url, await invite(house), data) == 1
    told = capsys.readouterr().err
    own = load_or_create(data / "flat.key").public
    assert own.fingerprint in told
    assert "enrol into the same folder again" in told
    assert not (data / "membership.json").exists()
    member = house.coordinator.ledger.directory.named("101")
    assert member is not None
    assert member.key == own, "the coordinator did hear it"
    size = house.coordinator.ledger.size

    # A mistyped invite says nothing about the key.
    assert await enrol(house.url, Invite.issue("101").text, data) == 1
    assert load_or_create(data / "flat.key").public == own
    capsys.readouterr()
    assert await enrol(house.url, await invite(house), data) == 0
    shown: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert (shown["flat"], shown["fingerprint"]) == ("101", own.fingerprint)
    assert house.coordinator.ledger.size == size
    assert (data / "flat.key").stat().st_mode & 0o777 == 0o600


async def test_a_key_that_nobody_knows_is_not_left_behind(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "flat"
    assert await enrol(house.url, Invite.issue("101").text, data, house.key.fingerprint) == 1
    assert "is not known for flat 101" in capsys.readouterr().err
    assert await enrol("http://127.0.0.1:9", await invite(house), data) == 1
    assert "nothing answers" in capsys.readouterr().err
    assert list(data.iterdir()) == []
    # One that was brought stays, whatever is said of it.
    brought = load_or_create(data / "flat.key").public
    assert await enrol(house.url, Invite.issue("101").text, data, house.key.fingerprint) == 1
    assert load_or_create(data / "flat.key").public == brought
    assert await enrol(house.url, await invite(house), data) == 0
    assert json.loads(capsys.readouterr().out)["fingerprint"] == brought.fingerprint


async def test_a_refusal_by_a_building_whose_fingerprint_was_not_given_loses_no_key(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "flat"
    assert await enrol(house.url, Invite.issue("101").text, data) == 1
    own = load_or_create(data / "flat.key").public
    told = capsys.readouterr().err
    assert "is not known for flat 101" in told
    assert f"may know this flat's key {own.fingerprint}: keep it" in told
    assert await enrol(house.url, await invite(house), data, house.key.fingerprint) == 0
    assert json.loads(capsys.readouterr().out)["fingerprint"] == own.fingerprint


async def test_evidence_is_printed_while_the_flat_runs_and_verifies_with_the_logs_key(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "flat"
    assert await enrol(house.url, await invite(house), data) == 0
    capsys.readouterr()
    show = ["flat", "evidence", "--data", str(data)]
    assert await asyncio.to_thread(main, show) == 1
    assert "the flat has not run yet" in capsys.readouterr().err
    key = tlog.SignerKey(ORIGIN, tlog.SignatureType.ED25519, bytes(32))
    heads = [
        tlog.sign_checkpoint(tlog.Checkpoint(ORIGIN, 5, tlog.leaf_hash(what)), [tlog.Ed25519Signer(key)])
        for what in (b"one", b"another")
    ]
    store = await FlatStore.open(data / "flat.db", load_or_create(data / "flat.key").public.device_id, ORIGIN)
    try:
        assert await asyncio.to_thread(main, show) == 0
        assert json.loads(capsys.readouterr().out) == []
        await Notebook(store).keep(Evidence(1_795_312_800_000, "two heads", *heads))
        assert await asyncio.to_thread(main, show) == 0
    finally:
        await store.close()
    (shown,) = json.loads(capsys.readouterr().out)
    assert (shown["seen_ms"], shown["reason"]) == (1_795_312_800_000, "two heads")
    verifier = tlog.Ed25519Verifier(key.verifier_key)
    opened = [tlog.open_checkpoint(shown[side].encode(), verifier).checkpoint for side in ("ours", "theirs")]
    assert opened[0].size == opened[1].size == 5
    assert opened[0].root != opened[1].root


async def test_an_address_to_listen_on_that_is_none_is_told_before_anything_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["flat", "run", "--data", str(tmp_path), "--meter", "tcp://127.0.0.1:1?unit=1", "--witness-listen", "x"]
    assert await asyncio.to_thread(main, arguments) == 1
    assert "--witness-listen 'x': write HOST:PORT" in capsys.readouterr().err
