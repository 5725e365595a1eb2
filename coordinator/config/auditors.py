"""`auditors`: who else can open the bodies of records, besides the building's recovery key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
import re
from typing import Final

import voluptuous as vol

from localvpp.vault import Recipient, SecretKeyError

MOST_AUDITORS: Final = 8
_PUBLIC: Final = re.compile(r"[0-9A-Fa-f]{64}")
_REMEDY: Final = "write the 64 hex digits that `local-vpp ledger auditor-key` has printed for him, in quotes"


@dataclass(frozen=True, slots=True)
class Auditor:
    """Somebody whom the building lets read all that its records say."""

    name: str
    key: Recipient


def auditor_key(value: object) -> Recipient:
    """Read an auditor's public key. Raises vol.Invalid."""
    if not isinstance(value, str):
        raise vol.Invalid(f"{value!r} is not text: {_REMEDY}")
    if not _PUBLIC.fullmatch(value):
        if re.match(r"\s*[A-Za-z]+-", value):
            # It is not repeated: this text goes to terminals and logs.
            raise vol.Invalid(f"looks like a secret key, which is the auditor's alone; {_REMEDY}, and renew that key")
        raise vol.Invalid(f"{value[:80]!r} is no public key: {_REMEDY}")
    try:
        return Recipient(bytes.fromhex(value))
    except SecretKeyError as error:
        raise vol.Invalid(f"{value!r}: {error}; {_REMEDY}") from error


def auditors_problem(auditors: Sequence[Mapping[str, object]]) -> tuple[int, str, str] | None:
    """Return number and field of the first auditor that is another one, too, and what is wrong."""
    seen: dict[object, object] = {}
    for at, each in enumerate(auditors):
        for field in ("name", "key"):
            if each[field] in seen:
                return at, field, f"{each['name']!r} has the {field} of {seen[each[field]]!r} already: list each once"
            seen[each[field]] = each["name"]
    return None


def auditor(values: Mapping[str, object]) -> Auditor:
    """Return an auditor that was checked."""
    name, key = values["name"], values["key"]
    assert isinstance(name, str), "the schema has read it"
    assert isinstance(key, Recipient), "the schema has read it"
    return Auditor(name, key)
