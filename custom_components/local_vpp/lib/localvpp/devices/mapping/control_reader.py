"""Reading what a map says of commanding: its settings, and the steps of each command."""

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from math import ceil
from typing import Final

from ..quantity import WordType
from .control import NO_CONTROL, Asked, Control, LeaseKind, LeaseRule, Setting, Step
from .fields import Fields
from .vocabulary import UNITS, Quantity, Space

_COMMANDS: Final = (
    "charge",
    "discharge",
    "hold",
    "release",
    "reserve",
    "limit",
    "unlimit",
    "go_off_grid",
    "reconnect",
    "charge_limit",
    "pause",
)
_SET_POINT: Final = ("charge", "discharge", "hold")
_LIMIT: Final = ("charge_limit", "pause")
_LEASED: Final = {"limit": "unlimit", "go_off_grid": "reconnect"}
"""What else lasts for the time of a lease, and what ends it before."""
_LONGEST_LEASE_S: Final = 86_400


def read_control(fields: Fields, defaults: dict[object, object]) -> Control:
    """Take a map's `settings` and `control`.

    Raises MapError.
    """
    settings = dict(_settings(fields, defaults))
    if not fields.has("control"):
        if settings:
            raise fields.error("settings", sorted(settings), "nothing is done with them: state control, or remove them")
        return NO_CONTROL
    control = fields.inside("control")
    lease = _lease(control)
    steps = {command: _steps(control, command, settings) for command in _COMMANDS}
    given = [command for command in _SET_POINT if steps[command]]
    if given and (lease is None or len(given) < len(_SET_POINT) or not steps["release"]):
        raise control.error(
            "lease" if lease is None else "charge",
            given,
            "a set-point needs charge, discharge, hold and release, and a lease: one without end would outlive us",
        )
    limits = [command for command in _LIMIT if steps[command]]
    if limits and (lease is None or len(limits) < len(_LIMIT)):
        raise control.error(
            "lease" if lease is None else "charge_limit",
            limits,
            "a charger's limit needs charge_limit and pause, and a lease: one without end would outlive us",
        )
    for command, end in _LEASED.items():
        if steps[command] and (lease is None or not steps[end]):
            raise control.error(
                command, None, f"it needs a lease, and `{end}`: what does not end by itself would outlive us"
            )
        given += [command] * bool(steps[command])
    for command in (*given, *limits):
        timed = any(asked is Asked.LEASE for step in steps[command] for _, asked in step.writes)
        if lease is not None and timed is not (lease.kind is LeaseKind.TIMER):
            raise control.error(
                command, None, f"a lease by {lease.kind} is {'not ' * timed}written with it, as `lease`"
            )
        if not any(step.is_renewed for step in steps[command]):
            raise control.error(
                command, None, "it only repeats what is in flash, and is not renewed: mark what the device counts from"
            )
    flash = any(not setting.volatile for each in steps.values() for step in each for setting, _ in step.writes)
    read = Control(
        settings=settings,
        lease=None if lease is None else replace(lease, step_s=_lease_step_s(steps.values())),
        writes_per_day=control.whole("writes_per_day", 1, 100_000) if flash else 0,
        why_not=control.maybe_text("why_not"),
        why_no_limit=control.maybe_text("why_no_limit"),
        **steps,
    )
    control.nothing_left()
    return read


def _settings(fields: Fields, defaults: dict[object, object]) -> list[tuple[str, Setting]]:
    value = fields.take("settings", {})
    if not isinstance(value, dict):
        raise fields.error("settings", value, "write a mapping from the settings' names to their fields")
    order = {"words": defaults["words"]} if "words" in defaults else {}
    return [
        (str(name), _setting(Fields(fields.file, str(name), {**order, **(stated if isinstance(stated, dict) else {})})))
        for name, stated in value.items()
    ]


