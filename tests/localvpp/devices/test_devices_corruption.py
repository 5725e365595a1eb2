"""Whatever a line or a gateway makes of a device's registers, an energy total goes on from where it was, or is unknown.

Every map that comes with the product, read off its dump, and every word type in both orders: the counters go up by what
truly flows, and between good polls one poll is spoilt by flipped bits, words of two moments, sentinels, noise, or
silence. What a counter is said to be is then

* on a good poll: the truth, or unknown, for a second one only where too much was believed;
* on a spoilt one: unknown, or no further than what can have flowed since it was known last; and
* after the last spoilt one: the truth again, once it has caught up with what was believed.

No rule can tell a flipped bit that looks like a kettle from a kettle: that bound is the device's rating, and no less.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
import logging
from random import Random
from typing import Final

from conftest import Clock
from hypothesis import given, settings, strategies as st
from modbus_connection import ModbusTimeoutError
from modbus_connection.mock import MockModbusConnection, MockModbusUnit
import pytest
from test_devices_maps import dump

from commands.devices.decoding import parse_image
from localvpp.devices import (
    DeviceError,
    Identity,
    MapHybrid,
    MapMeter,
    available_maps,
    load_map,
    parse_map,
)
from localvpp.devices.inverting import COUNTER_SLACK_WH as HYBRID_SLACK_WH
from localvpp.devices.mapping import DeviceClass, EnergySample, Point, Quantity, RegisterMap, Space
from localvpp.devices.mapping.points import decode
from localvpp.devices.meter import COUNTER_SLACK_WH as METER_SLACK_WH
from localvpp.devices.plausible import RATING_MARGIN
from localvpp.devices.quantity import WordType, exact, words_of

WHO: Final = Identity(manufacturer="M", model="M")
COUNTERS: Final = {
    DeviceClass.METER: ("import_wh", "export_wh"),
    DeviceClass.HYBRID: ("energy_wh", "pv_wh", "charge_wh", "discharge_wh"),
}
"""Those that a reading tells, and holds against what can have flowed."""
PATTERNS: Final = (0, 0x7FFF, 0x8000, 0xFFFF, 0x7FC0, 0xFFC0, 0x7F80)
"""Words that sentinels, NaN and infinities of all types begin with; what follows is 0 or all ones."""

type Place = tuple[Space, int]
type Registers = dict[Place, int]


def places(point: Point) -> list[Place]:
    """Where the words of a point stand, in the order of their addresses."""
    if point.high is not None:
        return [(point.space, point.address), (point.space, point.high)]
    return [(point.space, point.address + index) for index in range(point.length)]


@dataclass
class Device:
    """A device whose counters go up, and the driver that reads it."""

    described: RegisterMap
    registers: Registers
    clock: Clock = field(default_factory=Clock)
    unit: MockModbusUnit = field(default_factory=lambda: MockModbusConnection().for_unit(1))
    standing: set[str] = field(default_factory=set)
    """Counters that were not asked at the last poll, and stand as they were."""

    def __post_init__(self) -> None:
        names = COUNTERS[self.described.device_class]
        self.counters = [point for point in self.described.points if point.name in names]
        self.exactly = {point.name: self.shown(point) * abs(point.factor) for point in self.counters}
        self.read: Callable[[], Awaitable[dict[str, int | None]]]
        if self.described.device_class is DeviceClass.METER:
            meter = MapMeter(self.unit, self.described, WHO, self.clock)
            self.door = meter.door

            async def read_meter() -> dict[str, int | None]:
                reading = await meter.read()
                return {point.name: getattr(reading, point.name) for point in self.counters}

            self.read = read_meter
        else:
            hybrid = MapHybrid(self.unit, self.described, WHO, self.clock)
            self.door = hybrid.door

            async def read_hybrid() -> dict[str, int | None]:
                told = await hybrid.snapshot()
                parts = {"energy_wh": told.inverter, "pv_wh": told.inverter}
                self.standing = {*told.inverter.ages_ms, *told.battery.ages_ms}
                return {point.name: getattr(parts.get(point.name, told.battery), point.name) for point in self.counters}

            self.read = read_hybrid

    @property
    def rated_w(self) -> int:
        """What flows at most."""
        assert self.described.rated_power_w is not None
        return self.described.rated_power_w

    def most_wh(self, seconds: float) -> float:
        """What a counter may go up in this time; a plate that was misread allows half more than the map."""
        meter = self.described.device_class is DeviceClass.METER
        slack = max(METER_SLACK_WH if meter else HYBRID_SLACK_WH, 2 * self.described.energy_step_wh)
        return (1 if meter else RATING_MARGIN) * RATING_MARGIN * self.rated_w * seconds / 3600 + slack

    def shown(self, point: Point) -> Fraction:
        """The number that a counter's registers mean."""
        number = exact([self.registers[place] for place in places(point)], point.type, point.words, point.sentinels)
        assert number is not None
        return number

    def truth(self, point: Point) -> int:
        """What a counter's registers mean, in watt-hours."""
        sample = decode(point, self.spread(point))
        assert isinstance(sample, EnergySample)
        return sample.wh

    def spread(self, point: Point) -> list[int]:
        """A point's registers as they are read, with those between its words."""
        return [self.registers.get((point.space, point.address + index), 0) for index in range(point.length)]

    def flow(self, seconds: float, share: float) -> None:
        """Let time pass, and energy with it."""
        self.clock.now += seconds
        for point in self.counters:
            self.exactly[point.name] += Fraction(share * self.rated_w * seconds / 3600)
            number = self.exactly[point.name] / abs(point.factor)
            words = words_of(float(number) if point.type.is_float else int(number), point.type, point.words)
            self.registers.update(zip(places(point), words, strict=True))

    def show(self, registers: Registers) -> None:
        """Put registers where they are read."""
        for (space, address), word in registers.items():
            {
                Space.HOLDING: self.unit.holding,
                Space.INPUT: self.unit.input,
            }[space][address] = word

    async def poll(self) -> dict[str, int | None]:
        """Read it as whoever polls it does: knocking first where it fell silent."""
        if self.door.due:
            await self.door.knock()
        try:
            return await self.read()
        except DeviceError:
            return dict.fromkeys(point.name for point in self.counters)


