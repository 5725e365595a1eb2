"""An invite survives being typed by a person, and its proofs bind exactly what was said."""

from dataclasses import replace

from hypothesis import given, settings, strategies as st
import pytest

from localvpp.etp import Ed25519Signer, NextKey
from localvpp.wire import Invite, InviteError, building_proof, flat_proof

from ..place import NEXT_KEY, ORIGIN

INVITE = Invite("101", bytes(range(4)), bytes(range(4, 20)))


def test_golden_invite() -> None:
    assert INVITE.text == "101-AAAQ-EAYE-AUDA-OCAJ-BIFQ-YDIO-B4IB-CEQT"
    assert Invite.parse(INVITE.text) == INVITE


@settings(deadline=None, max_examples=60)
@given(st.text("0123456789ABCab", min_size=1, max_size=16))
def test_an_issued_invite_is_read_however_it_was_typed(flat: str) -> None:
    invite = Invite.issue(flat)
    flat_typed, _, code = invite.text.partition("-")
    for typed in (
        invite.text,
        f"  {flat_typed}-{code.lower()}\n",
        f"{flat_typed}-{code.replace('-', ' ')}",
        f"{flat_typed}-{code.replace('-', '')}",
        f"{flat_typed}-{code.replace('O', '0').replace('I', '1')}",
    ):
        assert Invite.parse(typed) == invite


def test_two_invites_are_never_the_same() -> None:
    assert Invite.issue("101").secret != Invite.issue("101").secret


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=60))
def test_other_text_is_no_invite(text: str) -> None:
    with pytest.raises(InviteError, match="an invite is"):
        Invite.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "101",
        INVITE.text[:-1],
        INVITE.text + "A",
        INVITE.text.removeprefix("101"),
        INVITE.text.replace("Q", "9"),
        INVITE.text.replace("Q", "Ｑ"),
        INVITE.text + "====",
        INVITE.text.replace("101", "1" * 17),
        INVITE.text.replace("101", "10 1"),
        "101-" + INVITE.text,
    ],
)
def test_an_invite_with_a_slip_is_refused(text: str) -> None:
    with pytest.raises(InviteError, match="eight groups"):
        Invite.parse(text)


@pytest.mark.parametrize("flat", ["", "1" * 17, "10-1", "10 1", "10\n"])
def test_no_invite_is_issued_for_what_is_no_flat(flat: str) -> None:
    with pytest.raises(InviteError, match="letters and digits"):
        Invite.issue(flat)


def test_the_secret_is_not_shown() -> None:
    assert INVITE.secret.hex() not in repr(INVITE)
    assert repr(INVITE.secret) not in repr(INVITE)


def test_a_proof_binds_invite_flat_keys_and_building(
    signer: Ed25519Signer, building: Ed25519Signer, stranger: Ed25519Signer
) -> None:
    other_flat, other_secret = replace(INVITE, flat="102"), replace(INVITE, secret=bytes(16))
    proofs = [
        flat_proof(INVITE, signer.public),
        flat_proof(INVITE, stranger.public),
        flat_proof(other_flat, signer.public),
        flat_proof(other_secret, signer.public),
        flat_proof(replace(INVITE, id=bytes(4)), signer.public),
        building_proof(INVITE, signer.public, building.public, NEXT_KEY, ORIGIN),
        building_proof(INVITE, stranger.public, building.public, NEXT_KEY, ORIGIN),
        building_proof(INVITE, signer.public, stranger.public, NEXT_KEY, ORIGIN),
        building_proof(INVITE, signer.public, building.public, NEXT_KEY, ORIGIN + "x"),
        building_proof(INVITE, signer.public, building.public, NextKey(bytes(32)), ORIGIN),
        building_proof(other_secret, signer.public, building.public, NEXT_KEY, ORIGIN),
    ]
    assert len(set(proofs)) == len(proofs)
    assert {len(proof) for proof in proofs} == {32}


def test_golden_proofs() -> None:
    """Both ends, of whatever version, must come to these."""
    flat, house = Ed25519Signer(bytes(32)).public, Ed25519Signer(bytes(range(32))).public
    assert flat_proof(INVITE, flat).hex() == "189b53271176d9298e4501508025f68c5b7ec35a219fe2f142157f657334d6bd"
    assert (
        building_proof(INVITE, flat, house, NextKey(bytes(range(32))), ORIGIN).hex()
        == "ec361046ad0b0f0b6235c12685715984fc473cd914f67d339a6b8ef903ca8c80"
    )
