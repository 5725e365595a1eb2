"""A word on a drill is the building's, for one flat of one building, over each of its fields."""

from dataclasses import replace
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from localvpp.etp import DeviceId, Ed25519Signer, EtpError, FieldError, SignatureError, VersionError, cbor, cose
from localvpp.islanding.report import Level
from localvpp.wire import CALL_LENGTH, PROTOCOL, DrillWord, Says, open_drill_word, sign_drill_word
from localvpp.wire.drill_word import DRILL_TYPE, LONGEST_S

from ..place import ORIGIN, SLOT

OTHER = DeviceId(b"\x0f" * 16)
WORD = DrillWord(
    says=Says.GO,
    drill=b"d" * CALL_LENGTH,
    call=b"c" * CALL_LENGTH,
    level=Level.QUICK,
    length_s=300,
    from_ms=SLOT * 1000,
    until_ms=SLOT * 1000 + 120_000,
)
names = st.binary(min_size=CALL_LENGTH, max_size=CALL_LENGTH)


def signed(building: Ed25519Signer, device: DeviceId, word: DrillWord = WORD) -> bytes:
    return sign_drill_word(building, building.public.device_id, ORIGIN, device, word)


@settings(deadline=None, max_examples=60)
@given(
    st.builds(
        DrillWord,
        says=st.sampled_from(Says),
        drill=names,
        call=names,
        level=st.sampled_from(Level),
        length_s=st.integers(0, LONGEST_S),
        from_ms=st.integers(0, 2**62),
        until_ms=st.integers(2**62 + 1, 2**63 - 1),
    )
)
def test_a_word_opens_as_it_was_signed(word: DrillWord) -> None:
    building, device = Ed25519Signer(b"\x05" * 32), OTHER
    opened = open_drill_word(signed(building, device, word), building.public, building.public.device_id, ORIGIN, device)
    assert opened == word


def test_a_word_of_another_for_another_or_of_another_building_is_refused(
    building: Ed25519Signer, stranger: Ed25519Signer, device: DeviceId
) -> None:
    mine = building.public.device_id
    forged = sign_drill_word(stranger, mine, ORIGIN, device, WORD)
    with pytest.raises(SignatureError):
        open_drill_word(forged, building.public, mine, ORIGIN, device)
    with pytest.raises(FieldError, match="for device"):
        open_drill_word(signed(building, OTHER), building.public, mine, ORIGIN, device)
    with pytest.raises(FieldError, match=ORIGIN):
        open_drill_word(signed(building, device), building.public, mine, "vpp.example/next-door", device)


def payload(device: DeviceId, **changes: Any) -> dict[int, cbor.Value]:
    """What is signed, changed here and there by its keys (`k4=…`)."""
    plain: dict[int, cbor.Value] = {
        0: PROTOCOL,
        1: device,
        2: WORD.drill,
        3: WORD.call,
        4: int(WORD.says),
        5: WORD.level.value,
        6: WORD.length_s,
        7: WORD.from_ms,
        8: WORD.until_ms,
    }
    return plain | {int(key[1:]): value for key, value in changes.items()}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"k2": b"short"}, "drill has 5 bytes, expected 16"),
        ({"k4": 4}, "what is said is 4, expected one of 1, 2, 3"),
        ({"k5": "l9"}, "level is 'l9', expected one of l0"),
        ({"k6": LONGEST_S + 1}, "length is 86401, expected 0 to 86400"),
        ({"k8": WORD.from_ms}, "it never does"),
        ({"k9": 1}, "unknown key 9"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_field_that_is_wrong_is_named(
    change: dict[str, Any], named: str, building: Ed25519Signer, device: DeviceId
) -> None:
    with pytest.raises(FieldError, match=named):
        opened(building, device, payload(device, **change))


def test_a_word_of_another_protocol_says_what_to_do(building: Ed25519Signer, device: DeviceId) -> None:
    with pytest.raises(VersionError, match="update the older one"):
        opened(building, device, payload(device, k0=PROTOCOL - 1))


def opened(building: Ed25519Signer, device: DeviceId, plain: dict[int, cbor.Value]) -> DrillWord:
    mine = building.public.device_id
    statement = cose.sign(
        building,
        content_type=DRILL_TYPE,
        issuer=f"urn:local-vpp:device:{mine.hex()}",
        subject=ORIGIN,
        payload=cbor.encode(plain),
    )
    return open_drill_word(statement, building.public, mine, ORIGIN, device)


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_a_mangled_word_raises_nothing_but_its_own_errors(data: st.DataObject) -> None:
    building = Ed25519Signer(b"\x05" * 32)
    mine, whole = building.public.device_id, signed(building, OTHER)
    at = data.draw(st.integers(0, len(whole) - 1))
    mangled = whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :]
    with pytest.raises(EtpError):
        open_drill_word(mangled, building.public, mine, ORIGIN, OTHER)


def test_each_field_counts(building: Ed25519Signer, device: DeviceId) -> None:
    changes: dict[str, Any] = {
        "says": Says.RETURN,
        "drill": b"e" * CALL_LENGTH,
        "call": b"e" * CALL_LENGTH,
        "level": Level.LOAD,
        "length_s": 301,
        "from_ms": WORD.from_ms + 1,
        "until_ms": WORD.until_ms + 1,
    }
    statements = {signed(building, device, replace(WORD, **{name: value})) for name, value in changes.items()}
    assert len(statements | {signed(building, device)}) == len(changes) + 1
