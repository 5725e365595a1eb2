"""A flat's membership as a file: what enrolment gave it, nothing secret. Blocking: call from a thread."""

import base64
import json
import os
from pathlib import Path
from typing import Any

from .etp import BadKeyError, DeviceId, NextKey, PublicKey
from .etp.keys import algorithm
from .wire import Membership


class MembershipError(Exception):
    """The file is missing or does not hold a membership."""


def to_json(membership: Membership) -> dict[str, Any]:
    """Return a membership as JSON values."""
    return {
        "url": membership.url,
        "origin": membership.origin,
        "flat": membership.flat,
        "device": membership.device.hex(),
        "building_algorithm": int(membership.building_key.algorithm),
        "building_key": base64.b64encode(membership.building_key.data).decode(),
        "next_key": base64.b64encode(membership.next_key).decode(),
    }


def from_json(data: Any) -> Membership:
    """Return the membership of JSON values: the inverse of `to_json`.

    Raises MembershipError.
    """
    try:
        return Membership(
            url=str(data["url"]),
            origin=str(data["origin"]),
            flat=str(data["flat"]),
            device=DeviceId(bytes.fromhex(data["device"])),
            building_key=PublicKey(
                algorithm(data["building_algorithm"]), base64.b64decode(data["building_key"], validate=True)
            ),
            next_key=NextKey(base64.b64decode(data["next_key"], validate=True)),
        )
    except (KeyError, TypeError, ValueError, BadKeyError) as error:
        raise MembershipError(f"this is no membership ({error}): enrol the flat again") from error


def read_membership(path: Path) -> Membership:
    """Return the membership in a file.

    Raises MembershipError.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise MembershipError(f"{path} is not there: enrol the flat first (local-vpp flat enrol)") from None
    try:
        return from_json(json.loads(text))
    except (ValueError, MembershipError) as error:
        raise MembershipError(f"{path}: {error}") from error


def write_membership(path: Path, membership: Membership) -> None:
    """Write the file whole or not at all."""
    draft = path.with_suffix(".new")
    with draft.open("w", encoding="utf-8") as file:
        json.dump(to_json(membership), file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
