"""Policies: which logs and witnesses to trust, and how many witnesses are enough.

Specification: C2SP tlog-policy, text as of 22 June 2026 (untagged), https://c2sp.org/tlog-policy.

A policy is a text file that people write and keep: ``log``, ``witness``, ``group`` and one ``quorum`` line, each name
defined above its use. ``parse`` takes every file of the specification; ``encode`` writes one form of it, which
``parse`` reads back as the same policy. Names of witnesses are the policy's own: what signs is the key.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
import re
from typing import Final, Self

from .checkpoint import Checkpoint
from .cosignature import cosignature_time, make_verifier, select_cosignatures
from .errors import FormatError, QuorumError, SignatureError, TlogError
from .keys import KeyId, SignatureType, VerifierKey
from .note import Note, NoteSignature, OpenedNote, Verifier, open_note

NO_QUORUM: Final = "none"
# Room for 1000 witnesses with post-quantum keys.
MAX_POLICY_BYTES: Final = 4_000_000

_LOG_TYPES: Final = frozenset({SignatureType.ED25519, SignatureType.MLDSA_COSIGNATURE})
_WITNESS_TYPES: Final = frozenset({SignatureType.COSIGNATURE, SignatureType.MLDSA_COSIGNATURE})
_SPACE: Final = re.compile(r"[ \t]+")
# Any octet but control characters other than tab (newline divides the lines). Octets that are no UTF-8 are kept as lone
# surrogates: two names are the same only when their octets are.
_FORBIDDEN: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_COUNT: Final = re.compile(r"[1-9][0-9]{0,5}")


@dataclass(frozen=True, slots=True)
class PolicyLog:
    """A log to trust. The name of its key is its origin."""

    key: VerifierKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class PolicyWitness:
    """A witness, by the name it has in this policy."""

    name: str
    key: VerifierKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """So many of its members must have signed; a member is a witness or another group."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy that is whole: every name is defined once, above its use, and is a member at most once.

    Attributes:
        logs: the logs; none where the log is known from elsewhere.
        witnesses: the witnesses, in the order of the file.
        groups: the groups, each after its members.
        quorum: the name of the witness or group that must have signed; ``none`` asks for nobody.
    """

    logs: tuple[PolicyLog, ...]
    witnesses: tuple[PolicyWitness, ...]
    groups: tuple[Group, ...]
    quorum: str = NO_QUORUM

    def __post_init__(self) -> None:
        rules = _Rules()
        for log in self.logs:
            rules.add_log(log)
        for witness in self.witnesses:
            rules.add_witness(witness)
        for group in self.groups:
            rules.add_group(group)
        rules.check_quorum(self.quorum)

    # --- The file ---

    def encode(self) -> bytes:
        """Write the file."""
        lines = [_line("log", log.key.encode(), log.url) for log in self.logs]
        lines += [_line("witness", each.name, each.key.encode(), each.url) for each in self.witnesses]
        for group in self.groups:
            count = "all" if group.threshold == len(group.members) else str(group.threshold)
            lines.append(_line("group", group.name, "any" if count == "1" else count, *group.members))
        lines.append(_line("quorum", self.quorum))
        return "".join(lines).encode(errors="surrogateescape")

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a file.

        Raises:
            FormatError: when it is not a policy; the error names the line and what to do.
            SignatureError: when it trusts a key under which anyone can sign.
            UnsupportedError: when it trusts a key that this machine cannot compute.
        """
        if len(data) > MAX_POLICY_BYTES:
            raise FormatError(f"a policy of {len(data)} bytes is larger than {MAX_POLICY_BYTES}")
        *lines, rest = data.decode(errors="surrogateescape").split("\n")
        if rest:
            raise FormatError("the last line of a policy must end in a newline; add one")
        reader = _Reader()
        for number, line in enumerate(lines, 1):
            try:
                reader.read(line)
            except TlogError as error:
                raise type(error)(f"line {number} of the policy: {error}") from error
        if reader.quorum is None:
            raise FormatError("a policy has a line 'quorum'; add one, with 'none' to ask for no witness")
        return cls(tuple(reader.logs), tuple(reader.witnesses), tuple(reader.groups), reader.quorum)

    # --- Who must sign ---

    def is_met(self, names: Collection[str]) -> bool:
        """Say whether the signatures of these witnesses, by their names in the policy, are enough."""
        return self.quorum == NO_QUORUM or self.quorum in self._signed(names)

    def choose(self, names: Collection[str]) -> tuple[str, ...] | None:
        """Give the fewest of these witnesses whose signatures are enough, those that stand first in the file.

        A published checkpoint should not have more lines than every reader takes: see ``MAX_PUBLISHED``.

        Returns:
            their names in the order of the file, or None when all of them are not enough.
        """
        if self.quorum == NO_QUORUM:
            return ()
        place = {witness.name: number for number, witness in enumerate(self.witnesses)}
        # For each name that can be met, the fewest places that meet it. As each name is a member once, the choices
        # inside a group have nothing to do with those of another.
        fewest: dict[str, tuple[int, ...]] = {name: (number,) for name, number in place.items() if name in names}
        for group in self.groups:
            able = sorted((fewest[each] for each in group.members if each in fewest), key=lambda way: (len(way), way))
            if len(able) >= group.threshold:
                fewest[group.name] = tuple(sorted(number for way in able[: group.threshold] for number in way))
        way = fewest.get(self.quorum)
        return None if way is None else tuple(self.witnesses[number].name for number in way)

    def explain(self, names: Collection[str]) -> str:
        """Say how far the signatures of these witnesses go towards the quorum."""
        if self.quorum == NO_QUORUM:
            return "no witness is asked for"
        group = next((group for group in self.groups if group.name == self.quorum), None)
        if group is None:
            return f"the witness {self.quorum!r} has {'' if self.quorum in names else 'not '}signed"
        signed = self._signed(names)
        have = sum(member in signed for member in group.members)
        return f"{have} of the {len(group.members)} members of {group.name!r} have signed, {group.threshold} must"

    def _signed(self, names: Collection[str]) -> set[str]:
        """Give the witnesses and groups that count as having signed."""
        signed = {witness.name for witness in self.witnesses if witness.name in names}
        for group in self.groups:
            if sum(member in signed for member in group.members) >= group.threshold:
                signed.add(group.name)
        return signed


