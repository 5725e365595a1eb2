"""A flat traces its battery: once a minute and at its end it is on disk, whatever happens between."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
import logging
import sqlite3

import pytest

from localvpp.battery import Anomaly, AnomalyKind, BatteryLife, Day, Trace
from localvpp.battery_book import BatteryBook
from localvpp.devices import BatteryReading, DeviceSilentError, Identity
from localvpp.etp import DeviceId, Record, Source
from localvpp.store import FlatStore, StoreError
from localvpp.tracing import KEEP_EVERY_S

from .home import SECONDS, Home
from .place import ORIGIN, SLOT
from .scripted_devices import WHO

CHARGING = BatteryReading(power_w=-3600.0, soc_percent=50.0, capacity_wh=10_000, soh_percent=98.5, temperature_c=20.0)


async def kept(home: Home) -> BatteryLife:
    """What the database has, as another process sees it."""
    store = await FlatStore.open(home.path, home.membership.device, ORIGIN)
    try:
        (battery,) = await BatteryBook(store, home.membership.device).batteries()
    finally:
        await store.close()
    assert battery.identity == WHO
    return battery.life


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the flat's log tells of its battery."""
    return [record.getMessage() for record in caplog.records if record.name == "localvpp.tracing"]


async def test_a_batterys_life_is_kept_once_a_minute_and_at_the_end(home: Home) -> None:
    home.battery.act = lambda: CHARGING
    await home.start()
    await home.time.seconds()
    assert home.flat.state.life == await kept(home)
    await home.time.seconds(30)
    assert (await kept(home)).charged_wh == 0
    await home.time.seconds(round(KEEP_EVERY_S))
    life = home.flat.state.life
    assert life == await kept(home)
    assert life is not None
    assert (life.charged_wh, life.cycles_hundredths, life.health_permille) == (60, 0, 985)
    await home.stop()
    assert (await kept(home)).charged_wh == 90


async def test_a_flat_that_dies_loses_a_minute_at_the_most(home: Home) -> None:
    home.battery.act = lambda: CHARGING
    await home.start()
    await home.time.seconds(151)
    # The power fails: nothing is saved on the way out, and the process is gone.
    await home.store.close()
    home.run.cancel()
    with suppress(asyncio.CancelledError, StoreError, sqlite3.Error, RuntimeError):
        await home.run
    assert (await kept(home)).charged_wh == 120
    await home.start()
    await home.time.seconds(31)
    await home.stop()
    assert (await kept(home)).charged_wh == 150


async def test_with_counters_nothing_is_lost_at_all(home: Home) -> None:
    counter = 1000

    def counting() -> BatteryReading:
        nonlocal counter
        counter += 1
        return BatteryReading(power_w=-3600.0, charge_wh=counter, discharge_wh=0)

    home.battery.act = counting
    await home.start()
    await home.time.seconds(11)
    await home.stop()
    counter += 5000
    await home.start()
    await home.time.seconds()
    await home.stop()
    life = await kept(home)
    assert (life.charged_wh, life.counted, life.anomalies) == (5011, True, ())


async def test_an_anomaly_is_kept_at_once_and_told_once(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "localvpp.tracing")
    home.battery.act = lambda: BatteryReading(soc_percent=80.0)
    await home.start()
    await home.time.seconds(5)
    home.battery.act = lambda: BatteryReading(soc_percent=20.0)
    await home.time.seconds(10)
    (anomaly,) = (await kept(home)).anomalies
    assert anomaly.kind is AnomalyKind.SOC_JUMP
    assert home.flat.state.life is not None
    assert home.flat.state.life.anomalies == (anomaly,)
    assert told(caplog) == [
        "The battery of flat 101: its state of charge jumped from 80.0 % to 20.0 %, more than its power can do"
    ]
    await home.stop()
    await home.start()
    await home.time.seconds(5)
    assert len(told(caplog)) == 1
    home.clock.move(86_400)
    await home.time.seconds()
    assert told(caplog)[1] == "The battery of flat 101 is well again: soc_jump is over"
    store = await FlatStore.open(home.path, home.membership.device, ORIGIN)
    (battery,) = await BatteryBook(store, home.membership.device).batteries()
    await store.close()
    (over,) = battery.anomalies
    assert over.healed_ms == home.clock.wall
    assert battery.life.anomalies == ()


async def test_what_left_the_battery_is_proven_by_the_flats_own_records(home: Home) -> None:
    home.meter.step, home.meter.power_w = (0, 1), -3600.0
    home.battery.act = lambda: BatteryReading(power_w=1800.0, soc_percent=60.0)
    await home.start()
    await home.online()
    await home.time.seconds(3 * SECONDS + 1)
    await home.stop()
    proven = sum(
        dict(record.body.attributes).get(Source.BATTERY, 0)
        for record in await chain(home)
        if record.body.start_ms >= SLOT * 1000
    )
    assert proven == 15, "half of what was exported came out of the battery"
    # The record of the slot in which it was first read is not counted: it began before.
    assert 0 < (await kept(home)).proven_wh <= proven


