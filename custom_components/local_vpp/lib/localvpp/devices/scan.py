"""What to ask an unknown device, and what its answers make likely: the pure part of a search.

A family is a register map, or SunSpec, which describes itself. Registers carry numbers without names, so one number
that looks like a voltage tells nothing: another maker's counter may. A family fits when most of its values are
plausible and two at least are such that chance seldom makes them: a voltage or a frequency of a grid, a readable name,
a state that the maker has given a name. Two families that both fit are both shown, and a person chooses: nothing is
decoded by trial.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Final

from modbus_connection import ModbusTcpParams

from .address import HIGHEST_UNIT, LinkParams
from .mapping import DeviceClass, Image, Point, Quantity, RegisterMap, Shown, Space, Wiring, decode_image
from .quantity import pattern
from .serial import LATE_S
from .sunspec import BASES, MARKER, SUNSPEC, Described

SUNSPEC_PORTS: Final = (502, 1502)
SUNSPEC_UNITS: Final = (1, 2, 126, 200, 240, 247)
"""Of inverters, and the second behind a gateway; 126 is SMA's and Enphase's, 200 and 240 are meters of Fronius."""

SUNSPEC_SWITCHES: Final[Mapping[str, str]] = {
    "Fronius": "In the inverter's web page: Communication, Modbus, enable Modbus TCP (called slave there)",
}
"""What to turn on at makers whose devices describe themselves, so that no map of ours names it."""

FITTING_SHARE: Final = Fraction(4, 5)
"""So many of a family's values must be plausible: a device may lack a phase, or a battery, but not more."""
FITTING_SIGNS: Final = 2
"""So many signs at least that chance seldom makes."""

_ELECTRIC: Final = frozenset({Quantity.VOLTAGE, Quantity.FREQUENCY})


@dataclass(frozen=True, slots=True, order=True)
class Question:
    """One reading of registers or bits that follow one another."""

    space: Space
    address: int
    count: int