# --- Evaluation ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AcceptedCheckpoint:
    """A checkpoint that a policy accepts.

    Attributes:
        checkpoint: the checkpoint.
        log: the key of its log.
        times: when each witness of the policy that has signed says that it did, by its name in the policy. 0 for one
            that says nothing of when.
        note: the note it came in.
    """

    checkpoint: Checkpoint
    log: VerifierKey
    times: Mapping[str, int]
    note: OpenedNote


def accept_checkpoint(data: bytes, policy: Policy, logs: Iterable[VerifierKey] = ()) -> AcceptedCheckpoint:
    """Read a signed checkpoint and ask a policy whether to believe it.

    Args:
        data: the signed note.
        policy: the policy.
        logs: logs to trust besides those of the policy. The name of a key is the origin of its log.

    Raises:
        FormatError: when it is not a signed checkpoint, or no log is trusted at all.
        SignatureError: when none of the logs has signed it, or the signature of a known key is wrong.
        QuorumError: when too few witnesses have signed.
    """
    trusted = list(dict.fromkeys((*(log.key for log in policy.logs), *logs)))
    if not trusted:
        raise FormatError("the policy has no log; add a line 'log', or name the log's key beside it")
    cosigners = [make_verifier(witness.key) for witness in policy.witnesses]
    note = open_note(data, [*(make_verifier(key) for key in trusted), *cosigners])
    checkpoint = Checkpoint.parse(note.text)
    signed = {(line.name, line.key_id): line for line in note.verified}
    log = next(
        (key for key in trusted if key.name == checkpoint.origin and (key.name, key.key_id) in signed),
        None,
    )
    if log is None:
        raise SignatureError(f"the checkpoint of {checkpoint.origin!r} is not signed by a trusted log of that name")
    times = _times(policy, cosigners, signed)
    if not policy.is_met(times):
        raise QuorumError(f"the checkpoint of {checkpoint.origin!r} has no quorum: {policy.explain(times)}")
    return AcceptedCheckpoint(checkpoint, log, times, note)


