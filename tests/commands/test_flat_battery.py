"""`local-vpp flat battery`: what was traced of a flat's batteries, for a person, a program and a table."""

import asyncio
from collections.abc import AsyncIterator
import csv
import io
import json
from pathlib import Path
import sys
from typing import Any

import pytest

from commands.main import main
from localvpp.battery import Trace
from localvpp.battery_book import BatteryBook
from localvpp.devices import BatteryReading, Identity
from localvpp.etp import Ed25519Signer, foresee, load_or_create
from localvpp.membership import write_membership
from localvpp.store import FlatStore
from localvpp.wire import Membership

pytestmark = pytest.mark.usefixtures("umask_kept")

ORIGIN = "vpp.example/sakura-heights"
MIDNIGHT_MS = 1_795_305_600_000
"""22 November 2026, in UTC."""
WHO = Identity(manufacturer="Maker", model="Box 10", serial="B-77", version="1.2")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    signer = Ed25519Signer(bytes(range(32)))
    membership = Membership(
        "http://127.0.0.1:1", ORIGIN, "101", signer.public.device_id, signer.public, foresee(signer.public, ORIGIN)
    )
    write_membership(tmp_path / "membership.json", membership)
    return tmp_path


async def traced(data: Path) -> None:
    """An hour of charging across midnight, then a jump of the state of charge."""
    device = Ed25519Signer(bytes(range(32))).public.device_id
    store = await FlatStore.open(data / "flat.db", device, ORIGIN)
    book = BatteryBook(store, device)
    trace, said, wall_ms = Trace.begun(MIDNIGHT_MS - 1_800_000), [], MIDNIGHT_MS - 1_800_000
    for second in range(0, 3601, 10):
        wall_ms = MIDNIGHT_MS - 1_800_000 + second * 1000
        reading = BatteryReading(
            power_w=-2000.0,
            soc_percent=50.0 if second < 3500 else 80.0,
            capacity_wh=10_000,
            soh_percent=97.8,
            temperature_c=21.5,
            cell_min_v=3.3,
            cell_max_v=3.312,
        )
        trace, new = trace.fold(reading, second * 1000, wall_ms)
        said += new
        if wall_ms == MIDNIGHT_MS:
            await book.save(WHO, trace, said, wall_ms)
    await book.save(WHO, trace, said, wall_ms)
    await store.close()


async def show(data: Path, *options: str) -> int:
    return await asyncio.to_thread(main, ["flat", "battery", "--data", str(data), *options])


