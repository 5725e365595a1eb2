"""Policies: who must sign, written so that one mistake is named with its line and its remedy."""

import base64
from collections.abc import Callable, Collection
from hashlib import sha256
from typing import Any

from hypothesis import given, strategies as st
import pytest

from localvpp.tlog import (
    EMPTY_ROOT,
    MAX_PUBLISHED,
    Checkpoint,
    Ed25519Signer,
    Ed25519Verifier,
    FormatError,
    Group,
    NoteSignature,
    Policy,
    PolicyLog,
    PolicyWitness,
    ProofError,
    QuorumError,
    SignatureError,
    SignatureType,
    SignerKey,
    TlogError,
    TlogProof,
    VerifierKey,
    accept_checkpoint,
    cosign,
    gather_quorum,
    make_cosigner,
    make_proof,
    make_verifier,
    open_note,
    select_cosignatures,
    sign_checkpoint,
    sign_note,
    verify_cosignatures,
    verify_proof_by_policy,
)

ORIGIN = "vpp.example/building-7"
NOW = 1_700_000_000
TEXT = Checkpoint(ORIGIN, 5, EMPTY_ROOT).encode()


def key(name: str, kind: SignatureType = SignatureType.COSIGNATURE) -> VerifierKey:
    return signer_of(name, kind).verifier_key


def signer_of(name: str, kind: SignatureType = SignatureType.COSIGNATURE) -> SignerKey:
    return SignerKey(f"vpp.example/w/{name}", kind, name.encode().rjust(32, b"\0"))


def lines_of(*names: str, text: bytes = TEXT, time: int = NOW) -> tuple[NoteSignature, ...]:
    return cosign(text, [make_cosigner(signer_of(name)) for name in names], time)


def witnesses(*names: str) -> tuple[PolicyWitness, ...]:
    return tuple(PolicyWitness(name, key(name)) for name in names)


X_AND_Y = Policy(
    logs=(),
    witnesses=witnesses("X1", "X2", "X3", "Y1", "Y2", "Y3"),
    groups=(
        Group("X-witnesses", 2, ("X1", "X2", "X3")),
        Group("Y-witnesses", 1, ("Y1", "Y2", "Y3")),
        Group("X-and-Y", 2, ("X-witnesses", "Y-witnesses")),
    ),
    quorum="X-and-Y",
)


# --- The file -----------------------------------------------------------------------------------------------


def test_the_example_of_the_specification_is_read_and_written() -> None:
    log = VerifierKey.parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
    keys = {each.name: each.key.encode() for each in X_AND_Y.witnesses}
    text = (
        f"log {log.encode()}\n"
        + "\n"
        + "".join(f"witness {name} {keys[name]}\n" for name in ("X1", "X2", "X3"))
        + "group X-witnesses 2 X1 X2 X3\n"
        + "\n"
        + "".join(f"witness {name} {keys[name]}\n" for name in ("Y1", "Y2", "Y3"))
        + "group Y-witnesses any Y1 Y2 Y3\n"
        + "\n"
        + "group X-and-Y all X-witnesses Y-witnesses\n"
        + "quorum X-and-Y\n"
    )
    policy = Policy.parse(text.encode())
    assert policy == Policy((PolicyLog(log),), X_AND_Y.witnesses, X_AND_Y.groups, "X-and-Y")
    written = policy.encode().decode().splitlines()
    assert written[-4:] == [
        "group X-witnesses 2 X1 X2 X3",
        "group Y-witnesses any Y1 Y2 Y3",
        "group X-and-Y all X-witnesses Y-witnesses",
        "quorum X-and-Y",
    ]
    assert Policy.parse(policy.encode()) == policy


def test_space_comments_and_addresses_are_read() -> None:
    log, witness = key("log", SignatureType.ED25519), key("a")
    text = (
        f"# 建物\n\n \t\n\t log \t{log.encode()}  https://log.example \t\n"
        f"  # no witness W\nwitness #1\t{witness.encode()} https://w.example/\nquorum #1"
    )
    expected = Policy(
        (PolicyLog(log, "https://log.example"),), (PolicyWitness("#1", witness, "https://w.example/"),), (), "#1"
    )
    assert Policy.parse(text.encode() + b"\n") == expected
    assert Policy.parse(expected.encode()) == expected
    with pytest.raises(FormatError, match="must end in a newline; add one"):
        Policy.parse(text.encode())


