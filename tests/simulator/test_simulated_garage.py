"""A car at its charger and a counted boiler in the simulated building, as a Modbus master meets them."""

from collections.abc import AsyncIterator
from typing import Any, cast

from pymodbus.client import AsyncModbusTcpClient
import pytest

from simulator import Settings
from simulator.runner import Profiles, prepare
from simulator.site import CHARGER, GAS, METER, Site, build

from .conftest import Clock
from .master import read_f32

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture
async def site(profiles: Profiles, clock: Clock) -> AsyncIterator[Site]:
    settings = Settings(flats=4, garages=["104"])
    plant = prepare(settings, profiles, lambda: clock.now_ms, lambda: 0)
    clock.plant = plant
    site = build(plant, "test", "127.0.0.1", 0)
    await site.open()
    yield site
    await site.close()


@pytest.fixture
async def client(site: Site) -> AsyncIterator[AsyncModbusTcpClient]:
    line = site.flats["104"]
    client = AsyncModbusTcpClient("127.0.0.1", port=line.port)  # type: ignore[union-attr]
    assert await client.connect()
    yield client
    client.close()


async def test_a_car_loads_the_meter_and_follows_a_limit_until_it_ends(
    site: Site, client: AsyncModbusTcpClient, clock: Clock
) -> None:
    clock.pass_ms(2000)
    with_car = await read_f32(client, 0x000C, METER)
    answer = await client.write_registers(1210, [0x40C0, 0x0000], device_id=CHARGER)  # 6 A
    assert not answer.isError()
    clock.pass_ms(2000)
    assert with_car - await read_f32(client, 0x000C, METER) == pytest.approx(10 * 230, abs=150)
    clock.pass_ms(60_000)
    assert await read_f32(client, 0x000C, METER) == pytest.approx(with_car, abs=150)


async def test_gas_is_counted_a_pulse_each_minute(client: AsyncModbusTcpClient, clock: Clock) -> None:
    clock.pass_ms(180_000)
    answer = await client.read_input_registers(0x0010, count=2, device_id=GAS)
    assert answer.registers == [0, 3]


async def test_the_layout_names_both_and_a_flat_without_them_has_none(site: Site) -> None:
    flats = cast("list[dict[str, Any]]", site.layout()["flats"])
    assert flats[3]["devices"]["charger"] == {"unit": CHARGER, "model": "alfen_eve"}
    assert flats[3]["devices"]["gas"] == {"unit": GAS, "model": "moxa_iologik_e1210"}
    assert flats[0]["devices"].keys() == {"meter", "inverter", "relay"}