MARKERS: Final = tuple(Question(Space.HOLDING, base, 2) for base in BASES)
"""Where SunSpec's marker may stand. The first of them is the knock: whoever is there says something to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a unit has said until now."""

    unit: int
    image: Image = field(default_factory=dict)
    refused: frozenset[Question] = frozenset()
    silent: frozenset[Question] = frozenset()
    absent: bool = False
    """A gateway says that nobody is there."""
    base: int | None = None
    """Where SunSpec's marker was seen."""
    described: Described | None = None
    """What it says of itself, by SunSpec."""

    @property
    def heard(self) -> bool:
        """Whether it has said anything."""
        return bool(self.image or self.refused)

    def shows(self, question: Question) -> bool:
        """Whether every register of a question has a value."""
        known = self.image.get(question.space, {})
        return all(address in known for address in _span(question))

    def marked(self, marker: Question) -> bool:
        """Whether SunSpec's marker stands there."""
        known = self.image.get(marker.space, {})
        return self.shows(marker) and pattern([known[address] for address in _span(marker)], "big") == MARKER

    def saying(self, question: Question, values: Sequence[int]) -> Answers:
        """Add the answer to a question."""
        known = {**self.image.get(question.space, {}), **dict(zip(_span(question), values, strict=True))}
        return replace(self, image={**self.image, question.space: known})

    def refusing(self, question: Question) -> Answers:
        """Add that it will not answer a question."""
        return replace(self, refused=self.refused | {question})

    def keeping_silent(self, question: Question) -> Answers:
        """Add that nothing came."""
        return replace(self, silent=self.silent | {question})

    def missing(self) -> Answers:
        """Add that a gateway says that nobody is there."""
        return replace(self, absent=True)

    def describing(self, base: int, described: Described) -> Answers:
        """Add what it says of itself, by the SunSpec map at an address."""
        return replace(self, base=base, described=described)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A family that a unit may be of, and why."""

    unit: int
    family: str
    name: str
    """Maker and model."""
    device_class: DeviceClass
    plausible: int
    """So many of its values can be true …"""
    asked: int
    """… of so many."""
    signs: tuple[str, ...]
    """What chance seldom makes."""
    fits: bool
    serial: str | None = None

    @property
    def score(self) -> Fraction:
        """The share of its values that can be true."""
        return Fraction(self.plausible, self.asked)

    @property
    def reasons(self) -> str:
        """Why, in words."""
        values = f"{self.plausible} of {self.asked} values are plausible"
        return "; ".join([*self.signs, values]) if self.asked > 1 or not self.signs else "; ".join(self.signs)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFound:
    """A unit that answers."""

    unit: int
    base: int | None
    candidates: tuple[Candidate, ...]
    """The likeliest first."""

    @property
    def fitting(self) -> tuple[Candidate, ...]:
        """Those among which a person chooses; one is a verdict."""
        return tuple(candidate for candidate in self.candidates if candidate.fits)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFound:
    """What a search over one link came to."""

    linked: bool
    """Whether there was a link at all."""
    reason: str = ""
    """Why there was none, or why it ended."""
    units: tuple[UnitFound, ...] = ()
    unasked: tuple[int, ...] = ()
    """Units for which the time did not suffice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is asked over one link, and how."""

    units: tuple[int, ...]
    """The likeliest first."""
    maps: tuple[RegisterMap, ...]
    """The likeliest first."""
    sunspec_units: tuple[int, ...]
    """Those that are asked for SunSpec at every base, even when they keep silent at the first."""
    answer_s: float
    """So long an answer is waited for."""
    whole_s: float
    """So long the search may take; the question under way is waited for."""

    @property
    def pause_s(self) -> float:
        """The pause that the slowest of the families wants: which one it is, is not known yet."""
        return max((each.wiring.pause_ms for each in self.maps), default=0) / 1000

    @property
    def connect_delay_s(self) -> float:
        """The longest that one of the families wants to be left alone after the link has opened."""
        return max((each.wiring.connect_delay_s for each in self.maps), default=0)


TCP_ANSWER_S: Final = 2.0
"""Longer than most gateways wait for the device behind them: while one waits, it is deaf to the next question."""
LIKELY_WHOLE_S: Final = 120.0
ALL_WHOLE_S: Final = 900.0
"""A silent unit costs the waiting for one answer, and a serial line has 247."""


def ports(maps: Iterable[RegisterMap]) -> tuple[int, ...]:
    """Give the ports that the families have, the commonest first."""
    named = [port for device in maps for port in device.wiring.ports] + list(SUNSPEC_PORTS)
    return tuple(sorted(set(named), key=lambda port: (-named.count(port), port)))


def plan_port(maps: Sequence[RegisterMap], port: int, *, all_units: bool = False) -> Plan:
    """Plan a search at a TCP port: of the families that have it, and of those that may be behind a gateway there.

    Unit 0 is a broadcast to all who are behind a gateway, and is asked where a family has it at this very port alone.
    """
    here = [device for device in maps if port in device.wiring.ports and bears_a_sign(device)]
    beyond = [device for device in maps if port not in device.wiring.ports and bears_a_sign(device)]
    named = [unit for device in here for unit in device.wiring.units]
    named += [*SUNSPEC_UNITS, *(unit for device in beyond for unit in device.wiring.units if unit)]
    return Plan(
        units=_units(named, all_units=all_units),
        maps=(*here, *beyond),
        sunspec_units=SUNSPEC_UNITS,
        answer_s=TCP_ANSWER_S,
        whole_s=ALL_WHOLE_S if all_units else LIKELY_WHOLE_S,
    )


def plan_serial(maps: Sequence[RegisterMap], answer_s: float, *, all_units: bool = False) -> Plan:
    """Plan a search on a serial line, where unit 0 is everybody and is never asked, and where each silence is long."""
    here = [
        device
        for device in maps
        if (device.wiring.baud is not None or not device.wiring.ports) and bears_a_sign(device)
    ]
    named = [unit for device in here for unit in device.wiring.units if unit]
    return Plan(
        units=_units([*named, *SUNSPEC_UNITS], all_units=all_units),
        maps=tuple(here),
        sunspec_units=(),
        answer_s=answer_s,
        whole_s=ALL_WHOLE_S if all_units else LIKELY_WHOLE_S,
    )


SERIAL_ANSWER_S: Final = LATE_S + 0.5
"""A serial line's next question waits until the answer to the one before can come no more."""