def test_a_policy_without_witnesses_asks_for_none() -> None:
    policy = Policy.parse(b"quorum none\n")
    assert policy == Policy((), (), ())
    assert policy.encode() == b"quorum none\n"
    assert policy.is_met(())
    assert policy.choose(()) == ()


def test_names_are_octets() -> None:
    """A Kelvin sign is no K, and bytes that are no text at all are a name."""
    vkeys = [key(name).encode().encode() for name in ("a", "b", "c", "d")]
    names = [b"K", "\u212a".encode(), b"\xff\xfe", "\u3000".encode()]
    lines = [b"witness %b %b\n" % pair for pair in zip(names, vkeys, strict=True)]
    data = b"".join(lines) + b"group all all %b\nquorum all\n" % b" ".join(names)
    policy = Policy.parse(data)
    assert len({witness.name for witness in policy.witnesses}) == 4
    assert policy.encode() == data


def test_a_policy_may_have_many_logs_witnesses_and_groups() -> None:
    people = witnesses(*(f"w{n}" for n in range(512)))
    floors = tuple(Group(f"floor{n}", 11, tuple(each.name for each in people[16 * n : 16 * n + 16])) for n in range(32))
    house = Group("house", 22, tuple(floor.name for floor in floors))
    logs = tuple(PolicyLog(key(f"log{n}", SignatureType.ED25519)) for n in range(64))
    policy = Policy(logs, people, (*floors, house), "house")
    assert Policy.parse(policy.encode()) == policy
    flat = Policy(
        (), people, (Group("two thirds".replace(" ", "-"), 342, tuple(p.name for p in people)),), "two-thirds"
    )
    assert Policy.parse(flat.encode()) == flat
    assert flat.is_met([f"w{n}" for n in range(342)])
    assert not flat.is_met([f"w{n}" for n in range(341)])


