"""A frame says what is known of one second, and unknown is absent, never zero."""

from hashlib import sha256

import cbor2
from hypothesis import given, settings, strategies as st
import pytest

from localvpp.etp import DeviceId, Ed25519Signer, Es256Signer, EtpError, FieldError, Frame, SignatureError, open_frame

from ..place import ORIGIN, SLOT
from .strategies import frames
from .test_etp_record import mangled

SIGNER = Ed25519Signer(bytes(range(32)))
FRAME = Frame(
    device=DeviceId(b"\xf1" * 16),
    time_ms=SLOT * 1000 + 500,
    count=7,
    grid_w=-420,
    import_wh=1_234_012,
    soc_permille=642,
    islanded=False,
)
PAYLOAD = bytes.fromhex(
    "a9"
    "0001"  # version
    "0150f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1"  # device
    "021b000001a200fb52f4"  # time
    "0307"  # count
    "043901a3"  # −420 W
    "051a0012d45c"  # import register
    "09190282"  # 64.2 %
    "0cf4"  # not islanded
    "0d01"  # clock: informative
)


def opens(data: bytes) -> bool:
    try:
        open_frame(data, SIGNER.public, ORIGIN)
    except EtpError:
        return False
    return True


def test_golden_frame() -> None:
    data = FRAME.sign(SIGNER, ORIGIN)
    assert data[-66 - len(PAYLOAD) : -66] == PAYLOAD
    assert sha256(data).hexdigest() == "f31044963abf71a419f90355062ac68e8197de561d7b25b31a828bab27293e79"
    assert open_frame(data, SIGNER.public, ORIGIN) == FRAME


@settings(deadline=None, max_examples=50)
@given(frames)
def test_a_frame_reads_back_as_itself(frame: Frame) -> None:
    assert open_frame(frame.sign(SIGNER, ORIGIN), SIGNER.public, ORIGIN) == frame


def test_unknown_is_absent_and_zero_is_not() -> None:
    silent = cbor2.loads(cbor2.loads(Frame(device=FRAME.device, time_ms=1, count=1).sign(SIGNER, ORIGIN)).value[2])
    assert sorted(silent) == [0, 1, 2, 3, 13]
    calm = Frame(device=FRAME.device, time_ms=1, count=1, grid_w=0, import_wh=0, islanded=False)
    assert open_frame(calm.sign(SIGNER, ORIGIN), SIGNER.public, ORIGIN) == calm


@pytest.mark.parametrize("signer", [SIGNER, Es256Signer.generate()], ids=["EdDSA", "ES256"])
def test_every_byte_of_a_frame_counts(signer: Ed25519Signer | Es256Signer) -> None:
    whole = FRAME.sign(signer, ORIGIN)
    assert open_frame(whole, signer.public, ORIGIN) == FRAME
    for how, data in mangled(whole):
        if data != whole:
            try:
                open_frame(data, signer.public, ORIGIN)
            except EtpError:
                continue
            pytest.fail(f"a frame with {how} was taken")


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_no_bytes_raise_anything_but_ours(data: st.DataObject) -> None:
    whole = FRAME.sign(SIGNER, ORIGIN)
    begin = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(begin, min(begin + 10, len(whole))))
    mutated = whole[:begin] + data.draw(st.binary(max_size=12)) + whole[end:]
    assert opens(mutated) == (mutated == whole)
    assert not opens(data.draw(st.binary(max_size=60)))


def test_a_frame_is_of_its_key_and_its_building(stranger: Ed25519Signer) -> None:
    data = FRAME.sign(SIGNER, ORIGIN)
    with pytest.raises(SignatureError):
        open_frame(data, stranger.public, ORIGIN)
    with pytest.raises(FieldError, match="is meant for"):
        open_frame(data, SIGNER.public, "vpp.example/next-door")


@pytest.mark.parametrize(
    ("frame", "named"),
    [
        ({"soc_permille": 1001}, "state of charge"),
        ({"frequency_mhz": 100_001}, "frequency"),
        ({"voltage_mv": -1}, "voltage"),
        ({"import_wh": -1}, "import register"),
        ({"grid_w": 2**63}, "grid power"),
        ({"islanded": 1}, "islanded"),
    ],
    ids=str,
)
def test_values_out_of_range_are_refused_by_name(frame: dict[str, int], named: str) -> None:
    data = Frame(device=FRAME.device, time_ms=1, count=1, **frame).sign(SIGNER, ORIGIN)  # type: ignore[arg-type]  # on purpose
    with pytest.raises(FieldError, match=named):
        open_frame(data, SIGNER.public, ORIGIN)