def verify_cosignatures(text: bytes, lines: Iterable[NoteSignature], policy: Policy) -> dict[str, int]:
    """Give the witnesses of a policy that have cosigned a checkpoint, and when: also more than one note can hold.

    Wrong lines are left out, as are those of others.
    """
    cosigners = [make_verifier(witness.key) for witness in policy.witnesses]
    return _times(policy, cosigners, _select_all(text, lines, cosigners))


def gather_quorum(note: OpenedNote, lines: Iterable[NoteSignature], policy: Policy) -> bytes | None:
    """Give a checkpoint with the cosignatures that a policy needs, however many: what a proof has to carry.

    A published checkpoint has no more lines than every reader takes, ``MAX_PUBLISHED``, and a policy may need more.

    Args:
        note: the checkpoint, opened with the log's key; its own cosignatures count, too.
        lines: further lines under it; wrong ones, and those of others, are left out.
        policy: the policy.

    Returns:
        the note with the lines of the log and of the fewest witnesses that are enough, or None when they are too few.

    Raises:
        FormatError: when the policy needs more lines than a note can have.
    """
    cosigners = [make_verifier(witness.key) for witness in policy.witnesses]
    signed = _select_all(note.text, (*note.unknown, *lines), cosigners)
    by_name = {witness.name: signed[key] for witness, key in _by_key(policy, cosigners) if key in signed}
    chosen = policy.choose(by_name)
    return None if chosen is None else Note(note.text, (*note.verified, *(by_name[name] for name in chosen))).encode()


def _select_all(
    text: bytes, lines: Iterable[NoteSignature], cosigners: Sequence[Verifier]
) -> dict[tuple[str, KeyId], NoteSignature]:
    found = select_cosignatures(text, lines, cosigners, len(cosigners))
    return {(line.name, line.key_id): line for line in found}


def _by_key(policy: Policy, cosigners: Iterable[Verifier]) -> Iterator[tuple[PolicyWitness, tuple[str, KeyId]]]:
    return zip(policy.witnesses, ((each.name, each.key_id) for each in cosigners), strict=True)


def _times(
    policy: Policy, cosigners: Iterable[Verifier], signed: Mapping[tuple[str, KeyId], NoteSignature]
) -> dict[str, int]:
    return {witness.name: cosignature_time(signed[key]) for witness, key in _by_key(policy, cosigners) if key in signed}


# --- The rules ----------------------------------------------------------------------------------------------


class _Rules:
    """What a policy must keep to, whether it is read or made."""

    def __init__(self) -> None:
        self._logs: set[bytes] = set()
        self._witnesses: set[bytes] = set()
        self._keys: set[VerifierKey] = set()
        # Witnesses and groups have one space of names; the value is the group that a name is a member of.
        self._member_of: dict[str, str | None] = {}

    def add_log(self, log: PolicyLog) -> None:
        self._add_key(log.key, self._logs, _LOG_TYPES, f"log {log.key.name!r}")
        _check_words(log.url)

    def add_witness(self, witness: PolicyWitness) -> None:
        self._define(witness.name)
        self._add_key(witness.key, self._witnesses, _WITNESS_TYPES, f"witness {witness.name!r}")
        _check_words(witness.url)

    def add_group(self, group: Group) -> None:
        for member in group.members:
            if member == NO_QUORUM or member not in self._member_of:
                raise FormatError(f"{member!r} is a member of {group.name!r} but not defined above it; define it first")
            if (other := self._member_of[member]) is not None:
                raise FormatError(f"{member!r} is a member of {other!r} already; a name can be a member only once")
            self._member_of[member] = group.name
        self._define(group.name)
        if not 1 <= group.threshold <= len(group.members):
            raise FormatError(
                f"group {group.name!r} asks for {group.threshold} of its {len(group.members)} members; "
                f"ask for at least one and at most all"
            )

    def check_quorum(self, name: str) -> None:
        if name != NO_QUORUM and name not in self._member_of:
            raise FormatError(f"the quorum {name!r} is no witness and no group defined above it; define it first")

    def _define(self, name: str) -> None:
        if not name:
            raise FormatError("a witness or a group has a name; give it one")
        if name == NO_QUORUM:
            raise FormatError(f"{NO_QUORUM!r} says that nobody needs to sign and cannot be a name; take another")
        if name in self._member_of:
            raise FormatError(f"{name!r} is defined twice; take another name")
        _check_words(name)
        self._member_of[name] = None

    def _add_key(self, key: VerifierKey, seen: set[bytes], kinds: frozenset[SignatureType], what: str) -> None:
        if key.kind not in kinds:
            wanted = " or ".join(f"0x{kind:02x}" for kind in sorted(kinds))
            raise FormatError(f"the {what} has a key of type 0x{key.kind:02x}; give one of type {wanted}")
        # One key with two names would count twice. The same key as a log's and a witness's could not be told apart.
        if key.public in seen or key in self._keys:
            raise FormatError(f"the {what} has a key that stands in the policy already; remove one of the two")
        seen.add(key.public)
        self._keys.add(key)


