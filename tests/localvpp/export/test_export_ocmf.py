"""A meter's record in OCMF: the readings to the watt-hour, the record beside them, and every character counts."""

from collections.abc import Callable
from dataclasses import replace
import json
import re
from typing import Any

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypothesis import given, settings, strategies as st
import pytest

from localvpp.etp import (
    DeviceId,
    Ed25519Signer,
    ErrorFlag,
    Es256Signer,
    EtpError,
    Kind,
    MeterStatus,
    Record,
    Register,
    Source,
    TimeStatus,
)
from localvpp.export import ExportError, MalformedError, UnfitError, ocmf
from localvpp.export.ocmf import Assurance, DataSet, Obis, Reason

from ..place import ORIGIN
from .conftest import BUILDING, DEVICE, ENTRY, EXPORTER, INDEX, RECORD, mangled

# --- Golden text; pyocmf 0.6.0 verifies it -----------------------------------------------------------------------

GOLDEN_PAYLOAD = (
    '{"FV":"1.4","GI":"Local VPP","GS":"53b3f6dbfd8ba18610340da14661b6b2","PG":"T1","MS":"12000101",'
    '"IS":true,"IL":"CERTIFIED","IT":"LOCAL","ID":"53b3f6dbfd8ba18610340da14661b6b2",'
    '"RD":[{"TM":"2026-11-22T02:00:00,120+0000 S","TX":"B","RV":1234.000,"RI":"01-00:B0.08.00","RU":"kWh",'
    '"EF":"","ST":"G"}],'
    '"XH":"fe4ce58d7aba8731339eb9473979a17e5511446db202f71d82fa1654b27a120c",'
    '"XO":"vpp.example/sakura-heights","XI":4}'
)
GOLDEN_SIGNATURE = (
    "3045022100ced63813517a86f4444a0bc5bc07d17173327aaa67f92a34ef048e5d7a555b94"
    "02204d5804a559c0e934bdd3b56d67f78c5f0d2a8360dbf5deaaee47dc970ea78b40"
)
GOLDEN = (
    f'OCMF|{GOLDEN_PAYLOAD}|{{"SA":"ECDSA-secp256r1-SHA256","SE":"hex","SM":"application/x-der","SD":"'
    f'{GOLDEN_SIGNATURE}","XC":"'
    "0oRYiaQBJwN4ImFwcGxpY2F0aW9uL3ZuZC5sb2NhbC12cHAuZXRwK2Nib3IESFZHWqdUY0dMD6IBeDV1cm46bG9jYWwtdnBwOmRldmljZTo1M2Iz"
    "ZjZkYmZkOGJhMTg2MTAzNDBkYTE0NjYxYjZiMgJ4GnZwcC5leGFtcGxlL3Nha3VyYS1oZWlnaHRzoFhnqAABAVBTs/bb/YuhhhA0DaFGYbayAgAD"
    "AQRYIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABQEGGmsCTKAHWCBvMPVELjbhCuR4WPJZOT9juLpxO3AJEimpLXiywzXgIlhA+LzW"
    'uxr91PaXgFIuoxZBe2KnoVLM+Ao5Pwqrck9+0XSXnnWy4B1Jd+5xm9hMqOrP8Wnkjmh8eQitRD36cDz1Aw=="}'
)


def sets(record: Record, assurance: Assurance = Assurance.CERTIFIED) -> tuple[DataSet, DataSet]:
    return ocmf.data_sets(record, INDEX, assurance)


def payload(record: Record, end: bool = False) -> dict[str, Any]:
    return dict(json.loads(sets(record)[end].encode(), parse_float=str))


def test_golden_text() -> None:
    begin, end = sets(RECORD)
    assert begin.encode() == GOLDEN_PAYLOAD
    data_set, envelope = ocmf.open_ocmf(GOLDEN, EXPORTER.public)
    assert (data_set, envelope) == (begin, RECORD.signed)
    assert end.encode() == GOLDEN_PAYLOAD.replace('"T1"', '"T2"').replace('"B"', '"E"').replace(
        "02:00:00,120", "02:01:00,095"
    ).replace("1234.000", "1234.012")


# --- What the readings say ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wh", "text"),
    [
        (0, "0.000"),
        (1, "0.001"),
        (10, "0.010"),
        (999, "0.999"),
        (1000, "1.000"),
        (1_234_012, "1234.012"),
        (9_007_199_254_740_993, "9007199254740.993"),  # 2^53 + 1: a float would lose its last watt-hour
        (2**63 - 1, "9223372036854775.807"),
    ],
)
def test_watt_hours_are_written_exactly(wh: int, text: str) -> None:
    assert ocmf.kwh(wh) == text
    assert re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?", text), "a JSON number"