@dataclass(frozen=True)
class Spoilt:
    """One poll that goes wrong, for a device of any size: what is drawn is folded onto the registers that it has."""

    kind: str
    where: tuple[int, ...]
    bits: int

    def apply(self, device: Device, now: Registers, before: Registers) -> None:
        every = sorted(now)
        spoilt = dict(now)
        match self.kind:
            case "flips":
                for place in self.where:
                    spoilt[every[place % len(every)]] ^= 1 << (self.bits + place) % 16
            case "counter flips":
                words = [place for point in device.counters for place in places(point)]
                for place in self.where:
                    spoilt[words[place % len(words)]] ^= 1 << (self.bits + place) % 16
            case "two moments":
                for index, place in enumerate(every):
                    if self.bits >> index % 64 & 1:
                        spoilt[place] = before[place]
            case "pattern":
                rest = 0xFFFF * (self.bits >> 8 & 1)
                for index in self.where:
                    point = device.counters[index % len(device.counters)]
                    first, *others = places(point) if point.words == "big" else places(point)[::-1]
                    spoilt[first] = PATTERNS[self.bits % len(PATTERNS)]
                    spoilt.update(dict.fromkeys(others, rest))
            case "noise":
                random = Random(self.bits)
                spoilt = {place: random.getrandbits(16) for place in every}
            case "silence":
                device.unit.fail_requests(ModbusTimeoutError())
            case "silent block":
                space, address = every[self.where[0] % len(every)]
                device.unit.fail_read(address, ModbusTimeoutError(), register_type=space.value)
        device.show(spoilt)

    def end(self, device: Device) -> None:
        device.unit.fail_requests(None)
        for space, address in device.registers:
            device.unit.fail_read(address, None, register_type=space.value)


KINDS: Final = ("flips", "counter flips", "two moments", "pattern", "noise", "silence", "silent block")
SPOILT: Final = st.builds(
    Spoilt,
    kind=st.sampled_from(KINDS),
    where=st.lists(st.integers(0, 10_000), min_size=1, max_size=3).map(tuple),
    bits=st.integers(0, 2**64 - 1),
)
STEPS: Final = st.lists(
    st.tuples(st.integers(1, 90), st.floats(0, 1), SPOILT, st.integers(1, 90), st.floats(0, 1)), min_size=1, max_size=4
)
type Step = tuple[int, float, Spoilt, int, float]


@pytest.fixture(autouse=True, scope="module")
def quiet() -> Iterator[None]:
    """Keep the many doubts of these tests from being written down."""
    logger = logging.getLogger("localvpp.devices")
    before = logger.level
    logger.setLevel(logging.ERROR)
    yield
    logger.setLevel(before)