A, B, LOG = (key("a").encode(), key("b").encode(), key("log", SignatureType.ED25519).encode())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "has a line 'quorum'; add one"),
        (f"witness a {A}\n", "has a line 'quorum'; add one"),
        ("quorum none\nquorum none\n", "line 2 of the policy: a policy has one line 'quorum'; remove"),
        ("\nquorum\n", "line 2 of the policy: a line of this kind has the form 'quorum <name>|none'"),
        ("quorum a b\n", "line 1 of the policy: a line of this kind has the form 'quorum <name>"),
        ("quorum a\n", "line 1 of the policy: the quorum 'a' is no witness and no group defined above it; define it"),
        (f"quorum a\nwitness a {A}\n", "line 1 of the policy: the quorum 'a'"),
        ("log\n", "line 1 of the policy: a line of this kind has the form 'log <vkey>"),
        (f"log {LOG} x y\n", "line 1 of the policy: a line of this kind has the form 'log <vkey>"),
        ("log x\n", "line 1 of the policy: a verifier key has the form"),
        (f"log {A}\n", "line 1 of the policy: the log 'vpp.example/w/a' has a key of type 0x04; give one of type 0x01"),
        (f"log {LOG}\nlog {LOG}\n", "line 2 of the policy: the log .* has a key that stands in the policy already"),
        (f"witness {A}\n", "line 1 of the policy: a line of this kind has the form 'witness <name> <vkey>"),
        (f"witness a {A} x y\n", "line 1 of the policy: a line of this kind has the form 'witness"),
        (f"witness a {LOG}\n", "line 1 of the policy: the witness 'a' has a key of type 0x01; give one of type 0x04"),
        (f"witness a {A}x\n", "line 1 of the policy: the verifier key of .* is not canonical base64"),
        (f"witness none {A}\n", "line 1 of the policy: 'none' says that nobody needs to sign and cannot be a name"),
        (f"witness a {A}\nwitness a {B}\n", "line 2 of the policy: 'a' is defined twice; take another name"),
        (f"witness a {A}\nwitness b {A}\n", "line 2 of the policy: the witness 'b' has a key that stands in"),
        (f"witness a {A}\ngroup a all a\n", "line 2 of the policy: 'a' is defined twice"),
        (f"witness a {A}\ngroup none all a\n", "line 2 of the policy: 'none' says that nobody"),
        ("group g all\n", "line 1 of the policy: a line of this kind has the form 'group <name> all"),
        ("group g\n", "line 1 of the policy: a line of this kind has the form 'group <name> all"),
        ("group g all a\n", "line 1 of the policy: 'a' is a member of 'g' but not defined above it; define it first"),
        ("group g all g\n", "line 1 of the policy: 'g' is a member of 'g' but not defined above it"),
        (f"witness a {A}\ngroup g any a none\n", "line 2 of the policy: 'none' is a member of 'g' but not defined"),
        (f"witness a {A}\ngroup g any a a\n", "line 2 of the policy: 'a' is a member of 'g' already"),
        (f"witness a {A}\ngroup g any a\ngroup h any g a\n", "line 3 of the policy: 'a' is a member of 'g' already"),
        (f"witness a {A}\ngroup g 0 a\n", "line 2 of the policy: a group asks for 'all', 'any' or a number"),
        (f"witness a {A}\ngroup g 01 a\n", "line 2 of the policy: a group asks for 'all', 'any' or a number"),
        (f"witness a {A}\ngroup g -1 a\n", "line 2 of the policy: a group asks for 'all', 'any' or a number"),
        (f"witness a {A}\ngroup g １ a\n", "line 2 of the policy: a group asks for 'all', 'any' or a number"),
        (f"witness a {A}\ngroup g ALL a\n", "line 2 of the policy: a group asks for 'all', 'any' or a number"),
        (f"witness a {A}\ngroup g 2 a\n", "line 2 of the policy: group 'g' asks for 2 of its 1 members; ask for at"),
        ("Log x\n", "line 1 of the policy: 'Log' is not one of log, witness, group, quorum; put '#' before a comment"),
        ("quorum none # nobody\n", "line 1 of the policy: a line of this kind has the form 'quorum"),
        ("quorum none\r\n", "line 1 of the policy: the control character 0x0d must not stand in a policy; remove it"),
        ("quorum none\n#\x00\n", "line 2 of the policy: the control character 0x00"),
        ("#\x7f\n", "line 1 of the policy: the control character 0x7f"),
        pytest.param("#" + "x" * 4_000_000 + "\n", "is larger than 4000000", id="too large"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_its_remedy(text: str, why: str) -> None:
    with pytest.raises(FormatError, match=why):
        Policy.parse(text.encode())


def test_a_key_under_which_anyone_can_sign_is_refused_with_its_line() -> None:
    raw = b"\x04" + bytes(32)
    key_id = sha256(b"weak\n" + raw).hexdigest()[:8]
    text = f"witness w weak+{key_id}+{base64.b64encode(raw).decode()}\nquorum w\n"
    with pytest.raises(SignatureError, match=r"line 1 of the policy: .* point of low order"):
        Policy.parse(text.encode())


def test_a_policy_is_whole_however_it_is_made() -> None:
    a, b = witnesses("a", "b")
    for bad in (
        {"witnesses": (a, PolicyWitness("a", b.key))},
        {"witnesses": (a, PolicyWitness("b", a.key))},
        {"witnesses": (PolicyWitness("", a.key),)},
        {"witnesses": (PolicyWitness("two words", a.key),)},
        {"witnesses": (PolicyWitness("\ud800", a.key),)},
        # Lone surrogates which are bytes of a character would be read back as the character.
        {"witnesses": (PolicyWitness("\udce3\udc81\udc82", a.key),)},
        {"witnesses": (PolicyWitness("a", a.key, "two words"),)},
        {"witnesses": (a,), "groups": (Group("g", 2, ("a",)),)},
        {"witnesses": (a,), "groups": (Group("g", 0, ("a",)),)},
        {"groups": (Group("g", 1, ("h",)), Group("h", 1, ("g",)))},
        {"quorum": "a"},
        {"logs": (PolicyLog(a.key),)},
    ):
        with pytest.raises(FormatError):
            Policy(**({"logs": (), "witnesses": (), "groups": ()} | bad))


def test_one_post_quantum_key_cannot_be_a_log_and_its_witness() -> None:
    both = key("a", SignatureType.MLDSA_COSIGNATURE)
    with pytest.raises(FormatError, match="stands in the policy already"):
        Policy((PolicyLog(both),), (PolicyWitness("a", both),), ())


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    count = draw(st.integers(0, 6))
    names = [f"w{n}" for n in range(count)]
    free, groups = list(names), []
    for number in range(draw(st.integers(0, 3)) if count else 0):
        members = draw(st.lists(st.sampled_from(free), min_size=1, max_size=len(free), unique=True))
        free = [*(name for name in free if name not in members), f"g{number}"]
        groups.append(Group(f"g{number}", draw(st.integers(1, len(members))), tuple(members)))
    quorum = draw(st.sampled_from(["none", *names, *(group.name for group in groups)]))
    urls = st.none() | st.just("https://vpp.example/建物")
    people = tuple(PolicyWitness(name, key(name), draw(urls)) for name in names)
    return Policy((), people, tuple(groups), quorum)


@given(policies(), st.sets(st.sampled_from([f"w{n}" for n in range(6)])))
def test_policies_are_read_as_they_were_written_and_choose_the_fewest_witnesses(
    policy: Policy, signed: set[str]
) -> None:
    assert Policy.parse(policy.encode()) == policy
    assert policy.is_met(signed) == by_definition(policy, policy.quorum, signed)
    chosen = policy.choose(signed)
    assert (chosen is not None) == policy.is_met(signed)
    if chosen is not None:
        assert set(chosen) <= signed
        assert policy.is_met(chosen)
        for left_out in chosen:
            assert not policy.is_met([name for name in chosen if name != left_out])
        known = [witness.name for witness in policy.witnesses if witness.name in signed]
        smallest = min(
            size for size in range(len(known) + 1) if any(policy.is_met(some) for some in subsets(known, size))
        )
        assert len(chosen) == smallest
        assert list(chosen) == [name for name in known if name in chosen]


def by_definition(policy: Policy, name: str, signed: Collection[str]) -> bool:
    """The specification's sentence, from the top."""
    groups = {group.name: group for group in policy.groups}
    if name == "none":
        return True
    if name not in groups:
        return name in signed
    group = groups[name]
    return sum(by_definition(policy, member, signed) for member in group.members) >= group.threshold


def subsets(names: list[str], size: int) -> list[list[str]]:
    if size == 0:
        return [[]]
    return [[name, *rest] for at, name in enumerate(names) for rest in subsets(names[at + 1 :], size - 1)]


# --- Evaluation ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("signed", "enough"),
    [
        ("X1 X2 Y1", True),
        ("X1 X3 Y3", True),
        ("X1 X2 X3 Y1 Y2 Y3", True),
        ("X1 X2 X3", False),
        ("X1 Y1 Y2 Y3", False),
        ("Y1", False),
        ("", False),
        ("X1 X2 Z1", False),
    ],
)
def test_a_quorum_of_groups_is_met_as_the_specification_says(signed: str, enough: bool) -> None:
    assert X_AND_Y.is_met(signed.split()) is enough