def test_the_register_is_that_of_the_energys_direction(make_record: Callable[..., Record]) -> None:
    out = make_record(
        sender=DEVICE, receiver=BUILDING, energy_wh=7, attributes=((Source.SOLAR, 7),), exported=Register(567, 574)
    )
    assert [payload(out, end)["RD"][0]["RV"] for end in (False, True)] == ["0.567", "0.574"]
    assert payload(out)["RD"][0]["RI"] == "01-00:C0.08.00"
    assert payload(RECORD)["RD"][0]["RI"] == "01-00:B0.08.00"


def test_pages_count_on_over_the_records_of_a_device(make_record: Callable[..., Record]) -> None:
    pages = [payload(make_record(seq=seq), end)["PG"] for seq in (1, 2, 3) for end in (False, True)]
    assert pages == ["T1", "T2", "T3", "T4", "T5", "T6"]


@pytest.mark.parametrize(("status", "letter"), zip(TimeStatus, "UISR", strict=True))
def test_the_state_of_the_clock_is_told(status: TimeStatus, letter: str, make_record: Callable[..., Record]) -> None:
    assert payload(make_record(time_status=status))["RD"][0]["TM"] == f"2026-11-22T02:00:00,120+0000 {letter}"


@pytest.mark.parametrize(("status", "letter"), zip(MeterStatus, "GTXF", strict=True))
def test_the_state_of_the_meter_is_told(status: MeterStatus, letter: str, make_record: Callable[..., Record]) -> None:
    assert payload(make_record(meter_status=status))["RD"][0]["ST"] == letter


@pytest.mark.parametrize(
    ("flags", "letters"),
    [
        (ErrorFlag(0), ""),
        (ErrorFlag.ENERGY, "E"),
        (ErrorFlag.TIME, "t"),
        (ErrorFlag.ENERGY | ErrorFlag.TIME, "Et"),
        (ErrorFlag.ISLAND, "E"),
        (ErrorFlag.ISLAND | ErrorFlag.TIME, "Et"),
    ],
)
def test_what_is_not_fit_for_billing_is_told(
    flags: ErrorFlag, letters: str, make_record: Callable[..., Record]
) -> None:
    assert payload(make_record(errors=flags))["RD"][0]["EF"] == letters


def test_an_unknown_serial_number_is_left_out(make_record: Callable[..., Record]) -> None:
    assert "MS" not in payload(make_record(meter=None))
    assert payload(make_record(meter=None))["GS"] == DEVICE.hex()


def test_how_sure_the_device_is_depends_on_what_was_checked() -> None:
    begin, _ = sets(RECORD, Assurance.TRUSTED)
    assert '"IS":true,"IL":"TRUSTED"' in begin.encode()


def test_a_bar_in_a_meters_name_does_not_divide_sections(make_record: Callable[..., Record]) -> None:
    record = make_record(meter='A|B"\\計器')
    begin, _ = sets(record)
    text = ocmf.sign(begin, EXPORTER, record.signed.statement.data)
    assert text.count("|") == 2
    assert payload(record)["MS"] == 'A|B"\\計器'
    assert ocmf.open_ocmf(text, EXPORTER.public)[0] == begin


# --- What is not exported ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"kind": Kind.TRANSFER}, "kind transfer"),
        ({"imported": None}, "does not have the readings"),
        ({"imported": Register(1, 14)}, "counted 13 Wh"),
        ({"receiver": DeviceId(b"\xaa" * 16)}, "neither leaves nor reaches"),
    ],
    ids=str,
)
def test_a_record_without_a_registers_readings_is_refused_with_the_reason(
    changes: dict[str, Any], named: str, make_record: Callable[..., Record]
) -> None:
    with pytest.raises(UnfitError, match=named):
        sets(make_record(**changes))


def test_a_time_beyond_the_year_9999_is_refused(make_record: Callable[..., Record]) -> None:
    begin, end = sets(make_record(end_ms=2**62))
    assert begin.encode()
    with pytest.raises(UnfitError, match="year 9999"):
        end.encode()


def test_only_a_p256_key_signs() -> None:
    with pytest.raises(UnfitError, match="P-256"):
        ocmf.sign(sets(RECORD)[0], Ed25519Signer.generate(), ENTRY)


# --- Nothing but the very characters -----------------------------------------------------------------------------


def accepted(text: str) -> bool:
    try:
        ocmf.open_ocmf(text, EXPORTER.public)
    except ExportError, EtpError:
        return False
    return True


def test_every_character_counts() -> None:
    assert accepted(GOLDEN)
    texts = ((how, data.decode("latin1")) for how, data in mangled(GOLDEN.encode()))
    assert [how for how, text in texts if text != GOLDEN and accepted(text)] == []


