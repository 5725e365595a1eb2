"""Devices read beside their flat's rounds: what takes long holds nothing up, and is told with its age."""

import asyncio
from collections.abc import Callable

import pytest

from localvpp import beside
from localvpp.beside import Beside
from localvpp.devices import ChargerReading, DeviceSilentError, Door, GasReading, InverterReading, later, news


class Slow:
    """An inverter that answers when a test says so."""

    door: Door | None = None

    def __init__(self) -> None:
        self.begun = 0
        self.answers: asyncio.Queue[Callable[[], InverterReading]] = asyncio.Queue()

    async def read(self) -> InverterReading:
        self.begun += 1
        return (await self.answers.get())()

    def says(self, watts: float) -> None:
        self.answers.put_nowait(lambda: InverterReading(ac_power_w=watts, state=None))

    def fails(self) -> None:
        def fail() -> InverterReading:
            raise DeviceSilentError("silent")

        self.answers.put_nowait(fail)


async def settled(reader: Beside[InverterReading]) -> None:
    while reader.under_way:
        await asyncio.sleep(0)


async def test_one_that_answers_in_its_second_is_told_as_it_is() -> None:
    device, reader = Slow(), Beside[InverterReading]()
    device.says(1)
    reader.begin(device)
    await settled(reader)
    assert reader.take() == InverterReading(ac_power_w=1)
    assert [reader.news(), reader.news()] == [InverterReading(ac_power_w=1), None], "each is news once"


async def test_one_that_takes_longer_is_told_with_its_age_and_read_once_at_a_time() -> None:
    device, reader = Slow(), Beside[InverterReading]()
    reader.begin(device)
    with pytest.raises(TimeoutError):
        reader.take()
    await asyncio.sleep(0.02)
    reader.begin(device)
    await asyncio.sleep(0)
    assert device.begun == 1
    device.says(1)
    await settled(reader)
    reading = reader.take()
    assert reading.ac_power_w == 1
    assert set(reading.ages_ms) == {"ac_power_w"}
    assert reading.ages_ms["ac_power_w"] >= 20, "it is as old as its question"
    assert reader.news() == InverterReading(ac_power_w=1)
    reader.begin(device)
    await asyncio.sleep(0)
    assert device.begun == 2
    assert reader.take().ac_power_w == 1, "while it is asked again"
    assert reader.news() is None
    await reader.close()
    assert not reader.under_way


async def test_what_is_too_old_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "LATE_S", 0.01)
    device, reader = Slow(), Beside[InverterReading]()
    device.says(1)
    reader.begin(device)
    await settled(reader)
    reader.begin(device)
    await asyncio.sleep(0.02)
    with pytest.raises(TimeoutError):
        reader.take()
    await reader.close()


async def test_an_error_ends_what_was_told_before() -> None:
    device, reader = Slow(), Beside[InverterReading]()
    device.says(1)
    reader.begin(device)
    await settled(reader)
    device.fails()
    reader.begin(device)
    await settled(reader)
    with pytest.raises(DeviceSilentError):
        reader.take()
    reader.begin(device)
    with pytest.raises(TimeoutError):
        reader.take()
    await reader.close()


async def test_a_reading_without_end_is_begun_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "GIVEN_UP_S", 0.01)
    device, reader = Slow(), Beside[InverterReading]()
    reader.begin(device)
    await asyncio.sleep(0.02)
    device.begun, before = 0, reader.under_way
    reader.begin(device)
    await asyncio.wait(before)
    device.says(2)
    await settled(reader)
    assert (device.begun, reader.take().ac_power_w) == (1, 2)


def test_ages_add_up_and_what_is_known_can_be_left_out() -> None:
    reading = InverterReading(ac_power_w=1, pv_power_w=2, ages_ms={"pv_power_w": 500})
    told = later(reading, 1.25)
    assert told.ages_ms == {"ac_power_w": 1250, "pv_power_w": 1750}
    assert news(reading, 10_000, {}) == (
        InverterReading(ac_power_w=1, pv_power_w=2),
        {"ac_power_w": 10_000, "pv_power_w": 9_500},
    )
    new, measured_ms = news(told, 11_250, {"ac_power_w": 10_000, "pv_power_w": 8_500})
    assert new == InverterReading(pv_power_w=2), "the first is known, the second was measured since"
    assert measured_ms == {"ac_power_w": 10_000, "pv_power_w": 9_500}


def test_a_charger_tells_the_age_of_each_value_and_a_gas_meter_that_of_its_one() -> None:
    assert later(ChargerReading(power_w=-3000.0), 0.5).ages_ms == {"power_w": 500}
    told = later(GasReading(volume_l=7, age_ms=100), 0.5)
    assert told == GasReading(volume_l=7, age_ms=600)
