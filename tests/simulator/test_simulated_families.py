"""Register by register, what makes of devices show and take; expected values are worked out by hand.

No socket and no driver: devices are asked as the gateway asks them.
"""

from collections.abc import Callable
from dataclasses import replace
import struct

from pymodbus.constants import ExcCodes
import pytest

from simulator.building import BuildingPlan, plan
from simulator.devices import READ_HOLDING, READ_INPUT_REGISTERS, Device
from simulator.errors import InvalidInput
from simulator.families import InverterFamily, MeterFamily
from simulator.physics import MJ_PER_WH
from simulator.plant import Household, Plant
from simulator.registers import Refused
from simulator.registers.bank import Order, Space
from simulator.runner import Profiles, Running
from simulator.serial_line import SerialLine
from simulator.settings import Families
from simulator.site import INVERTER, METER, build, flat_units

from .conftest import Clock
from .master import Api

ADDRESS, VALUE, FUNCTION = ExcCodes.ILLEGAL_ADDRESS, ExcCodes.ILLEGAL_VALUE, ExcCodes.ILLEGAL_FUNCTION


class Flat101:
    """Flat 101 of a building, with devices of these makes."""

    def __init__(self, described: BuildingPlan, profiles: Profiles, clock: Clock) -> None:
        self.plant = Plant(described, profiles.start, 1.0, lambda: clock.now_ms, lambda: clock.now_ms)
        clock.plant = self.plant
        self.household: Household = self.plant.household("101")
        units = flat_units(self.plant, self.household)
        self.meter: Device = units[METER]
        self.inverter: Device = units[INVERTER]

    @property
    def battery_w(self) -> int:
        assert self.household.state.inverter is not None
        return self.household.state.inverter.battery_mw // 1000

    def change(self, **values: object) -> None:
        """Put the flat, as it is measured, into a state worked out beforehand."""
        self.household.state = replace(self.household.state, **values)  # type: ignore[arg-type]
        self.household.version += 1


type Make = Callable[..., Flat101]


@pytest.fixture
def make(profiles: Profiles, clock: Clock) -> Make:
    def built(
        inverter: InverterFamily = InverterFamily.SUNSPEC_LEGACY, meter: MeterFamily = MeterFamily.EASTRON_SDM120
    ) -> Flat101:
        described = plan(4, profiles.series)
        first = described.flats[0]
        state = first.initial.inverter
        assert state is not None
        first = replace(
            first,
            meter_family=meter,
            inverter_family=inverter,
            initial=replace(
                first.initial, inverter=replace(state, controls=inverter.controls(2, described.nominal_hz))
            ),
        )
        return Flat101(replace(described, flats=(first, *described.flats[1:])), profiles, clock)

    return built


def refused(request: Callable[[], object]) -> ExcCodes:
    with pytest.raises(Refused) as refusal:
        request()
    return refusal.value.code


def test_sungrow_tells_numbers_low_word_first_and_export_positive(make: Make) -> None:
    flat = make(InverterFamily.SUNGROW_SH)
    flat.change(load_mw=70_000_000, grid_mw=2_500_000)
    read = flat.inverter.read_registers
    assert read(READ_INPUT_REGISTERS, 13007, 4) == [70_000 & 0xFFFF, 1, (-2500) & 0xFFFF, 0xFFFF]
    assert read(READ_INPUT_REGISTERS, 12999, 1) == [0x0040]
    assert read(READ_INPUT_REGISTERS, 4989, 3) == [0x4C56, 0x5050, 0x2D53]  # "LVPP-S"
    # Bits 3 and 5: a load, and it is taken from the grid; the others as PV and battery are.
    assert read(READ_INPUT_REGISTERS, 13000, 1)[0] & 0b111000 == 0b101000