def plan_link(maps: Sequence[RegisterMap], link: LinkParams, *, all_units: bool = False) -> Plan:
    """Plan the search over a link."""
    if isinstance(link, ModbusTcpParams):
        return plan_port(maps, link.port, all_units=all_units)
    return plan_serial(maps, SERIAL_ANSWER_S, all_units=all_units)


def serial_settings(maps: Iterable[RegisterMap]) -> tuple[tuple[int, str], ...]:
    """Give the baud rates and parities ("N", "E", "O") that the families leave the factory with, commonest first."""
    wirings = [device.wiring for device in maps]
    named = [(wiring.baud, wiring.parity.value[0].upper()) for wiring in wirings if wiring.baud is not None]
    return tuple(sorted(set(named), key=lambda each: (-named.count(each), each)))


def bears_a_sign(device: RegisterMap) -> bool:
    """Whether a family can be told from others by what it says: a count of pulses may be any number."""
    return device.device_class is DeviceClass.RELAY or any(
        point.quantity in {*_ELECTRIC, Quantity.NAME, Quantity.STATE} for point in device.points
    )


def _units(named: Sequence[int], *, all_units: bool) -> tuple[int, ...]:
    return tuple(dict.fromkeys([*named, *(range(1, HIGHEST_UNIT + 1) if all_units else ())]))


def questions(device: RegisterMap) -> tuple[Question, ...]:
    """Give what a family is asked, in as few readings as it allows: first what tells it from others best.

    What not every device of the family has is not asked for: many answer that with silence.
    """
    blocks: dict[tuple[str, Space], list[Question]] = {}
    points = [point for point in device.points if not point.optional]
    for point in sorted(points, key=lambda each: each.address):
        merged = blocks.setdefault((point.group, point.space), [])
        own = _question(point)
        if merged and (joined := _joined(merged[-1], own, device)) is not None:
            merged[-1] = joined
        else:
            merged.append(own)
    distinct = dict.fromkeys(question for merged in blocks.values() for question in merged)
    return tuple(sorted(distinct, key=lambda question: -len(_telling(device, question))))


def next_question(device: RegisterMap, answers: Answers) -> Question | None:
    """Give what is to be asked next to find out whether a unit is of a family; None when that is known."""
    for question in questions(device):
        if question in answers.refused or question in answers.silent:
            return None
        if not answers.shows(question):
            return question
        telling = _telling(device, question)
        shown = decode_image(device, answers.image)
        if telling and all(shown[point.name].value is None for point in telling):
            return None
    return None


def judge(device: RegisterMap, answers: Answers) -> Candidate | None:
    """Say how well a family explains what a unit has said; None when not at all."""
    shown = decode_image(device, answers.image)
    points = [point for point in device.points if not point.optional and point.quantity is not Quantity.FLAGS]
    known = [point for point in points if shown[point.name].value is not None]
    contacts = device.device_class is DeviceClass.RELAY
    signs = [sign for point in known if (sign := _sign(point, shown[point.name])) is not None]
    if not known or not (signs or contacts):
        return None
    enough = len(known) == len(points) if contacts else len(signs) >= FITTING_SIGNS
    serial = shown["serial"].value if "serial" in shown else None
    return Candidate(
        unit=answers.unit,
        family=device.name,
        name=f"{device.manufacturer} {device.model}",
        device_class=device.device_class,
        plausible=len(known),
        asked=len(points),
        signs=tuple(signs) or ("its contacts answer, which tells no kind from another",),
        fits=enough and Fraction(len(known), len(points)) >= FITTING_SHARE,
        serial=serial if isinstance(serial, str) else None,
    )


