"""Charger and gas meter of a flat: read each second, and a gas total that outlives restarts of flat and counter."""

from pathlib import Path

import pytest

from localvpp.devices import ChargerReading, ChargerState, DeviceSilentError, GasReading
from localvpp.etp import DeviceId
from localvpp.gas_book import KEEP_EVERY_S, GasBook
from localvpp.outage import Outages
from localvpp.rounds import FlatDevices, Rounds
from localvpp.store import FlatStore

from .home import Home
from .place import ORIGIN, HandClock
from .scripted_devices import ScriptedCharger, ScriptedMeter

FLAT = DeviceId(bytes(range(16)))


async def opened(path: Path) -> FlatStore:
    return await FlatStore.open(path / "flat.db", FLAT, ORIGIN)


async def test_a_total_goes_on_after_a_restart(tmp_path: Path) -> None:
    clock = HandClock()
    store = await opened(tmp_path)
    book = GasBook(store, 500_000, clock)
    assert book.total_l is None
    await book.take(GasReading(volume_l=7_000))
    assert book.total_l == 500_000
    clock.move(1)
    await book.take(GasReading(volume_l=7_010))
    await store.close()  # It dies, with what was kept at first.
    clock.move(3600)

    store = await opened(tmp_path)
    book = GasBook(store, 500_000, clock)
    await book.take(GasReading(volume_l=7_250))
    assert book.total_l == 500_250, "what flowed meanwhile stands in the counter"
    clock.move(KEEP_EVERY_S)
    await book.take(GasReading(volume_l=30))
    assert book.total_l == 500_280, "the counter began anew"
    await book.keep()
    await store.close()

    store = await opened(tmp_path)
    book = GasBook(store, 900_000, clock)
    await book.take(GasReading(volume_l=30))
    assert book.total_l == 900_000, "the dial was read anew"
    await store.close()


async def test_a_meter_that_tells_its_dial_needs_no_start(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    book = GasBook(store, None, HandClock())
    await book.take(GasReading())
    assert book.total_l is None
    await book.take(GasReading(volume_l=123_456))
    await book.take(GasReading(volume_l=None))
    assert book.total_l == 123_456
    await store.close()


async def test_a_flat_shows_its_car_and_its_gas(home: Home) -> None:
    home.charger.act = lambda: ChargerReading(power_w=-3000.0, charge_wh=5_000, state=ChargerState.CHARGING)
    home.gas.act = lambda: GasReading(volume_l=7_000)
    await home.start(fitted=("charger", "gas"))
    await home.time.seconds()
    state = home.flat.state
    assert (state.charger, state.gas_l) == (home.charger.act(), 7_000)
    assert state.gas_wh == 87_500
    home.gas.act = lambda: DeviceSilentError("the gas meter does not answer")
    await home.time.seconds()
    state = home.flat.state
    assert (state.gas, state.gas_l, dict(state.problems)) == (None, 7_000, {"gas": "the gas meter does not answer"})
    assert state.charger is not None
    await home.stop()


@pytest.mark.parametrize(
    ("said", "is_v2h", "vehicle_w"),
    [(ChargerReading(power_w=1500.0), False, 1500), (None, True, None), (None, False, 0)],
)
async def test_only_a_v2h_that_is_not_heard_leaves_open_what_an_export_is_made_of(
    said: ChargerReading | None, is_v2h: bool, vehicle_w: int | None
) -> None:
    clock, charger = HandClock(), ScriptedCharger()
    charger.can_discharge = is_v2h
    charger.act = lambda: DeviceSilentError("it does not answer") if said is None else said
    read = await Rounds(FlatDevices(meter=ScriptedMeter(), charger=charger), Outages("101", clock), clock).read()
    assert read.sample is not None
    assert read.sample.vehicle_w == vehicle_w