def test_sungrow_answers_for_its_own_registers_only(make: Make) -> None:
    inverter = make(InverterFamily.SUNGROW_SH).inverter
    assert refused(lambda: inverter.read_registers(READ_INPUT_REGISTERS, 13047, 1)) is ADDRESS
    assert refused(lambda: inverter.read_registers(READ_INPUT_REGISTERS, 5241, 2)) is ADDRESS
    assert refused(lambda: inverter.read_registers(READ_HOLDING, 12999, 1)) is ADDRESS
    assert refused(lambda: inverter.write_registers(13057, [900])) is ADDRESS
    for address, value in ((13049, 1), (13050, 0xDD), (13051, 20_000), (13079, 0), (13079, 1001), (13099, 101)):
        assert refused(lambda address=address, value=value: inverter.write_registers(address, [value])) is VALUE  # type: ignore[misc]
    assert inverter.read_registers(READ_HOLDING, 13049, 3) == [0, 0xCC, 0]


def test_sungrow_s_heartbeat_counts_down_and_ends_the_mode(make: Make, clock: Clock) -> None:
    flat = make(InverterFamily.SUNGROW_SH)
    read, write = flat.inverter.read_registers, flat.inverter.write_registers
    write(13079, [25])
    write(13049, [3, 0xBB, 500])
    clock.pass_ms(10_000)
    assert read(READ_HOLDING, 13079, 1) == [15]
    assert flat.battery_w == 500
    assert read(READ_INPUT_REGISTERS, 12999, 1) == [0x4000]
    assert read(READ_INPUT_REGISTERS, 13021, 1) == [500]
    assert read(READ_INPUT_REGISTERS, 13000, 1)[0] & 0b110 == 0b100
    clock.pass_ms(15_000)
    assert read(READ_HOLDING, 13049, 3) == [0, 0xCC, 0]
    assert read(READ_HOLDING, 13079, 1) == [0]
    assert flat.battery_w < 0


def test_sungrow_s_external_mode_without_a_heartbeat_ends_in_half_a_minute_and_the_forced_mode_never(
    make: Make, clock: Clock
) -> None:
    flat = make(InverterFamily.SUNGROW_SH)
    flat.inverter.write_registers(13049, [3, 0xBB, 500])
    clock.pass_ms(29_000)
    assert flat.battery_w == 500
    clock.pass_ms(2_000)
    assert flat.battery_w < 0
    flat.inverter.write_registers(13049, [2, 0xBB, 500])
    clock.pass_ms(600_000)
    assert flat.battery_w == 500


def test_solax_takes_its_block_as_one_and_forgets_it_in_time(make: Make, clock: Clock) -> None:
    flat = make(InverterFamily.SOLAX_X1_GEN4)
    read, write = flat.inverter.read_registers, flat.inverter.write_registers
    block = [1, 1, 1000, 0, 0, 0, 15, 0, 0, 0, 0, 0, 0]
    for address, words in ((0x7C, block[:12]), (0x7C, [1]), (0x7E, [1000, 0]), (0x7B, [0, *block])):
        assert refused(lambda address=address, words=words: write(address, words)) is ADDRESS  # type: ignore[misc]
    assert refused(lambda: write(0x7C, [8, *block[1:]])) is VALUE
    assert refused(lambda: read(READ_HOLDING, 0x7C, 1)) is ADDRESS
    write(0x7C, block)
    clock.pass_ms(2_000)
    assert read(READ_INPUT_REGISTERS, 0x100, 4) == [1, 0, 1000, 0]
    # 1000 W are taken at the AC terminals, PV and battery together.
    assert read(READ_INPUT_REGISTERS, 0x02, 1) == [(-1000) & 0xFFFF]
    clock.pass_ms(14_000)
    assert read(READ_INPUT_REGISTERS, 0x100, 4) == [0, 0, 0, 0]
    assert read(READ_INPUT_REGISTERS, 0x02, 1)[0] < 0x8000
    # A time of 0 is the default of 20 s, and not for ever.
    write(0x7C, [*block[:6], 0, *block[7:]])
    clock.pass_ms(19_000)
    assert read(READ_INPUT_REGISTERS, 0x100, 1) == [1]
    clock.pass_ms(2_000)
    assert read(READ_INPUT_REGISTERS, 0x100, 1) == [0]