def verdict(maps: Iterable[RegisterMap], answers: Answers) -> UnitFound:
    """Say what a unit may be."""
    judged = [candidate for device in maps if (candidate := judge(device, answers)) is not None]
    if any(each.fits and each.device_class is not DeviceClass.RELAY for each in judged):
        # Many devices have some bits, and contacts bear no sign: they are a relay where nothing else fits.
        judged = [replace(each, fits=each.fits and each.device_class is not DeviceClass.RELAY) for each in judged]
    judged.sort(key=lambda each: (not each.fits, -len(each.signs), -each.score, each.family))
    return UnitFound(unit=answers.unit, base=answers.base, candidates=(*_sunspec(answers), *judged))


def switches(maps: Iterable[RegisterMap]) -> tuple[tuple[str, str], ...]:
    """Say what to turn on when nothing answers, or where a device answers as it is delivered, by the makers' names."""
    told: dict[str, list[str]] = {maker: [switch] for maker, switch in SUNSPEC_SWITCHES.items()}
    for device in maps:
        said = told.setdefault(device.manufacturer, [])
        if (text := device.wiring.switch or _as_delivered(device.wiring)) not in said:
            said.append(text)
    return tuple(sorted((maker, "; or: ".join(said)) for maker, said in told.items()))


def _as_delivered(wiring: Wiring) -> str:
    where = [f"on RS485 at {wiring.baud} baud, parity {wiring.parity}"] if wiring.baud is not None else []
    where += [f"at port {port}" for port in wiring.ports]
    units = " or ".join(map(str, wiring.units))
    return f"as delivered it answers {', '.join([*where, f'as unit {units}'])}; compare with the device's own menu"


def _sunspec(answers: Answers) -> list[Candidate]:
    """Give what a unit says it is: an inverter, a meter, both, or something that nothing is read of."""
    told = answers.described
    if told is None:
        return []
    parts = [(DeviceClass.HYBRID, told.identity)] if told.inverter or told.meter is None else []
    parts += [] if told.meter is None else [(DeviceClass.METER, told.meter)]
    models = ", ".join(map(str, told.models))
    return [
        Candidate(
            unit=answers.unit,
            family=SUNSPEC,
            name=f"{identity.manufacturer} {identity.model} (SunSpec)",
            device_class=device_class,
            plausible=1,
            asked=1,
            signs=(f"it says so itself, at {answers.base}: models {models}",),
            fits=told.inverter or told.meter is not None,
            serial=identity.serial,
        )
        for device_class, identity in parts
    ]


def _question(point: Point) -> Question:
    return Question(point.space, point.address, point.length)


def _span(question: Question) -> range:
    return range(question.address, question.address + question.count)


def _joined(before: Question, after: Question, device: RegisterMap) -> Question | None:
    end = max(before.address + before.count, after.address + after.count)
    gap, count = after.address - (before.address + before.count), end - before.address
    if gap > device.max_gap or count > device.max_registers:
        return None
    return Question(before.space, before.address, count)


def _telling(device: RegisterMap, question: Question) -> list[Point]:
    return [
        point
        for point in device.points
        if point.quantity in _ELECTRIC
        and not point.optional
        and point.space is question.space
        and point.address in _span(question)
    ]


def _sign(point: Point, shown: Shown) -> str | None:
    """Give what a value says for its family, if chance seldom makes such a one."""
    match point.quantity:
        case Quantity.VOLTAGE | Quantity.FREQUENCY:
            return f"{point.name} {shown.value:.6g} {shown.unit}"
        case Quantity.NAME:
            return f"{point.name} {shown.value}"
        case Quantity.STATE if shown.value != (point.states or {}).get(0):  # Zeros are everywhere.
            return f"{point.name} {shown.value}"
        case _:
            return None