def test_the_fewest_lines_that_make_a_quorum_are_chosen() -> None:
    assert X_AND_Y.choose(["Y3", "Y2", "X3", "X2", "X1"]) == ("X1", "X2", "Y2")
    assert X_AND_Y.choose(["X1", "X2", "X3"]) is None


@pytest.fixture
def policy(signer_key: SignerKey) -> Policy:
    return Policy((PolicyLog(signer_key.verifier_key),), X_AND_Y.witnesses, X_AND_Y.groups, X_AND_Y.quorum)


def test_a_checkpoint_with_a_quorum_is_accepted(policy: Policy, signer: Ed25519Signer, signer_key: SignerKey) -> None:
    stranger = lines_of("Z9")
    note = sign_note(TEXT, [signer], [*stranger, *lines_of("Y2", time=NOW + 1), *lines_of("X1", "X3")])
    accepted = accept_checkpoint(note, policy)
    assert accepted.checkpoint == Checkpoint(ORIGIN, 5, EMPTY_ROOT)
    assert accepted.log == signer_key.verifier_key
    assert accepted.times == {"X1": NOW, "X3": NOW, "Y2": NOW + 1}
    assert accepted.note.unknown == stranger


def test_a_checkpoint_without_a_quorum_is_refused_with_what_is_missing(policy: Policy, signer: Ed25519Signer) -> None:
    note = sign_note(TEXT, [signer], lines_of("X1", "X2", "X3"))
    with pytest.raises(QuorumError, match="1 of the 2 members of 'X-and-Y' have signed, 2 must"):
        accept_checkpoint(note, policy)
    # A witness counts once, however often it has signed.
    note = sign_note(TEXT, [signer], [*lines_of("X1"), *lines_of("X1", time=NOW + 1), *lines_of("Y1")])
    with pytest.raises(QuorumError):
        accept_checkpoint(note, policy)
    single = Policy(policy.logs, policy.witnesses, (), "X1")
    with pytest.raises(QuorumError, match="the witness 'X1' has not signed"):
        accept_checkpoint(sign_note(TEXT, [signer]), single)
    assert accept_checkpoint(note, single).times["X1"] == NOW
    assert accept_checkpoint(note, Policy(policy.logs, (), ())).times == {}
    assert single.explain(["X1"]) == "the witness 'X1' has signed"
    assert Policy((), (), ()).explain(()) == "no witness is asked for"