def test_huawei_wants_minutes_with_its_command_and_counts_them(make: Make, clock: Clock) -> None:
    flat = make(InverterFamily.HUAWEI_SUN2000)
    read, write = flat.inverter.read_registers, flat.inverter.write_registers
    assert refused(lambda: write(47100, [2])) is VALUE
    assert refused(lambda: write(47247, [0x0001, 0x0000])) is VALUE  # 65,536 W
    assert refused(lambda: write(47247, [500])) is ADDRESS
    assert refused(lambda: write(47246, [1])) is VALUE
    assert refused(lambda: read(READ_HOLDING, 37121, 3)) is ADDRESS
    assert refused(lambda: read(READ_INPUT_REGISTERS, 32080, 2)) is FUNCTION
    write(47083, [1])
    write(47249, [0, 700])
    write(47100, [2])
    clock.pass_ms(50_000)
    assert read(READ_HOLDING, 37765, 2) == [0xFFFF, (-700) & 0xFFFF]  # positive charges
    write(47083, [1])
    write(47100, [2])
    clock.pass_ms(50_000)
    assert flat.battery_w == 700
    # A time alone renews nothing.
    write(47083, [1])
    clock.pass_ms(11_000)
    assert read(READ_HOLDING, 47100, 1) == [0]
    assert flat.battery_w < 0


def test_huawei_and_victron_tell_an_island(make: Make, clock: Clock) -> None:
    for family, address, before, after in (
        (InverterFamily.HUAWEI_SUN2000, 32003, [0, 2], [0, 3]),
        (InverterFamily.VICTRON_GX, 826, [1], [240]),
    ):
        clock.now_ms = 0
        flat = make(family)
        assert flat.inverter.read_registers(READ_HOLDING, address, len(before)) == before
        flat.plant.switch_grid(False, None)
        clock.pass_ms(4_000)
        assert flat.inverter.read_registers(READ_HOLDING, address, len(before)) == after


def test_victron_keeps_a_share_and_refuses_a_read_across_nothing(make: Make) -> None:
    inverter = make(InverterFamily.VICTRON_GX).inverter
    assert refused(lambda: inverter.read_registers(READ_HOLDING, 826, 2)) is ADDRESS
    assert refused(lambda: inverter.write_registers(2901, [1001])) is VALUE
    assert refused(lambda: inverter.write_registers(842, [0])) is ADDRESS
    inverter.write_registers(2901, [350])
    assert inverter.read_registers(READ_HOLDING, 2901, 1) == [350]


