"""`local-vpp devices read` where nothing answers, and what any command writes to its log: real processes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
import socket
import sys
import time

import pytest

from ..coordinator.conftest import FILE

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("socket_enabled")]


async def ran(*arguments: str) -> tuple[int | None, str, str]:
    """Run Python to its end; return its exit code and what it wrote."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


async def read(address: str) -> str:
    """Return the complaint of a reading."""
    code, out, err = await ran("-m", "commands.main", "devices", "read", address)
    assert (code, out) == (1, "")
    return err


@asynccontextmanager
async def silent_port() -> AsyncIterator[int]:
    """A gateway that takes connections and answers nothing."""

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(listen, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


async def test_an_address_where_nothing_listens_is_one_sentence_with_a_remedy() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{reserved.getsockname()[1]}?unit=1"
        told = await read(address)
    assert told.startswith(f"local-vpp: the device at {address} cannot be reached ("), told
    assert "check its power, its network or serial cable, the address and the port" in told
    assert told.count("\n") == 1, told


@pytest.mark.real_time
async def test_a_silent_device_is_given_up_after_one_question_in_one_sentence() -> None:
    async with silent_port() as port:
        began = time.monotonic()
        told = await read(f"tcp://127.0.0.1:{port}?unit=1")
        took = time.monotonic() - began
    assert told.startswith(f"local-vpp: the device at tcp://127.0.0.1:{port}?unit=1 does not answer ("), told
    assert "check its power, the cable, the unit number" in told
    assert "give its --map" in told
    assert told.count("\n") == 1, told
    assert took < 9, "one request of three seconds, not one for each type"


async def test_libraries_that_tell_each_request_are_silent_and_our_own_lines_are_not() -> None:
    lines = [
        "import logging; from commands.main import main",
        "main(['devices', 'read', 'nowhere'])",
        "logging.getLogger('modbus_connection.model.fields').warning('noise of fields')",
        "logging.getLogger('pymodbus.logging').error('noise in hex')",
        "logging.getLogger('alembic.runtime.migration').info('noise of a database')",
        "logging.getLogger('localvpp.outage').warning('a meter fails')",
    ]
    code, _, err = await ran("-c", "\n".join(lines))
    assert code == 0
    assert "noise" not in err
    assert "a meter fails" in err


async def test_an_invite_is_all_that_inviting_writes(tmp_path: Path) -> None:
    file = tmp_path / "building.yaml"
    file.write_text(FILE)
    code, out, err = await ran("-m", "commands.main", "coordinator", "invite", str(file), "101")
    assert (code, out.count("\n")) == (0, 1)
    assert "INFO" not in err