def test_another_key_has_not_signed() -> None:
    with pytest.raises(EtpError, match="not of key"):
        ocmf.open_ocmf(GOLDEN, Es256Signer.generate().public)


@pytest.mark.parametrize(
    "changes",
    [{"device": BUILDING}, {"log": "elsewhere"}, {"pagination": 2}, {"reason": Reason.END}],
    ids=str,
)
def test_a_data_set_that_contradicts_its_envelope_is_refused(changes: dict[str, Any]) -> None:
    text = ocmf.sign(replace(sets(RECORD)[0], **changes), EXPORTER, ENTRY)
    with pytest.raises(MalformedError, match=r"not that of record|not the page of record"):
        ocmf.open_ocmf(text, EXPORTER.public)


def test_an_envelope_of_another_record_does_not_pass_for_the_records(make_record: Callable[..., Record]) -> None:
    other = make_record(seq=2, prev=RECORD.hash)
    text = ocmf.sign(sets(other)[0], EXPORTER, other.signed.statement.data)
    swapped = GOLDEN[: GOLDEN.index('"XC"')] + text[text.index('"XC"') :]
    with pytest.raises(MalformedError, match="not that of record"):
        ocmf.open_ocmf(swapped, EXPORTER.public)


@pytest.mark.parametrize(
    ("part", "instead"),
    [
        ('"RV":1234.000', '"RV":"1234.000"'),
        ('"RV":1234.000', '"RV":1234.0'),
        ('"RV":1234.000', '"RV":1.234e3'),
        ('"RV":1234.000', '"RV":-1.000'),
        ('"RV":1234.000', '"RV":NaN'),
        ('"XI":4', '"XI":4.0'),
        ('"XI":4', '"XI":-4'),
        ('"XI":4', '"XI":true'),
        ('"XO":"vpp.example/sakura-heights"', '"XO":["vpp.example/sakura-heights"]'),
        ('"MS":"12000101"', '"MS":["12000101"]'),
        ('"MS":"12000101"', '"MS":12000101'),
        ('"FV":"1.4"', '"FV":"1.3"'),
        ('"FV":"1.4"', '"FV": "1.4"'),
        ('"IS":true', '"IS":false'),
        ('"PG":"T1"', '"PG":"F1"'),
        ('"PG":"T1"', '"PG":"T01"'),
        ('"TM":"2026-11-22T02:00:00,120+0000 S"', '"TM":"2026-11-22T11:00:00,120+0900 S"'),
        ('"TM":"2026-11-22T02:00:00,120+0000 S"', '"TM":20261122'),
        ('"RD":[', '"RD":[{},'),
        ('"ST":"G"}]', '"ST":"G"},' + "[" * 5000),
    ],
    ids=lambda value: value[:40],
)
def test_a_good_signature_does_not_excuse_another_spelling(part: str, instead: str) -> None:
    changed = GOLDEN_PAYLOAD.replace(part, instead)
    assert changed != GOLDEN_PAYLOAD
    raw = EXPORTER.sign(changed.encode())
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    text = f"OCMF|{changed}|" + GOLDEN.rpartition("|")[2].replace(GOLDEN_SIGNATURE, der.hex())
    with pytest.raises(MalformedError):
        ocmf.open_ocmf(text, EXPORTER.public)


def test_long_input_is_not_read() -> None:
    with pytest.raises(MalformedError, match="are read"):
        ocmf.open_ocmf("OCMF|" + " " * 40_000, EXPORTER.public)


# --- Round trips -------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=60)
@given(
    st.builds(
        DataSet,
        pagination=st.just(1),
        device=st.just(DEVICE),
        meter=st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=64),
        assurance=st.sampled_from(Assurance),
        time_ms=st.integers(0, 253_402_300_799_999),
        time_status=st.sampled_from(TimeStatus),
        reason=st.just(Reason.BEGIN),
        wh=st.integers(0, 2**63 - 1),
        obis=st.sampled_from(Obis),
        errors=st.integers(0, 3).map(ErrorFlag),
        meter_status=st.sampled_from(MeterStatus),
        record=st.just(RECORD.hash),
        log=st.just(ORIGIN),
        index=st.integers(0, 2**63 - 1),
    )
)
def test_a_data_set_reads_back_as_itself(data_set: DataSet) -> None:
    text = ocmf.sign(data_set, EXPORTER, ENTRY)
    assert ocmf.open_ocmf(text, EXPORTER.public) == (data_set, RECORD.signed)


@settings(deadline=None, max_examples=60)
@given(st.text('OCMF|{}[]":,.0123RDSXé\ud800\0', max_size=80).map(lambda text: f"OCMF|{text}"))
def test_no_text_raises_anything_but_ours(text: str) -> None:
    assert not accepted(text)