class _Reader:
    """Takes a policy line by line, so that an error can say which."""

    def __init__(self) -> None:
        self.logs: list[PolicyLog] = []
        self.witnesses: list[PolicyWitness] = []
        self.groups: list[Group] = []
        self.quorum: str | None = None
        self._rules = _Rules()

    def read(self, line: str) -> None:
        if (found := _FORBIDDEN.search(line)) is not None:
            raise FormatError(f"the control character 0x{ord(found[0]):02x} must not stand in a policy; remove it")
        line = line.strip(" \t")
        if not line or line.startswith("#"):
            return
        match _SPACE.split(line):
            case ["log", key, *url] if len(url) <= 1:
                log = PolicyLog(VerifierKey.parse(key), *url)
                self._rules.add_log(log)
                self.logs.append(log)
            case ["witness", name, key, *url] if len(url) <= 1:
                witness = PolicyWitness(name, VerifierKey.parse(key), *url)
                self._rules.add_witness(witness)
                self.witnesses.append(witness)
            case ["group", name, count, first, *others]:
                members = (first, *others)
                group = Group(name, _threshold(count, len(members)), members)
                self._rules.add_group(group)
                self.groups.append(group)
            case ["quorum", name]:
                if self.quorum is not None:
                    raise FormatError("a policy has one line 'quorum'; remove this one or the one above")
                self._rules.check_quorum(name)
                self.quorum = name
            case [word, *_] if word in _FORMS:
                raise FormatError(f"a line of this kind has the form {_FORMS[word]!r}")
            case [word, *_]:
                raise FormatError(f"{word[:80]!r} is not one of {', '.join(_FORMS)}; put '#' before a comment")


_FORMS: Final = {
    "log": "log <vkey> [<url>]",
    "witness": "witness <name> <vkey> [<url>]",
    "group": "group <name> all|any|<k> <member>...",
    "quorum": "quorum <name>|none",
}


def _threshold(count: str, members: int) -> int:
    if count == "all":
        return members
    if count == "any":
        return 1
    if _COUNT.fullmatch(count) is None:
        raise FormatError(f"a group asks for 'all', 'any' or a number of its members, not for {count[:80]!r}")
    return int(count)


def _line(*words: str | None) -> str:
    return " ".join(word for word in words if word is not None) + "\n"


def _check_words(word: str | None) -> None:
    """Check that a name or an address, if there is one, stands in a line as one word and is read back as it was."""
    if word is None:
        return
    try:
        same = word.encode(errors="surrogateescape").decode(errors="surrogateescape") == word
    except UnicodeEncodeError:
        same = False
    if not same or not word or " " in word or "\t" in word or "\n" in word or _FORBIDDEN.search(word):
        raise FormatError(f"{word[:80]!r} is not one word without spaces and control characters; write it so")
