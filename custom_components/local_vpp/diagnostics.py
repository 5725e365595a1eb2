"""Diagnostics: what the flat's agent knows, without what identifies the home or could speak for it."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from hashlib import sha256
import re
from typing import Any, Final

from homeassistant.components.diagnostics import REDACTED, async_redact_data
from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_URL
from homeassistant.core import HomeAssistant
from yarl import URL

from .const import (
    CONF_BLACKOUT,
    CONF_BUILDING,
    CONF_FLAT,
    CONF_INVITE,
    CONF_MARKET,
    CONF_NEIGHBOUR,
    CONF_ORIGIN,
    CONF_PEOPLE,
    CONF_SERIAL_NUMBER,
    SUNSPEC,
)
from .coordinator import LocalVppConfigEntry
from .devices import device_key
from .lib.localvpp.devices import Recording, load_map, redacted
from .lib.localvpp.notebook import Evidence, EvidenceKind
from .lib.localvpp.rotation import Rotation, newest_rotation
from .lib.localvpp.store import StoreError

# The private key stands nowhere in here to begin with. The rest tells where somebody lives.
TO_REDACT: Final = {
    CONF_BUILDING,
    CONF_DEVICE,
    CONF_FLAT,
    CONF_HOST,
    CONF_INVITE,
    CONF_NEIGHBOUR,
    CONF_ORIGIN,
    CONF_SERIAL_NUMBER,
    CONF_URL,
    "serial",
    # Who asked for a drill, which stands in what was told of it, too, and whose telephones are told.
    "by",
    "detail",
    CONF_PEOPLE,
    # Where in the building the flat hangs, and what is wrong with a slot's book: that names orders of neighbours.
    "node",
    "findings",
    # By what a neighbour's orders are known in a round's book.
    "partner",
}

_SERIAL: Final = re.compile(r"\(serial [^)]*\)")
"""A serial number in a sentence: of a device that answers in another's place nobody has set one up."""
_LONGEST_BYTES: Final = 32
"""Longer than a hash is a record or a proof; what stands in there is the resident's to show."""


async def async_get_config_entry_diagnostics(hass: HomeAssistant, entry: LocalVppConfigEntry) -> dict[str, Any]:
    """Return diagnostics of a flat."""
    coordinator, devices = entry.runtime_data.coordinator, entry.runtime_data.devices
    identities = {
        "meter": devices.meter.identity,
        "inverter": devices.inverter.identity if devices.inverter else None,
        "battery": devices.battery.identity if devices.battery else None,
        "relay": devices.relay.identity if devices.relay else None,
        "island relay": devices.island_relay.identity if devices.island_relay else None,
        "charger": devices.charger.identity if devices.charger else None,
        "gas": devices.gas.identity if devices.gas else None,
    }
    try:
        evidence: object = [_shown(each) for each in await coordinator.flat.evidence()]
        rotation: object = await newest_rotation(coordinator.store)
        batteries: object = [each.plain() for each in await coordinator.flat.batteries()]
    except StoreError as error:
        evidence = rotation = batteries = error
    data = {
        "entry": dict(entry.data),
        "blackout": entry.options.get(CONF_BLACKOUT),
        "market": entry.options.get(CONF_MARKET),
        "subentries": [
            {"kind": subentry.subentry_type, "data": subentry.data} for subentry in entry.subentries.values()
        ],
        "agent_running": coordinator.last_update_success,
        "pseudonym": coordinator.flat.membership.device,
        # The entry has the key of the enrolment, whatever became of it.
        "building_fingerprint": coordinator.flat.building_key.fingerprint,
        "key_rotation_proven": rotation.is_proven if isinstance(rotation, Rotation) else rotation,
        "identities": identities,
        "state": coordinator.data,
        "evidence": evidence,
        "batteries": batteries,
    }
    shown: dict[str, Any] = async_redact_data(_plain(data, _secrets(entry)), TO_REDACT)
    # Taken here, where nothing is added meanwhile; written elsewhere, for it is a megabyte or two.
    recordings = entry.runtime_data.captures.recordings()
    return shown | {"captures": await hass.async_add_executor_job(_captures, recordings)}


def _captures(recordings: list[Recording]) -> dict[str, list[dict[str, Any]]]:
    """Return what the devices said lately, register by register, without their serial numbers.

    `local-vpp devices replay` reads it from the downloaded file. It holds numbers, and no word that names anybody.
    """
    shared = (redacted(each, None if each.type == SUNSPEC else load_map(each.type)) for each in recordings)
    return {each.device: list(each.plain()) for each in shared}


def _shown(evidence: Evidence) -> dict[str, Any]:
    """Return evidence: heads as they were signed, all else by its hashes, for it holds readings and who lives where.

    Whoever verifies the heads writes the log's name back where it is left out.
    """
    if evidence.kind is EvidenceKind.HEADS:
        return dict(evidence.plain())
    return {
        "kind": evidence.kind,
        "seen_ms": evidence.seen_ms,
        "reason": REDACTED if evidence.kind is EvidenceKind.MARKET else evidence.reason,
        "ours": {"sha256": sha256(evidence.ours).digest(), "length": len(evidence.ours)},
        "theirs": {"sha256": sha256(evidence.theirs).digest(), "length": len(evidence.theirs)},
    }


def _secrets(entry: LocalVppConfigEntry) -> list[str]:
    """Return what must not stand in a sentence either, such as the host that does not answer."""
    secrets = {entry.data[CONF_URL], URL(entry.data[CONF_URL]).host, entry.data[CONF_ORIGIN]}
    secrets.add(entry.options.get(CONF_MARKET, {}).get(CONF_NEIGHBOUR))
    for subentry in entry.subentries.values():
        secrets |= {subentry.data.get(key) for key in (CONF_HOST, CONF_DEVICE, CONF_SERIAL_NUMBER)}
        secrets.add(device_key(subentry))
    # The longest first: a host is part of its URL.
    return sorted(filter(None, secrets), key=len, reverse=True)


def _plain(value: Any, secrets: list[str]) -> Any:
    """Return a value as JSON can show it."""
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name), secrets) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item, secrets) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item, secrets) for item in value]
    if isinstance(value, frozenset):
        return sorted(_plain(item, secrets) for item in value)
    if isinstance(value, bytes):
        return value.hex() if len(value) <= _LONGEST_BYTES else f"{len(value)} bytes"
    if isinstance(value, str | Exception):
        text = str(value)
        for secret in secrets:
            text = text.replace(secret, REDACTED)
        return _SERIAL.sub(f"(serial {REDACTED})", text)
    return value