def test_carlo_gavazzi_counts_in_tenths_low_word_first_and_one_of_them_in_watt_hours_too(make: Make) -> None:
    for family in (MeterFamily.CARLO_GAVAZZI_EM340, MeterFamily.CARLO_GAVAZZI_EM540):
        flat = make(meter=family)
        reading = flat.household.reading
        read = flat.meter.read_registers
        low, high = read(READ_INPUT_REGISTERS, 0x34, 2)
        assert high << 16 | low == reading.energy.import_wh // 100
        low, high = read(READ_INPUT_REGISTERS, 0x28, 2)
        assert abs(struct.unpack(">i", struct.pack(">HH", high, low))[0] - reading.power_mw / 100) <= 1
        assert read(READ_HOLDING, 0x33, 1) == [reading.grid.frequency_mhz // 100]
        if family is MeterFamily.CARLO_GAVAZZI_EM340:
            assert refused(lambda read=read: read(READ_INPUT_REGISTERS, 0x500, 4)) is ADDRESS  # type: ignore[misc]
        else:
            words = read(READ_INPUT_REGISTERS, 0x500, 4)
            assert sum(word << 16 * place for place, word in enumerate(words)) == reading.energy.import_wh


def test_chint_tells_kilowatts_in_floats(make: Make) -> None:
    flat = make(meter=MeterFamily.CHINT_DDSU666)
    words = flat.meter.read_registers(READ_HOLDING, 0x2004, 2)
    kilowatt = struct.unpack(">f", struct.pack(">HH", *words))[0]
    assert kilowatt == pytest.approx(flat.household.reading.power_mw / 1_000_000, abs=1e-6)
    assert refused(lambda: flat.meter.read_registers(READ_INPUT_REGISTERS, 0x2004, 2)) is FUNCTION
    assert refused(lambda: flat.meter.read_registers(READ_HOLDING, 0x2012, 1)) is ADDRESS


def test_a_point_takes_only_what_fits_it_and_no_place_of_another() -> None:
    space = Space(Order.LOW_FIRST, "one:i16:10 two:u32:11:rw")
    space.set({"one": -2, "two": 0x0001_0002})
    assert space.read(10, 3) == [0xFFFE, 2, 1]
    assert space.decode(11, [3, 4]) == {"two": 0x0004_0003}
    with pytest.raises(AssertionError, match="does not fit one"):
        space.set({"one": 0x8000})
    with pytest.raises(AssertionError, match="lies over another point"):
        Space(Order.HIGH_FIRST, "one:u32:10 two:u16:11")


def test_a_mixed_building_differs_in_makes_alone(profiles: Profiles) -> None:
    same, mixed = plan(12, profiles.series), plan(12, profiles.series, families=Families.MIXED)
    for one, other in zip(same.flats, mixed.flats, strict=True):
        assert (one.rating, one.home, one.initial.meter) == (other.rating, other.home, other.initial.meter)
    hybrids = [each for each in mixed.flats if each.rating.inverter and each.rating.inverter.battery]
    # The SUN2000 takes most of a second to be read: its flat's frames would take as long.
    assert {each.inverter_family for each in hybrids} == set(InverterFamily) - {InverterFamily.HUAWEI_SUN2000}
    assert {each.meter_family for each in mixed.flats} == {each for each in MeterFamily if each.step_wh == 1}
    # Without a battery an inverter is of a make that describes itself: the others are hybrids.
    pv = {each.inverter_family for each in mixed.flats if each.inverter_family} - {
        each.inverter_family for each in hybrids
    }
    assert all(family.is_sunspec for family in pv if family)
    first_floor = {each.meter_family for each in mixed.flats[:4]} | {
        each.inverter_family for each in mixed.flats[:4] if each.inverter_family
    }
    assert len(first_floor) == 7


async def test_an_inverter_that_speaks_no_modbus_is_no_unit_and_is_told_as_such(profiles: Profiles) -> None:
    described = plan(4, profiles.series, families=Families.MIXED, entities=["101"])
    plant = Plant(described, profiles.start, 1.0, lambda: 0, lambda: 0)
    site = build(plant, profiles.generator, "127.0.0.1", 0, ["102"])
    line = site.flats["102"]
    assert isinstance(line, SerialLine)
    flats = site.layout()["flats"]
    assert isinstance(flats, list)
    assert flats[0]["devices"]["inverter"] == {"model": "entities", "serial": "LVPP-SIM-101", "battery": True}
    assert flats[1]["baudrate"] == 9600
    assert "port" not in flats[1]
    sungrow = {"unit": 2, "model": "sungrow_sh", "serial": "LVPP-SIM-102", "battery": True}
    assert flats[1]["devices"]["inverter"] == sungrow
    assert flats[2]["devices"]["inverter"]["battery"] is False
    with pytest.raises(InvalidInput, match="101 has meter, relay"):
        site.device("101", "inverter")


async def test_what_no_register_tells_the_control_page_does(simulator: Running, api: Api) -> None:
    _, told = await api("/api/state")
    for flat in told["flats"][:3]:
        truth = simulator.site.plant.household(flat["flat"]).state.inverter
        assert truth is not None
        shown = flat["inverter"]
        assert shown["ac_w"] == truth.ac_mw / 1000
        assert shown["pv_wh"] == truth.pv_dc_mj // MJ_PER_WH
        battery = flat["flat"] != "103"
        assert shown["charge_wh"] == (truth.charged_mj // MJ_PER_WH if battery else None)
        assert shown["discharge_wh"] == (truth.discharged_mj // MJ_PER_WH if battery else None)


@pytest.mark.parametrize("flat", ["104", "999"])
def test_a_flat_without_an_inverter_is_not_taken_for_one_whose_inverter_speaks_no_modbus(
    profiles: Profiles, flat: str
) -> None:
    with pytest.raises(InvalidInput, match=f"entities is '{flat}': give a flat that has an inverter: 101, 102, 103"):
        plan(4, profiles.series, entities=[flat])
