"""What a server can do that a file in the data folder cannot: be shared, be lost and come back, be set up wrongly."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
import logging
from pathlib import Path
import shutil
import signal
import socket

import pytest
import pytest_socket
from sqlalchemy.exc import SQLAlchemyError

from commands.heldport import held_port
from coordinator.config import BuildingConfig
from coordinator.ledger import LedgerError, LedgerUnavailableError
from coordinator.store import StoreError, close_database, open_database
from localvpp.enrol import EnrolmentError, enrol
from localvpp.etp import Ed25519Signer

from .conftest import SLOT, open_house
from .flat import WAIT_S, Flat, ManualClock
from .ledgers import Opened, check_whole, opened
from .postgresql import PostgreSql

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("database", ["postgresql"], indirect=True)]


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that nobody listens on."""
    with held_port() as port:
        yield port


def slot(flat: Flat, minute: int) -> list[bytes]:
    return [record.encode() for record in flat.slot(SLOT + minute * 60, 5)]


def elsewhere(config: BuildingConfig) -> BuildingConfig:
    """Return the same building as another machine has it, which was given a copy of everything."""
    shutil.copytree(config.data, config.data.with_name("elsewhere"))
    (config.data.with_name("elsewhere") / "lock").unlink()
    return replace(config, data=config.data.with_name("elsewhere"))


def lose_writer(server: PostgreSql, url: str) -> None:
    """End the session that holds the writer's lock, as a network does that forgets it."""
    found = server.sql(
        url,
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 2 AND database = "
        "(SELECT oid FROM pg_database WHERE datname = current_database())",
    )
    assert found == "t"


async def submit_until_taken(each: Opened, flat: Flat, records: list[bytes]) -> None:
    """Submit as a flat does: again, until it is answered."""
    async with asyncio.timeout(WAIT_S):
        while True:
            try:
                logged = await each.ledger.submit(flat.device, records)
            except LedgerUnavailableError:
                continue
            assert all(result.index is not None for result in logged.results)
            return


async def test_a_second_coordinator_on_one_database_is_refused_until_the_first_has_left(
    config: BuildingConfig, clock: ManualClock
) -> None:
    clock.pass_ms(120_000)
    async with opened(config, clock) as first:
        flat = await first.enrolled("101")
        second = elsewhere(config)
        with pytest.raises(
            LedgerError, match=r"another coordinator writes to this database, connected from 127\.0\.0\.1"
        ):
            async with opened(second, clock):
                pass
        await first.ledger.submit(flat.device, slot(flat, 0))
        assert first.ledger.trouble is None
        assert check_whole(first) == 4
    async with opened(second, clock) as after:
        await after.ledger.submit(flat.device, slot(flat, 1))
        assert check_whole(after) == 6


async def test_a_writer_that_lost_its_session_goes_on_with_a_new_one(
    config: BuildingConfig, clock: ManualClock, postgresql: PostgreSql
) -> None:
    clock.pass_ms(120_000)
    async with opened(config, clock) as each:
        flat = await each.enrolled("101")
        lose_writer(postgresql, config.database_url)
        records = slot(flat, 0)
        with pytest.raises(LedgerUnavailableError):
            await each.ledger.submit(flat.device, records)
        await submit_until_taken(each, flat, records)
        assert each.ledger.trouble is None
        assert check_whole(each) == 4


async def test_a_writer_whose_place_was_taken_writes_nothing_until_it_is_free_again(
    config: BuildingConfig, clock: ManualClock, postgresql: PostgreSql
) -> None:
    clock.pass_ms(180_000)
    async with opened(config, clock) as first:
        flats = [await first.enrolled(name) for name in ("101", "102")]
        taker = elsewhere(config)
        lose_writer(postgresql, config.database_url)
        async with opened(taker, clock) as second:
            await second.ledger.submit(flats[0].device, slot(flats[0], 0))
            waiting = slot(flats[1], 0)
            for _ in range(2):
                with pytest.raises(LedgerUnavailableError):
                    await first.ledger.submit(flats[1].device, waiting)
            assert "another coordinator writes to this database" in (first.ledger.trouble or "")
            assert first.ledger.size == 3
            assert check_whole(second) == 5
        await submit_until_taken(first, flats[1], waiting)
        assert check_whole(first) == 7


