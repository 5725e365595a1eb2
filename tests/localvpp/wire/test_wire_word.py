"""A word on a slot is the building's, for one flat, over each of its fields; and two that say the same are the same."""

from dataclasses import fields, replace
from typing import Any

import pytest

from localvpp.etp import DeviceId, Ed25519Signer, FieldError, RecordHash, SignatureError
from localvpp.wire import LeftOut, SettledProof, SlotResult, SlotWord, same_word, sign_word, verify_word, word_name

from ..place import ORIGIN, SLOT

OTHER = DeviceId(b"\x0f" * 16)
SETTLED = SettledProof(b"sealed", 9, "proof")
RESULT = SlotResult(
    slot=SLOT,
    after=SLOT - 60,
    import_wh=9,
    export_wh=0,
    shared_in_wh=4,
    shared_out_wh=0,
    inside_money=-8800,
    grid_money=-15500,
    inside_price=2200,
    grid_price=3100,
    feed_in_price=850,
    records=(RecordHash(b"r" * 32),),
    transfers=(b"transfer",),
    indexes=(7,),
    proofs=("proof",),
    settled=SETTLED,
    statement=b"",
)
LEFT_OUT = LeftOut(SLOT, SLOT - 60, SETTLED, b"")
WORDS = pytest.mark.parametrize("word", [RESULT, LEFT_OUT], ids=["result", "left out"])

CHANGES: dict[str, Any] = {
    "records": (RecordHash(b"s" * 32),),
    "transfers": (),
    "indexes": (8,),
    "proofs": ("",),
    "settled": replace(SETTLED, index=8),
}


def changed(word: SlotWord) -> list[tuple[str, SlotWord]]:
    """The word with each of its fields changed in turn."""
    names = [field.name for field in fields(word) if field.name != "statement"]
    return [(name, replace(word, **{name: CHANGES.get(name, 5)})) for name in names]


@WORDS
def test_each_field_of_a_word_is_signed(
    word: SlotWord, building: Ed25519Signer, stranger: Ed25519Signer, device: DeviceId
) -> None:
    def at(said: SlotWord) -> None:
        verify_word(said, building.public, building.public.device_id, ORIGIN, device)

    signed = sign_word(building, building.public.device_id, ORIGIN, device, word)
    at(signed)
    for name, other in changed(signed):
        with pytest.raises(FieldError, match="not the one that was signed"):
            at(other)
        assert name
    with pytest.raises(FieldError, match="signed for another flat"):
        at(sign_word(building, building.public.device_id, ORIGIN, OTHER, word))
    with pytest.raises(FieldError, match=r"for 'vpp\.example/next-door'"):
        at(sign_word(building, building.public.device_id, "vpp.example/next-door", device, word))
    with pytest.raises(SignatureError):
        at(sign_word(stranger, building.public.device_id, ORIGIN, device, word))


def test_a_word_of_one_kind_is_not_taken_for_the_other(building: Ed25519Signer, device: DeviceId) -> None:
    signed = sign_word(building, building.public.device_id, ORIGIN, device, RESULT)
    with pytest.raises(FieldError, match="result"):
        verify_word(
            replace(LEFT_OUT, statement=signed.statement), building.public, building.public.device_id, ORIGIN, device
        )


@WORDS
def test_words_that_differ_in_proofs_alone_say_the_same(word: SlotWord, building: Ed25519Signer) -> None:
    newer = replace(word, settled=replace(SETTLED, proof="of a newer head"), statement=b"signed anew")
    if isinstance(newer, SlotResult):
        newer = replace(newer, proofs=("of a newer head",))
    assert same_word(word, newer)
    assert word_name(word) == word_name(newer)
    for name, other in changed(word):
        says_the_same = name == "proofs"
        assert same_word(word, other) is says_the_same, name
        assert (word_name(word) == word_name(other)) is says_the_same, name


def test_a_share_and_no_share_do_not_say_the_same() -> None:
    assert not same_word(RESULT, LEFT_OUT)
    assert word_name(RESULT) != word_name(LEFT_OUT)