async def endure(device: Device, steps: list[Step]) -> None:
    """Spoil polls of a device between good ones, and hold what is told of it against the truth."""
    believed: dict[str, int] = {}
    since: dict[str, float] = {}

    def take(told: dict[str, int | None], *, good: bool, again: bool = False) -> None:
        for point in device.counters:
            wh = told[point.name]
            if point.name in device.standing:
                assert wh in {None, believed[point.name]}, "it was judged when it was read"
                continue
            if wh is None:
                # A plate that was misread may leave the counters of a hybrid unknown until it is read again.
                if good and device.described.device_class is DeviceClass.METER:
                    ahead = device.truth(point) - believed[point.name]
                    # What was believed too much of, or a register of an older moment that hides what has flowed since.
                    late = not again and ahead > device.most_wh(device.clock.now - since[point.name])
                    assert ahead < 0 or late, point.name
                continue
            if good:
                assert wh == device.truth(point), point.name
            elif point.name in believed:
                most_wh = device.most_wh(device.clock.now - since[point.name])
                assert 0 <= wh - believed[point.name] <= most_wh, point.name
            believed[point.name], since[point.name] = wh, device.clock.now

    for _ in range(2):  # A first reading may look torn: then the second confirms it.
        device.flow(20, 0)  # Long enough for all blocks to have their turn.
        device.show(device.registers)
        first = await device.poll()
    take(first, good=True)
    assert believed.keys() == {point.name for point in device.counters}
    for spoilt_s, spoilt_share, spoilt, good_s, good_share in steps:
        before = dict(device.registers)
        device.flow(spoilt_s, spoilt_share)
        spoilt.apply(device, device.registers, before)
        take(await device.poll(), good=False)
        spoilt.end(device)
        device.flow(good_s, good_share)
        device.show(device.registers)
        take(await device.poll(), good=True)
        device.flow(1, good_share)
        device.show(device.registers)
        take(await device.poll(), good=True, again=True)
    for point in device.counters:
        device.exactly[point.name] = max(device.exactly[point.name], Fraction(believed[point.name]))
    # One step of the counter more, which a float may need to get beyond what it was believed to be.
    device.flow(3600, 0.5)
    device.show(device.registers)
    told = await device.poll()
    assert told == {point.name: device.truth(point) for point in device.counters}


def mapped() -> Iterator[str]:
    """Name the maps that have counters."""
    for name in available_maps():
        device = load_map(name)
        names = COUNTERS.get(device.device_class, ())
        if any(point.name in names for point in device.points):
            yield name


def device_of(name: str) -> Device:
    """A device as its dump shows it."""
    described = load_map(name)
    image = parse_image(
        {space: {str(key): value for key, value in of.items()} for space, of in dump(name)["registers"].items()}
    )
    return Device(described, {(space, address): word for space, of in image.items() for address, word in of.items()})


@pytest.mark.parametrize("name", mapped())
@settings(max_examples=10)
@given(steps=STEPS)
async def test_no_corruption_of_a_map_s_registers_changes_an_energy_total(name: str, steps: list[Step]) -> None:
    await endure(device_of(name), steps)


METER: Final = """
schema: 2
id: m
manufacturer: M
model: M
class: meter
source: s
verified: v
rated_power_w: 10000
limits: {max_gap: 20}
defaults: {space: holding, words: WORDS}
points:
  voltage_v: {address: 0, type: u16, unit: V}
  power_w: {address: 1, type: i16, unit: W}
  import_wh: {address: 10, type: KIND, unit: Wh, sentinels: [SENTINEL]HIGH}
"""
WHOLE: Final = [kind for kind in WordType if kind not in {WordType.TEXT, WordType.BIT}]


@pytest.mark.parametrize(
    ("kind", "words", "high"),
    [*((kind, words, None) for kind in WHOLE for words in ("big", "little")), (WordType.U32, "little", 14)],
)
@settings(max_examples=10)
@given(steps=STEPS, start=st.integers(5000, 25_000))
async def test_no_corruption_of_any_word_type_changes_an_energy_total(
    kind: WordType, words: str, high: int | None, steps: list[Step], start: int
) -> None:
    fields = {
        "WORDS": words,
        "KIND": kind,
        "SENTINEL": hex((1 << 16 * kind.words) - 1),
        "HIGH": "" if high is None else f", high: {high}",
    }
    text = METER
    for name, value in fields.items():
        text = text.replace(name, value)
    described = parse_map("m.yaml", text)
    registers: Registers = {(Space.HOLDING, address): word for address, word in ((0, 230), (1, 1000))}
    (point,) = (point for point in described.points if point.quantity is Quantity.ENERGY)
    registers.update(zip(places(point), words_of(start, kind, point.words), strict=True))
    await endure(Device(described, registers), steps)
