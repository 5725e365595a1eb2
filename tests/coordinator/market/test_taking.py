"""What the coordinator takes of flats in a round: orders as the log names them, and a word that is the flat's own."""

from copy import replace

import pytest

from coordinator.market.hearing import Round, orders_problem, verdict_of
from coordinator.store.market import StoredRound
from localvpp.etp import DeviceId, Ed25519Signer, EtpError
from localvpp.market import PriceRule
from localvpp.market.rounds import Placed
from localvpp.wire import RoundName, ShowOrders, Verdict, sign_verdict

from ...localvpp.market.rounds import ORIGIN, RULES, SLOT, bid, placed

AT = RoundName(SLOT, 0)
OWN, OTHER = placed(0), placed(1)
DEVICE = DeviceId(OWN.device)
STORED = StoredRound(
    slot=SLOT,
    number=0,
    seconds=60,
    rules=RULES.number,
    closed_ms=0,
    log_since=0,
    log_size=20,
    checkpoint=b"head",
    voters=(),
    enrolled=5,
)
KNOWN = Round(STORED, RULES, {DEVICE: OWN.digest, DeviceId(OTHER.device): OTHER.digest}, 0.0)
NAMES = (b"\1" * 32, b"\2" * 32)


def problem(document: bytes, known: Round = KNOWN, at: RoundName = AT, device: DeviceId = DEVICE) -> str | None:
    return orders_problem(ShowOrders(at, document), known, ORIGIN, device)


def test_orders_are_taken_as_the_log_names_them_and_no_others() -> None:
    assert problem(OWN.encode()) is None
    newer = placed(0, (bid(5, 1000),))
    assert problem(newer.encode()) == f"the log holds others for {AT}"
    stranger = replace(KNOWN, committed={DeviceId(OTHER.device): OTHER.digest})
    assert problem(OWN.encode(), stranger) == f"the log holds others for {AT}"
    assert "they cannot be read" in str(problem(b"{}"))


def test_orders_of_another_flat_round_or_building_are_not_taken_though_the_log_names_them() -> None:
    for other in (
        placed(1),
        Placed.of(ORIGIN, DEVICE, SLOT + 60, 0, OWN.nonce, ()),
        Placed.of(ORIGIN, DEVICE, SLOT, 1, OWN.nonce, ()),
        Placed.of("vpp.example/other", DEVICE, SLOT, 0, OWN.nonce, ()),
    ):
        named = replace(KNOWN, committed={DEVICE: other.digest})
        assert problem(other.encode(), named) == "they are of another flat, round or building"


def test_orders_that_two_flats_have_logged_are_taken_of_neither() -> None:
    """Whoever copies what another has logged could else have it in the book as his, too."""
    twice = replace(KNOWN, committed={DEVICE: OWN.digest, DeviceId(OTHER.device): OWN.digest})
    assert str(problem(OWN.encode(), twice)).startswith("another flat has logged the same")


def test_orders_that_the_price_rule_cannot_serve_are_not_taken() -> None:
    green = placed(0, (bid(5, 1000, requires=frozenset({"green"})),))
    committed = {DEVICE: green.digest}
    assert problem(green.encode(), replace(KNOWN, committed=committed)) is None
    mcafee = replace(KNOWN, rules=replace(RULES, price=PriceRule.MCAFEE), committed=committed)
    assert "serves no green-only bids" in str(problem(green.encode(), mcafee))


FLAT = Ed25519Signer.generate()
FOUND = ("the price is another",)


def said(findings: tuple[str, ...] = (), names: tuple[bytes, bytes] = NAMES, at: RoundName = AT) -> bytes:
    return sign_verdict(FLAT, FLAT.public.device_id, ORIGIN, at, *names, findings, vouches=True)


def test_a_flats_word_is_taken_with_what_it_finds() -> None:
    device, key = FLAT.public.device_id, FLAT.public
    agrees = verdict_of(Verdict(AT, said(), ()), NAMES, ORIGIN, device, key)
    assert (agrees.findings, agrees.vouches) == (None, True)
    refuses = verdict_of(Verdict(AT, said(FOUND), FOUND), NAMES, ORIGIN, device, key)
    assert refuses.findings is not None
    assert refuses.vouches


@pytest.mark.parametrize(
    "told",
    [
        Verdict(AT, said(FOUND), ()),
        Verdict(AT, said(), FOUND),
        Verdict(AT, said(FOUND), ("the price is right",)),
        Verdict(AT, said(names=(NAMES[0], bytes(32))), ()),
        Verdict(AT, said(names=(bytes(32), NAMES[1])), ()),
        Verdict(AT, said(at=RoundName(SLOT, 1)), ()),
        Verdict(RoundName(SLOT, 1), said(), ()),
        Verdict(AT, b"", ()),
    ],
    ids=[
        "findings left out",
        "findings added",
        "findings changed",
        "another result",
        "another book",
        "another round",
        "told of another round",
        "nothing",
    ],
)
def test_a_word_on_something_else_or_over_other_findings_is_none(told: Verdict) -> None:
    with pytest.raises((EtpError, ValueError)):
        verdict_of(told, NAMES, ORIGIN, FLAT.public.device_id, FLAT.public)


def test_a_word_that_another_key_has_signed_is_none() -> None:
    told, device = Verdict(AT, said(), ()), FLAT.public.device_id
    with pytest.raises(EtpError):
        verdict_of(told, NAMES, ORIGIN, device, Ed25519Signer.generate().public)
    with pytest.raises(EtpError):
        verdict_of(told, NAMES, ORIGIN, Ed25519Signer.generate().public.device_id, FLAT.public)