async def chain(home: Home) -> list[Record]:
    home.store = await FlatStore.open(home.path, home.membership.device, ORIGIN)
    try:
        return await home.records()
    finally:
        await home.store.close()


async def test_a_battery_that_is_silent_tells_nothing_and_loses_nothing(home: Home) -> None:
    home.battery.act = lambda: CHARGING
    await home.start()
    await home.time.seconds(6)
    home.battery.act = lambda: DeviceSilentError("the battery does not answer")
    await home.time.seconds(20)
    home.battery.act = lambda: CHARGING
    await home.time.seconds(6)
    await home.stop()
    life = await kept(home)
    assert (life.charged_wh, life.unknown_s) == (10, 21)


async def test_a_flat_without_a_battery_has_no_life_to_show(home: Home) -> None:
    await home.start(fitted=("inverter",))
    await home.time.seconds(2)
    assert home.flat.state.life is None


# --- the book ---------------------------------------------------------------------------------------


async def test_each_battery_has_a_trace_of_its_own(store: FlatStore, device: DeviceId) -> None:
    book = BatteryBook(store, device)
    old, new = (Identity(manufacturer="Maker", model="Box", serial=serial) for serial in ("A", "B"))
    trace = Trace.begun(SLOT * 1000).fold(CHARGING, 0, SLOT * 1000)[0]
    await book.save(old, trace.fold(CHARGING, 1000, SLOT * 1000)[0], (), SLOT * 1000)
    await book.save(new, trace, (), SLOT * 1000)
    assert await book.load(Identity(manufacturer="Maker", model="Box", serial="C")) is None
    # An update of its software makes it no other one.
    updated = await book.load(Identity(manufacturer="Maker", model="Box", serial="A", version="2"))
    assert updated is not None
    assert updated.life.charged_wh == 1
    assert [each.identity.serial for each in await book.batteries()] == ["A", "B"]


async def test_all_days_are_kept(store: FlatStore, device: DeviceId) -> None:
    book, trace, wall_ms = BatteryBook(store, device), Trace.begun(SLOT * 1000), SLOT * 1000
    for day in range(5):
        wall_ms = (SLOT + day * 86_400) * 1000
        trace, _ = trace.fold(CHARGING, day * 86_400_000, wall_ms)
        await book.save(WHO, trace, (), wall_ms)
    again = await book.load(WHO)
    assert again is not None
    assert again.trace == trace.resumed()
    assert len(again.trace.days) == 4
    assert again.trace.day == Day(
        number=wall_ms // 86_400_000,
        health_permille=985,
        capacity_wh=10_000,
        coldest_dc=200,
        warmest_dc=200,
    )


async def test_a_save_that_fails_leaves_nothing_half_done(store: FlatStore, device: DeviceId) -> None:
    book, trace = BatteryBook(store, device), Trace.begun(SLOT * 1000)
    await book.save(WHO, trace, (), SLOT * 1000)
    await store.run(lambda db: db.execute("ALTER TABLE battery_anomaly RENAME TO gone"))
    later = trace.fold(CHARGING, 0, SLOT * 1000)[0].fold(CHARGING, 1000, SLOT * 1000)[0]
    with pytest.raises(StoreError, match="battery_anomaly"):
        await book.save(WHO, later, (Anomaly(AnomalyKind.CELL_SPREAD, 1, {}),), SLOT * 1000 + 60_000)
    await store.run(lambda db: db.execute("ALTER TABLE gone RENAME TO battery_anomaly"))
    again = await book.load(WHO)
    assert again is not None
    assert (again.saved_ms, again.trace) == (SLOT * 1000, trace.resumed())


async def test_records_are_counted_once_and_again_when_the_chain_was_taken_up_elsewhere(
    store: FlatStore, device: DeviceId, make_records: Callable[..., list[Record]]
) -> None:
    book, trace = BatteryBook(store, device), Trace.begun(SLOT * 1000 + 1)
    # What went out in four slots, the first of them from before the battery was read.
    made_of = ((Source.SOLAR, 5), (Source.BATTERY, 7))
    records = make_records(4, sender=device, receiver=DeviceId(bytes(16)), attributes=made_of)
    await store.append(records[:3], None)
    assert await book.save(WHO, trace, (), 1) == 14
    assert await book.save(WHO, trace, (), 2) == 14
    await store.append(records[3:], None)
    assert await book.save(WHO, trace, (), 3) == 21
    await store.run(lambda db: db.execute("UPDATE record SET hash = x'77' WHERE seq = 4"))
    await store.run(lambda db: db.commit())
    assert await book.save(WHO, trace, (), 4) == 21
