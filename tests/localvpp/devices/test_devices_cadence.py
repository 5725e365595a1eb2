"""How a set-point may be moved all day: each device by its own lease, and by what its memory bears."""

from modbus_connection.mock import MockModbusConnection
import pytest

from localvpp.control import BEAT_S
from localvpp.devices import Cadence, FlashWrites, Identity, MapHybrid, available_maps, load_map
from localvpp.devices.lease import STEERING_LEASE_S
from localvpp.devices.mapping import DAY_S

COMMANDED = [name for name in available_maps() if load_map(name).control.has_set_point]


def cadence_of(name: str) -> Cadence:
    """What a driver of the map says before it has asked anything."""
    unit = MockModbusConnection().for_unit(1)
    cadence = MapHybrid(unit, load_map(name), Identity(manufacturer="Test", model=name)).battery.cadence
    assert cadence is not None
    return cadence


@pytest.mark.parametrize("name", COMMANDED)
def test_the_lease_is_one_that_the_device_takes(name: str) -> None:
    cadence = cadence_of(name)
    assert cadence.lease_s >= STEERING_LEASE_S
    lease = load_map(name).control.lease
    assert lease is not None
    lease.kept(cadence.lease_s)


@pytest.mark.parametrize("name", COMMANDED)
def test_half_of_a_days_writings_are_left_for_others(name: str) -> None:
    control, cadence = load_map(name).control, cadence_of(name)
    for command in (control.charge, control.discharge):
        worn = sum(step.is_flash and step.is_renewed for step in command)
        every_s = min(max(BEAT_S, cadence.change_s), cadence.lease_s / 2)
        assert worn * DAY_S / every_s <= control.writes_per_day / 2 or not worn


def test_a_device_that_has_had_its_share_of_writings_is_steered_no_more() -> None:
    assert not FlashWrites(written=2999, most=6000).steered_out
    assert FlashWrites(written=3000, most=6000).steered_out