def test_a_wrong_line_of_a_known_witness_spoils_a_quorum(policy: Policy, signer: Ed25519Signer) -> None:
    wrong = lines_of("X2", text=Checkpoint(ORIGIN, 6, EMPTY_ROOT).encode())
    note = sign_note(TEXT, [signer], [*lines_of("X1", "X3", "Y1"), *wrong])
    with pytest.raises(SignatureError, match=r"signature of 'vpp\.example/w/X2'"):
        accept_checkpoint(note, policy)


def test_a_checkpoint_of_another_log_is_refused(policy: Policy, signer: Ed25519Signer, signer_key: SignerKey) -> None:
    quorum = ("X1", "X2", "Y1")
    with pytest.raises(SignatureError, match="not signed by a trusted log of that name"):
        accept_checkpoint(sign_note(TEXT, [], lines_of(*quorum)), policy)
    other = Checkpoint("vpp.example/other", 5, EMPTY_ROOT)
    note = sign_checkpoint(other, [signer], lines_of(*quorum, text=other.encode()))
    with pytest.raises(SignatureError, match=r"'vpp\.example/other' is not signed by a trusted log of that name"):
        accept_checkpoint(note, policy)


def test_a_log_may_be_known_from_elsewhere(policy: Policy, signer: Ed25519Signer, signer_key: SignerKey) -> None:
    note = sign_note(TEXT, [signer], lines_of("X1", "X2", "Y1"))
    with pytest.raises(FormatError, match="the policy has no log"):
        accept_checkpoint(note, X_AND_Y)
    assert accept_checkpoint(note, X_AND_Y, [signer_key.verifier_key]).log == signer_key.verifier_key
    # Named twice, it is still one.
    assert accept_checkpoint(note, policy, [signer_key.verifier_key]).log == signer_key.verifier_key


def test_a_post_quantum_log_and_witness_are_accepted() -> None:
    kind = SignatureType.MLDSA_COSIGNATURE
    log = SignerKey(ORIGIN, kind, bytes(32))
    policy = Policy(
        (PolicyLog(log.verifier_key),),
        (PolicyWitness("a", key("a", kind)), *witnesses("b")),
        (Group("g", 2, ("a", "b")),),
        "g",
    )
    assert Policy.parse(policy.encode()) == policy
    cosigners = [make_cosigner(each) for each in (log, signer_of("a", kind), signer_of("b"))]
    note = sign_note(TEXT, [], cosign(TEXT, cosigners, NOW))
    assert accept_checkpoint(note, policy).times == {"a": NOW, "b": NOW}


def test_more_cosignatures_than_a_note_can_hold_are_evaluated() -> None:
    """A building of 250 flats: two thirds of them are more lines than Go's verifier reads."""
    names = [f"flat{n}" for n in range(250)]
    policy = Policy((), witnesses(*names), (Group("flats", 167, tuple(names)),), "flats")
    wrong = NoteSignature(key("flat0").name, key("flat0").key_id, bytes(72))
    lines = [wrong, *lines_of(*names[:167]), *lines_of("stranger")]
    times = verify_cosignatures(TEXT, lines, policy)
    assert list(times) == names[:167]
    assert policy.is_met(times)
    assert not policy.is_met(verify_cosignatures(TEXT, lines_of(*names[:166]), policy))
    chosen = policy.choose(times)
    assert chosen is not None
    assert len(chosen) == 167 > MAX_PUBLISHED


def test_a_quorum_of_more_than_are_published_is_gathered_for_a_proof(
    signer_key: SignerKey, signer: Ed25519Signer
) -> None:
    names = [f"flat{n}" for n in range(30)]
    policy = Policy(
        (PolicyLog(signer_key.verifier_key),), witnesses(*names), (Group("flats", 21, tuple(names)),), "flats"
    )
    published = sign_note(TEXT, [signer], lines_of(*names[:MAX_PUBLISHED]))
    with pytest.raises(QuorumError, match="16 of the 30 members of 'flats' have signed, 21 must"):
        accept_checkpoint(published, policy)
    opened = open_note(published, [Ed25519Verifier(signer_key.verifier_key)])
    wrong = NoteSignature(key("flat17").name, key("flat17").key_id, bytes(72))
    further = [wrong, *lines_of("stranger"), *lines_of(*names[17:25])]
    whole = gather_quorum(opened, further, policy)
    assert whole is not None
    times = accept_checkpoint(whole, policy).times
    assert list(times) == [*names[:16], *names[17:22]], "the fewest that are enough, and no wrong line among them"
    assert gather_quorum(opened, further[:6], policy) is None