def _setting(fields: Fields) -> Setting:
    fields.choice("space", Space, Space.HOLDING)
    word_type = fields.choice("type", WordType)
    if word_type in {WordType.TEXT, WordType.BIT}:
        raise fields.error("type", word_type.value, "a setting is a number")
    states = {name: value for value, name in fields.names("states", 0xFFFF_FFFF).items()}
    for taken in set(Asked) & states.keys():
        raise fields.error(
            "states", str(taken), "a step would mean what is asked for by it: give the state another name"
        )
    unit = fields.maybe_text("unit")
    if unit is not None and unit not in UNITS:
        raise fields.error("unit", unit, f"write one of {', '.join(UNITS)}")
    quantity, step = (Quantity.STATE if states else Quantity.NUMBER, Fraction(1)) if unit is None else UNITS[unit]
    limits = fields.limits("range")
    if fields.flag("unverified"):
        raise fields.error("unverified", True, "what is not read in a source is not written to: leave it out")
    setting = Setting(
        name=fields.point or "",
        quantity=quantity,
        address=fields.whole("address", 0, 0x10000 - word_type.words),
        type=word_type,
        words=fields.order(),
        factor=fields.scale("scale") * step,
        sentinels=fields.patterns("sentinels", word_type),
        states=states,
        limits=None if limits is None else (Fraction(limits[0]), Fraction(limits[1])),
        volatile=fields.flag("volatile"),
        renewed=fields.flag("renewed"),
        single=_single(fields, word_type),
        readback=fields.maybe_whole("readback", 0, 0xFFFF),
    )
    fields.nothing_left()
    return setting


def _single(fields: Fields, word_type: WordType) -> bool:
    single = fields.flag("single")
    if single and word_type.words > 1:
        raise fields.error("single", single, f"function 6 writes one register, and a {word_type} has more")
    return single


def _lease(control: Fields) -> LeaseRule | None:
    if not control.has("lease"):
        return None
    fields = control.inside("lease")
    kind = fields.choice("kind", LeaseKind)
    if kind is LeaseKind.TIMER:
        shortest = fields.whole("shortest_s", 1, _LONGEST_LEASE_S)
        longest = fields.whole("longest_s", shortest, _LONGEST_LEASE_S)
    else:
        shortest = longest = fields.whole("after_s", 1, _LONGEST_LEASE_S)
    rule = LeaseRule(
        kind=kind,
        shortest_s=shortest,
        longest_s=longest,
        observed_s=fields.maybe_whole("observed_s", 1, _LONGEST_LEASE_S),
    )
    fields.nothing_left()
    return rule


def _lease_step_s(commands: Iterable[tuple[Step, ...]]) -> int:
    """Give the coarsest step that a lease is written in."""
    writes = (write for steps in commands for step in steps for write in step.writes)
    return max((ceil(setting.factor) for setting, value in writes if value is Asked.LEASE), default=1)


def _steps(control: Fields, command: str, settings: dict[str, Setting]) -> tuple[Step, ...]:
    value = control.take(command, [])
    if not isinstance(value, list):
        raise control.error(command, value, "write a list of steps, each a mapping from settings to values")
    return tuple(_step(control, command, step, settings) for step in value)


def _step(control: Fields, command: str, step: object, settings: dict[str, Setting]) -> Step:
    if not isinstance(step, dict) or not step:
        raise control.error(command, step, "a step is a mapping from settings to values")
    writes: list[tuple[Setting, Fraction | Asked]] = []
    for name, value in step.items():
        if (setting := settings.get(str(name))) is None:
            raise control.error(command, name, f"name one of the settings: {', '.join(settings)}")
        if writes and writes[-1][0].address + writes[-1][0].type.words != setting.address:
            raise control.error(command, name, "what is written in one step stands one behind the other")
        if writes and (setting.single or writes[-1][0].single):
            raise control.error(command, name, "what is written by function 6 is a step of its own")
        writes.append((setting, _value(control, command, setting, value)))
    return Step(tuple(writes))


def _value(control: Fields, command: str, setting: Setting, value: object) -> Fraction | Asked:
    if isinstance(value, str) and value in set(Asked):
        return Asked(value)
    if isinstance(value, str) and value in setting.states:
        return Fraction(setting.states[value])
    if isinstance(value, int) and not isinstance(value, bool):
        try:
            setting.encode(Fraction(value))
        except ValueError as error:
            raise control.error(f"{command}.{setting.name}", value, str(error)) from error
        return Fraction(value)
    known = ", ".join((*setting.states, *Asked))
    raise control.error(f"{command}.{setting.name}", value, f"write a whole number, or one of {known}")
