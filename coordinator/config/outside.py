"""`witnesses`: whoever else is to witness the log, besides the building's own flats."""

from collections.abc import Mapping, Sequence
import re
from typing import Final

import voluptuous as vol

from localvpp.tlog import NO_QUORUM, SignatureType, TlogError, VerifierKey

from ..witnesses import GROUPS, OutsideWitness

_KINDS: Final = {SignatureType.COSIGNATURE, SignatureType.MLDSA_COSIGNATURE}
_PSEUDONYM: Final = re.compile(r"[0-9a-f]{32}")


def witness_key(value: object) -> VerifierKey:
    """Read a witness's key. Raises vol.Invalid."""
    if not isinstance(value, str):
        raise vol.Invalid(f"{value!r} is not text: write the witness's verifier key, NAME+HASH+KEY, in quotes")
    try:
        key = VerifierKey.parse(value)
    except TlogError as error:
        raise vol.Invalid(
            f"{value[:80]!r} is no verifier key ({error}): copy it as the witness's owner shows it"
        ) from error
    if key.kind not in _KINDS:
        raise vol.Invalid(
            f"{value[:80]!r} is a key of type 0x{key.kind:02x}, and witnesses cosign with keys of type 0x04 or 0x06: "
            "ask the witness's owner for that one"
        )
    return key


def witness_name(value: object) -> str:
    """Read the name of a witness. Raises vol.Invalid."""
    if not isinstance(value, str) or not value:
        raise vol.Invalid(f"{value!r}: write the name that the witness's key begins with")
    if value in GROUPS or value == NO_QUORUM or _PSEUDONYM.fullmatch(value):
        raise vol.Invalid(f"{value!r} has a meaning of its own in the log's policy: use a key with another name")
    return value


def outside_problem(witnesses: Sequence[Mapping[str, object]]) -> tuple[int, str, str] | None:
    """Return number and field of the first witness that does not fit itself or another one, and what is wrong."""
    seen: dict[object, object] = {}
    for at, each in enumerate(witnesses):
        key, name = each["key"], each["name"]
        assert isinstance(key, VerifierKey), "the schema has read it"
        if key.name != name:
            return at, "name", f"{name!r} is not the name in the witness's key: write {key.name!r}"
        for value, field in ((name, "name"), (key.public, "key")):
            if value in seen:
                return at, field, f"{name!r} has the {field} of {seen[value]!r} already: one witness counts once"
            seen[value] = name
    return None


def outside_witness(values: Mapping[str, object]) -> OutsideWitness:
    """Return a witness that was checked."""
    name, key, url = values["name"], values["key"], values["url"]
    assert isinstance(name, str), "the schema has read it"
    assert isinstance(key, VerifierKey), "the schema has read it"
    assert isinstance(url, str), "the schema has read it"
    return OutsideWitness(name, key, url)