async def test_a_server_that_crashes_and_comes_back_has_all_that_was_acknowledged(
    config: BuildingConfig, clock: ManualClock, postgresql: PostgreSql, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_house(config, clock) as house:
        flat = await house.invited("101")
        invite_for_later = await house.invite("102")
        clock.pass_ms(120_000)
        ledger = house.coordinator.ledger
        await ledger.submit(flat.device, slot(flat, 0))
        postgresql.stop(signal.SIGQUIT)
        try:
            with pytest.raises(LedgerUnavailableError):
                await ledger.submit(flat.device, slot(flat, 1))
            answer = await house.get("/healthz", token=False)
            assert (answer.status, (await answer.json())["status"]) == (503, "failing")
            assert "the database does not answer" in (await answer.json())["checks"]["database"]
            assert (await house.get("/api/v1/records")).status == 503
            with pytest.raises(EnrolmentError) as caught:
                await enrol(house.session, house.url, invite_for_later, Ed25519Signer.generate(), software="test")
            assert caught.value.code == "unavailable"
        finally:
            postgresql.start()
        await ledger.ready()
        assert ledger.trouble is None
        assert (await house.get("/healthz")).status == 200
        assert [each["index"] for each in await (await house.get("/api/v1/records")).json()] == [3, 2, 1, 0]
        await enrol(house.session, house.url, invite_for_later, Ed25519Signer.generate(), software="test")
        assert ledger.size == 5
    assert caplog.text.count("The ledger cannot write") == 1
    assert caplog.text.count("The ledger takes records again") == 1


async def test_a_server_that_falls_silent_is_not_waited_for_without_end(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coordinator.store.postgresql.COMMAND_S", 3)
    engine = await open_database(database)
    with pytest.raises(SQLAlchemyError, match="TimeoutError: see that the server runs"):
        async with engine.connect() as connection:
            await connection.exec_driver_sql(f"SELECT pg_sleep({WAIT_S})")
    async with engine.connect() as connection:
        assert (await connection.exec_driver_sql("SELECT 1")).scalar_one() == 1
    await close_database(engine)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # It lets clients in, and says nothing.
        port = silent.getsockname()[1]
        monkeypatch.setattr("coordinator.store.postgresql.CONNECT_S", 0.3)
        with pytest.raises(StoreError, match="TimeoutError: see that the server runs"):
            await open_database(f"postgresql+asyncpg://tests@127.0.0.1:{port}/vpp")


async def test_a_server_is_reached_by_its_socket_and_told_of_when_a_power_cut_would_hurt_it(
    database: str, postgresql: PostgreSql, caplog: pytest.LogCaptureFixture
) -> None:
    pytest_socket.socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
    with caplog.at_level(logging.WARNING):
        await close_database(await open_database(postgresql.url_by_socket(database)))
    assert "runs with fsync off: a power cut may destroy" in caplog.text
    assert "full_page_writes off" not in caplog.text
    assert postgresql.sql(database, "SELECT count(*) FROM log_head") == "0"


async def test_every_session_commits_durably_whatever_the_database_has_for_a_default(
    config: BuildingConfig, postgresql: PostgreSql
) -> None:
    url = config.database_url
    name = url.rpartition("/")[2]
    postgresql.sql(url, f"ALTER DATABASE {name} SET synchronous_commit = off")
    postgresql.sql(url, f"ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'")
    engine = await open_database(url)
    async with engine.connect() as connection:
        for setting, value in (("synchronous_commit", "on"), ("transaction_isolation", "read committed")):
            assert (await connection.exec_driver_sql(f"SHOW {setting}")).scalar_one() == value
    await close_database(engine)


async def test_what_cannot_serve_is_told_with_a_remedy_and_without_the_password(
    database: str, postgresql: PostgreSql, silent_port: int
) -> None:
    base, _, name = database.rpartition("/")
    latin = postgresql.new_database("--encoding=LATIN1", "--template=template0")
    nowhere = base.replace(f":{postgresql.port}", f":{silent_port}")
    wrong = {
        f"{base.replace('tests@', 'tests:hush@')}/nothing": "does not exist: make it with createdb --encoding=UTF8",
        f"{base.replace('tests@', 'stranger:hush@')}/{name}": 'role "stranger" does not exist: check the user',
        f"{nowhere.replace('tests@', 'tests:hush@')}/{name}": "see that the server runs",
        latin.replace("tests@", "tests:hush@"): "stores text as LATIN1",
    }
    for url, told in wrong.items():
        with pytest.raises(StoreError, match="cannot be used") as caught:
            await open_database(url)
        assert told in str(caught.value)
        assert "hush" not in str(caught.value)


def test_a_buildings_configuration_does_not_show_the_password(config: BuildingConfig) -> None:
    shown = repr(replace(config, database="postgresql+asyncpg://vpp:hush@localhost/vpp", file=Path("building.yaml")))
    assert "hush" not in shown
