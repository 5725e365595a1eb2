"""The command line of the coordinator: what a person types and a service manager starts."""

import argparse
import asyncio
from collections.abc import Sequence
import json
import os
from pathlib import Path
import signal
import sys
from typing import Any

import aiohttp
import pytest

from coordinator.cli import add_arguments, run
from localvpp.enrol import enrol
from localvpp.etp import Ed25519Signer
from localvpp.wire import Invite

from .conftest import FILE, on_both_databases, write_config


def command(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return run(parser.parse_args(arguments))


@pytest.fixture
def file(tmp_path: Path, database: str | None) -> Path:
    return write_config(tmp_path, database).file


def test_init_writes_a_file_that_check_finds_sound(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.yaml"
    assert command("init", str(path)) == 0
    assert command("check", str(path)) == 0
    assert "is sound: Sakura Heights, 8 flats, slots of 30 min" in capsys.readouterr().out
    assert not (tmp_path / "data").exists()
    assert command("init", str(path)) == 1
    assert "is there already" in capsys.readouterr().err


def test_check_tells_what_is_wrong(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(FILE.replace('"22.00"', "22.00"))
    assert command("check", str(file)) == 2
    assert f"{file}:8: prices.inside: 22.0 is a bare number" in capsys.readouterr().err


@pytest.mark.parametrize("data", ["/proc/nope", "building.yaml", "building.yaml/data"])
def test_a_data_folder_that_cannot_be_is_told_with_its_line(
    data: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(FILE.replace("./data", data))
    for arguments in (["check"], ["run"], ["invite", "101"], ["token"], ["rotate-key"]):
        assert command(arguments[0], str(file), *arguments[1:]) == 2
        told = capsys.readouterr().err
        assert told.startswith(f"{file}:4: data: ")
        assert "write a folder that" in told
        assert [each.name for each in file.parent.iterdir()] == [file.name]


def test_check_makes_no_folder_and_leaves_the_one_that_is_there(file: Path) -> None:
    file.write_text(FILE.replace("./data", "./var/lib/data"))
    assert command("check", str(file)) == 0
    assert [each.name for each in file.parent.iterdir()] == [file.name]
    kept = file.parent / "var/lib/data/kept"
    kept.parent.mkdir(parents=True)
    kept.touch()
    assert command("check", str(file)) == 0
    assert list(kept.parent.iterdir()) == [kept]


def test_the_token_stays_the_same_and_is_nobody_elses_to_read(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("token", str(file)) == 0
    token = capsys.readouterr().out
    assert command("token", str(file)) == 0
    assert capsys.readouterr().out == token
    path = file.parent / "data" / "keys" / "web_token"
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    assert command("token", str(file)) == 1
    assert "chmod 600" in capsys.readouterr().err


def test_what_is_made_is_the_owners_alone(file: Path) -> None:
    assert command("invite", str(file), "101") == 0
    data = file.parent / "data"
    made = [data, *data.rglob("*")]
    assert {"building.db", "building"} <= {each.name for each in made}
    assert [each for each in made if each.stat().st_mode & 0o077] == []


def test_a_token_file_that_holds_none_is_named(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("token", str(file)) == 0
    path = file.parent / "data" / "keys" / "web_token"
    assert [each.name for each in path.parent.iterdir()] == ["web_token"]
    for text in (b"\n", b"\xff\n"):
        path.write_bytes(text)
        capsys.readouterr()
        assert command("token", str(file)) == 1
        assert f"{path} " in capsys.readouterr().err


def test_an_invite_is_printed_for_people_and_for_programs(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("invite", str(file), "101") == 0
    assert Invite.parse(capsys.readouterr().out).flat == "101"
    assert command("invite", str(file), "101", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["flat"], Invite.parse(told["invite"]).flat) == ("101", "101")
    assert command("invite", str(file), "9") == 1
    assert "known are 101, 102, 103" in capsys.readouterr().err


async def start(*arguments: str) -> asyncio.subprocess.Process:
    code = "import argparse,sys; from coordinator.cli import add_arguments, run; p = argparse.ArgumentParser(); "
    code += "add_arguments(p); sys.exit(run(p.parse_args()))"
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )


async def output(arguments: Sequence[str]) -> tuple[int | None, str, str]:
    process = await start(*arguments)
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


async def first_line(process: asyncio.subprocess.Process) -> dict[str, str]:
    assert process.stdout is not None
    async with asyncio.timeout(90):
        line: dict[str, str] = json.loads(await process.stdout.readline())
    return line


@pytest.mark.slow
@on_both_databases
async def test_a_service_that_is_killed_comes_back_with_all_it_had_accepted(file: Path, socket_enabled: None) -> None:
    process = await start("run", str(file))
    try:
        line = await first_line(process)
        assert line["origin"] == "vpp.example/test"
        code, out, _ = await output(["invite", str(file), "101", "--json"])  # While the service runs.
        assert code == 0
        async with aiohttp.ClientSession() as session:
            invite = Invite.parse(json.loads(out)["invite"])
            await enrol(session, line["url"], invite, Ed25519Signer.generate(), software="test")
            async with session.get(f"{line['url']}/log/checkpoint") as response:
                checkpoint = await response.text()
        code, _, err = await output(["run", str(file)])
        assert code == 1
        assert f"in use by process {process.pid}" in err
    finally:
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()
    process = await start("run", str(file))
    try:
        line = await first_line(process)
        async with aiohttp.ClientSession() as session, session.get(f"{line['url']}/log/checkpoint") as response:
            assert await response.text() == checkpoint
    finally:
        process.terminate()
        async with asyncio.timeout(60):
            _, told = await process.communicate()
    assert process.returncode == 0, told.decode()
    assert "Traceback" not in told.decode()


async def reads_as(url: str, token: str) -> Any:
    """Whom the coordinator takes somebody for."""
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession() as session, session.get(f"{url}/api/v1/reader", headers=headers) as response:
        return await response.json()


@pytest.mark.slow
async def test_the_manager_speaks_to_the_running_coordinator(file: Path, socket_enabled: None) -> None:
    process = await start("run", str(file))
    try:
        line = await first_line(process)
        url = ["--url", line["url"]]
        _, out, _ = await output(["invite", str(file), "101", "--json"])
        async with aiohttp.ClientSession() as session:
            invite = Invite.parse(json.loads(out)["invite"])
            await enrol(session, line["url"], invite, Ed25519Signer.generate(), software="test")
        code, out, err = await output(["member", str(file), "suspend", "101", "--reason", "moved out?", *url])
        assert (code, err) == (0, "")
        assert json.loads(out)["standing"] == "suspended"
        code, token, _ = await output(["token", str(file), "--flat", "101", *url])
        assert (code, await reads_as(line["url"], token.strip())) == (0, {"role": "resident", "flat": "101"})
        assert (await output(["member", str(file), "revoke", "101", *url]))[0] == 0
        code, _, err = await output(["member", str(file), "reinstate", "101", *url])
        assert code == 1
        assert "which nothing lifts: invite the flat again" in err
        assert (await reads_as(line["url"], token.strip()))["error"]["code"] == "unauthorized"
        code, _, err = await output(["token", str(file), "--flat", "101", *url])
        assert (code, err) == (2, "local-vpp: no flat 101 is enrolled, and its token follows from its device\n")
        code, out, _ = await output(["member", str(file), "list", *url])
        assert [(json.loads(each)["flat"], json.loads(each)["standing"]) for each in out.splitlines()] == [
            ("101", "revoked")
        ]
        code, out, _ = await output(["erase", str(file), "101", "--until", "2026-01-01", *url])
        assert (code, json.loads(out)) == (0, {"flat": "101", "erased": 0, "kept": 0})
    finally:
        process.terminate()
        await process.wait()
    code, _, err = await output(["member", str(file), "list", *url])
    assert code == 1
    assert "start it, or give its address with --url" in err


def test_a_manager_is_told_what_to_write(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("member", str(file), "revoke") == 2
    assert "Give the flat's number" in capsys.readouterr().err
    assert command("member", str(file), "list") == 1
    assert "give it with --url" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        command("erase", str(file), "101", "--until", "tomorrow")
    assert "write it as 2026-04-01" in capsys.readouterr().err
