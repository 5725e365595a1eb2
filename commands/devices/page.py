"""The page of devices (`docs/devices.md`), as far as register maps tell it: what a device can is said in one place."""

from collections.abc import Iterator, Sequence

from localvpp.devices import DeviceClass, RegisterMap

_TITLES = {
    DeviceClass.METER: "Meters",
    DeviceClass.HYBRID: "Hybrid inverters with batteries",
    DeviceClass.EV_CHARGER: "Chargers of electric cars",
    DeviceClass.RELAY: "Relays",
    DeviceClass.GAS_METER: "Gas meters",
}
_COMMANDS = {
    "power": "a power of the battery (charge, discharge, hold, release)",
    "reserve": "the reserve that is kept for an outage",
    "limit": "the most that it feeds",
    "go_off_grid": "to leave the grid",
    "reconnect": "to return to it",
    "charge_limit": "the current that a car is offered, and a pause",
    "switch": "the contact",
}
_READ_ONLY = {DeviceClass.METER, DeviceClass.GAS_METER}
_NOT_LEASED = {
    DeviceClass.HYBRID: "its battery gets no set-point",
    DeviceClass.EV_CHARGER: "it is read, and not limited",
}
"""What is not done with a device that has no lease."""


def commands_of(device: RegisterMap) -> list[str]:
    """Return what can be commanded."""
    control = device.control
    commands = {
        "power": control.has_set_point,
        "reserve": bool(control.reserve),
        "limit": bool(control.limit),
        "go_off_grid": bool(control.go_off_grid),
        "reconnect": bool(control.reconnect),
        "charge_limit": control.has_charge_limit,
        "switch": any(point.writable for point in device.points),
    }
    return [command for command, is_there in commands.items() if is_there]


def page(maps: Sequence[RegisterMap]) -> str:
    """Return Markdown: a section for each class, a list for each device."""
    return "\n".join(line for device_class in _TITLES for line in _section(device_class, maps))


def _section(device_class: DeviceClass, maps: Sequence[RegisterMap]) -> Iterator[str]:
    yield f"## {_TITLES[device_class]}\n"
    for device in maps:
        if device.device_class is device_class:
            yield from _device(device)


def _device(device: RegisterMap) -> Iterator[str]:
    yield f"### {device.manufacturer} {device.model}\n"
    yield f"`{device.name}`. {device.verified}\n"
    yield f"- **Read:** {', '.join(f'`{point.name}`' for point in device.points)}"
    if device.device_class not in _READ_ONLY:
        yield f"- **Commanded:** {_commanded(device)}"
    if device.device_class is DeviceClass.HYBRID and (reason := device.control.why_no_limit) is not None:
        yield f"- **Its output is not limited:** {reason}"
    if device.device_class in _NOT_LEASED:
        yield f"- **Lease:** {_lease(device)}"
    if device.device_class is DeviceClass.HYBRID:
        yield f"- **Island:** {_island(device)}"
    if (wiring := _wiring(device)) is not None:
        yield f"- **Wiring:** {wiring}"
    yield f"- **Source:** {device.source}"
    yield from (f"- {note}" for note in device.notes)
    yield ""


def _commanded(device: RegisterMap) -> str:
    commands = [_COMMANDS[command] for command in commands_of(device)]
    told = "; ".join(commands) or "nothing"
    return told if device.control.why_not is None else f"{told}: {device.control.why_not}"


def _lease(device: RegisterMap) -> str:
    lease = device.control.lease
    if lease is None:
        return f"none, so {_NOT_LEASED[device.device_class]}"
    if lease.shortest_s < lease.longest_s:
        span = f"{lease.shortest_s} to {lease.longest_s} s"
        return f"the device ends a set-point after a time that is written with it, {span}"
    seen = "" if lease.observed_s is None else f" (seen: {lease.observed_s} s)"
    return f"the device ends a set-point {lease.longest_s} s after the last writing{seen}"


def _island(device: RegisterMap) -> str:
    points = [
        f"`{point.name}` {' or '.join(sorted(point.islanded.some))}"
        + (f" without {' and '.join(sorted(point.islanded.none))}" if point.islanded.none else "")
        for point in device.points
        if point.islanded is not None
    ]
    return "; ".join(points) or "not told by the device"


def _wiring(device: RegisterMap) -> str | None:
    wiring = device.wiring
    parts = []
    if wiring.ports:
        parts.append(f"Modbus TCP, port {' or '.join(map(str, wiring.ports))}")
    if wiring.baud is not None:
        parts.append(f"RS485, {wiring.baud} baud, parity {wiring.parity}")
    if not parts:
        return None
    parts.append(f"unit {' or '.join(map(str, wiring.units))}")
    if wiring.one_client:
        parts.append("one client only")
    if wiring.switch is not None:
        parts.append(wiring.switch)
    return "; ".join(parts)