async def test_a_program_gets_all_of_it(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    await traced(data)
    assert await show(data, "--json") == 0
    (battery,) = json.loads(capsys.readouterr().out)
    anomaly = battery.pop("anomalies")
    days = battery.pop("days")
    assert battery == {
        "format": "local-vpp battery life 1",
        "manufacturer": "Maker",
        "model": "Box 10",
        "serial_number": "B-77",
        "version": "1.2",
        "saved": "2026-11-22T00:30:00+00:00",
        "since": "2026-11-21T23:30:00+00:00",
        "energy_throughput_wh": 2000,
        "charged_energy_wh": 2000,
        "discharged_energy_wh": 0,
        "energy_source": "integrated power",
        "unknown_seconds": 0,
        "proven_discharged_energy_wh": 0,
        "full_equivalent_cycles": 0.1,
        "usable_capacity_wh": 10000,
        "usable_capacity_source": "device",
        "state_of_health_percent": 97.8,
        "round_trip_efficiency_percent": None,
        "round_trip_windows": 0,
        "internal_resistance_milliohm": None,
        "internal_resistance_trend_milliohm_per_30_days": None,
    }
    assert anomaly == [
        {
            "kind": "soc_jump",
            "since": "2026-11-22T00:28:40+00:00",
            "until": None,
            "reason": "its state of charge jumped from 50.0 % to 80.0 %, more than its power can do",
            "numbers": {"before_permille": 500, "after_permille": 800},
        }
    ]
    assert [(day["day"], day["charged_energy_wh"]) for day in days] == [("2026-11-21", 994), ("2026-11-22", 1005)]
    assert days[0] == {
        "day": "2026-11-21",
        "charged_energy_wh": 994,
        "discharged_energy_wh": 0,
        "usable_capacity_wh": 10000,
        "state_of_health_percent": 97.8,
        "capacity_fade_percent": 2.2,
        "temperature_min_c": 21.5,
        "temperature_max_c": 21.5,
        "cell_voltage_spread_mv": 12,
        "cell_temperature_spread_c": None,
        "internal_resistance_milliohm": None,
    }


async def test_a_table_has_a_row_for_each_day(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    await traced(data)
    assert await show(data, "--csv") == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(row["serial_number"], row["day"], row["charged_energy_wh"]) for row in rows] == [
        ("B-77", "2026-11-21", "994"),
        ("B-77", "2026-11-22", "1005"),
    ]
    assert rows[0]["internal_resistance_milliohm"] == ""


async def test_a_person_gets_lines(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    await traced(data)
    assert await show(data) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Maker Box 10 (serial B-77), since 2026-11-21T23:30:00+00:00, last kept 2026-11-22T00:30")
    assert "  charged: 2000 Wh\n" in shown
    assert "  round-trip efficiency: unknown\n" in shown
    assert "2026-11-22T00:28:40+00:00 to now: its state of charge jumped" in shown


async def test_without_a_battery_there_is_nothing_to_show(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert await show(data) == 1
    assert "the flat has not run yet" in capsys.readouterr().err
    device = Ed25519Signer(bytes(range(32))).public.device_id
    await (await FlatStore.open(data / "flat.db", device, ORIGIN)).close()
    assert await show(data) == 0
    assert capsys.readouterr().out == "No battery was read yet.\n"
    assert await show(data, "--json") == 0
    assert json.loads(capsys.readouterr().out) == []
    assert await show(data, "--csv") == 0
    assert capsys.readouterr().out == ""


async def test_json_and_csv_at_once_are_refused(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        await show(data, "--json", "--csv")
    assert "not allowed with" in capsys.readouterr().err


@pytest.fixture
async def gateway(tmp_path: Path, socket_enabled: None) -> AsyncIterator[str]:
    """Flat 101 of a simulated building in a process of its own: where its devices answer."""
    profile = tmp_path / "steady.csv"
    profile.write_text(",GC,GG\n2011-07-01 00:00:00,0.5,1.0\n2011-07-01 00:30:00,0.5,1.0\n")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "simulator", "run", "--flats", "4", "--profiles", str(profile),
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        told = json.loads(await asyncio.wait_for(process.stdout.readline(), 60))
        flat = next(flat for flat in told["flats"] if flat["flat"] == "101")
        yield f"tcp://{flat['host']}:{flat['port']}"
    finally:
        process.terminate()
        await process.wait()


@pytest.mark.slow
async def test_a_headless_flat_traces_its_battery_and_keeps_it_when_it_is_killed(
    data: Path, gateway: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async def run(data: Path) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "commands.main", "flat", "run", "--data", str(data),
            "--meter", f"{gateway}?unit=1", "--inverter", f"{gateway}?unit=2",
        )  # fmt: skip

    async def shown(data: Path) -> list[dict[str, Any]]:
        assert await show(data, "--json") == 0
        batteries: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
        return batteries

    public = load_or_create(data / "flat.key").public
    write_membership(
        data / "membership.json",
        Membership("http://127.0.0.1:1", ORIGIN, "101", public.device_id, public, foresee(public, ORIGIN)),
    )
    flat = await run(data)
    try:
        async with asyncio.timeout(60):
            while not (data / "flat.db").exists() or not await shown(data):
                await asyncio.sleep(0.2)
        (first,) = await shown(data)
    finally:
        flat.kill()
        await flat.wait()
    assert await shown(data) == [first]
    assert first["model"].startswith("Hybrid")
    assert first["usable_capacity_wh"] > 0
    flat = await run(data)
    try:
        async with asyncio.timeout(60):
            while (await shown(data))[0]["saved"] == first["saved"]:
                await asyncio.sleep(0.2)
        (second,) = await shown(data)
    finally:
        flat.terminate()
        assert await flat.wait() == 0
    (last,) = await shown(data)
    assert last["since"] == first["since"]
    assert last["energy_throughput_wh"] >= first["energy_throughput_wh"]
    assert last["saved"] >= second["saved"] > first["saved"]