def test_a_quorum_that_no_note_can_hold_is_not_written(signer_key: SignerKey, signer: Ed25519Signer) -> None:
    names = [f"flat{n}" for n in range(100)]
    opened = open_note(sign_note(TEXT, [signer]), [Ed25519Verifier(signer_key.verifier_key)])
    for count in (99, 100):
        policy = Policy((), witnesses(*names), (Group("flats", count, tuple(names)),), "flats")
        if count == 99:
            assert gather_quorum(opened, lines_of(*names), policy) is not None
        else:
            with pytest.raises(FormatError, match="from 1 to 100 signatures, not 101"):
                gather_quorum(opened, lines_of(*names), policy)


def test_what_is_published_meets_the_quorum_of_a_house_of_floors(signer_key: SignerKey, signer: Ed25519Signer) -> None:
    floors = [[f"f{floor}-{flat}" for flat in range(4)] for floor in range(7)]
    policy = Policy(
        (PolicyLog(signer_key.verifier_key),),
        witnesses(*(name for floor in floors for name in floor)),
        (
            *(Group(f"floor{n}", 3, tuple(floor)) for n, floor in enumerate(floors)),
            Group("house", 5, tuple(f"floor{n}" for n in range(7))),
        ),
        "house",
    )
    answered = [name for floor in floors for name in floor[1:]]
    chosen = policy.choose(answered)
    assert chosen is not None
    assert len(chosen) == 15 <= MAX_PUBLISHED
    verifiers = {each.name: make_verifier(each.key) for each in policy.witnesses}
    lines = select_cosignatures(TEXT, lines_of(*answered), [verifiers[name] for name in chosen])
    assert accept_checkpoint(sign_note(TEXT, [signer], lines), policy).times.keys() == set(chosen)


# --- Proofs -------------------------------------------------------------------------------------------------


@pytest.fixture
def proof(make_tree: Callable[[int], Any], signer: Ed25519Signer) -> TlogProof:
    tree = make_tree(13)
    text = Checkpoint(ORIGIN, 13, tree.root).encode()
    return make_proof(13, 7, tree.hashes, sign_note(text, [signer], lines_of("X1", "X2", "Y1", text=text)))


def test_a_proof_is_believed_by_policy_without_any_network(proof: TlogProof, policy: Policy) -> None:
    read, rules = TlogProof.parse(proof.encode()), Policy.parse(policy.encode())
    accepted = verify_proof_by_policy(read, b"record 7", rules)
    assert (accepted.checkpoint.size, set(accepted.times)) == (13, {"X1", "X2", "Y1"})
    with pytest.raises(ProofError, match="entry 7 is not in the tree"):
        verify_proof_by_policy(read, b"record 8", rules)
    beyond = TlogProof(index=13, path=proof.path, checkpoint=proof.checkpoint)
    with pytest.raises(ProofError, match="has 13 entries"):
        verify_proof_by_policy(beyond, b"record 7", rules)
    stricter = Policy(policy.logs, policy.witnesses, (Group("g", 3, ("X1", "X2", "X3")),), "g")
    with pytest.raises(QuorumError, match="2 of the 3 members of 'g' have signed, 3 must"):
        verify_proof_by_policy(read, b"record 7", stricter)
    unlisted = Policy((), policy.witnesses, policy.groups, policy.quorum)
    assert verify_proof_by_policy(read, b"record 7", unlisted, [policy.logs[0].key]).checkpoint.size == 13


def test_a_proof_with_any_byte_changed_is_not_believed(proof: TlogProof, policy: Policy) -> None:
    text = proof.encode()
    for place in range(len(text)):
        wrong = text[:place] + bytes([text[place] ^ 1]) + text[place + 1 :]
        with pytest.raises(TlogError):
            verify_proof_by_policy(TlogProof.parse(wrong), b"record 7", policy)
    for end in range(len(text)):
        with pytest.raises(TlogError):
            verify_proof_by_policy(TlogProof.parse(text[:end]), b"record 7", policy)
    verify_proof_by_policy(TlogProof.parse(text), b"record 7", policy)
