"""OCMF 1.4.1 (Open Charge Metering Format, S.A.F.E. e.V.): a record's register readings, for those who check meters.

    OCMF|{payload}|{signature}          ; the payload's bytes as they stand are signed

A record of a meter gives two data sets, as OCMF's own checks of a transaction want them: the reading at its begin (B)
and the one at its end (E) of the register that its energy was counted by.

    PG      T and the data set's number: 2·seq-1 and 2·seq of the record, so that a missing record shows as a hole
    GS, MS  the device that signed the record, and the serial number of its meter
    IS, IL  the device is the user's: TRUSTED by the log that admitted its record, CERTIFIED where the record's own
            signature was checked under the key that the log enrolled; IT, ID name the device
    TM, ST, EF  time and its status, state of the meter, what is not fit for billing, as the record has them
    RV, RI  kWh to the watt-hour, of OBIS register B0 (total import at the meter) or C0 (total export)

The device's own signature is of another kind, and over other bytes. What signs here is a key of the exporter: it
attests the export. So that nobody has to take its word, the record rides along in fields that OCMF leaves to vendors
(names from U to Z). XH, XO and XI of the payload are signed, for they say what the readings were taken from: the
record's hash, its log, its index there. XC in the signature section holds the record's envelope: it needs no second
signature, being signed by the device and named by XH, and there it does not lengthen what people read.
"""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
import json
import re
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from ..etp import (
    METERED,
    Algorithm,
    DeviceId,
    ErrorFlag,
    MeterStatus,
    PublicKey,
    Record,
    RecordHash,
    Register,
    SignedEnvelope,
    Signer,
    TimeStatus,
    parse_envelope,
    record_hash,
)
from .errors import MalformedError, UnfitError

VERSION: Final = "1.4"
"""Major and minor of the specification; its revision changes no bytes."""
_GATEWAY: Final = "Local VPP"
_HEADER: Final = "OCMF"
_SIGNATURE_ALGORITHM: Final = "ECDSA-secp256r1-SHA256"
_SCALAR: Final = 32
_LARGEST: Final = 32 * 1024
"""Characters of a data set at most: one has about 1,200."""
_KWH: Final = re.compile(r"(?:0|[1-9][0-9]{0,15})\.[0-9]{3}")


class Reason(StrEnum):
    """Why the register was read (TX)."""

    BEGIN = "B"
    END = "E"


class Obis(StrEnum):
    """Which register was read (RI; OCMF 1.4.1, table of billing-relevant OBIS codes)."""

    IMPORT = "01-00:B0.08.00"
    EXPORT = "01-00:C0.08.00"


class Assurance(StrEnum):
    """How sure it is that the readings are the device's (IL)."""

    TRUSTED = "TRUSTED"
    """The log has admitted the record."""
    CERTIFIED = "CERTIFIED"
    """The record's signature was checked as well, under the key that the log enrolled for the device."""


_TIME: Final = {
    TimeStatus.UNKNOWN: "U",
    TimeStatus.INFORMATIVE: "I",
    TimeStatus.SYNCHRONISED: "S",
    TimeStatus.RELATIVE: "R",
}
_METER: Final = {
    MeterStatus.GOOD: "G",
    MeterStatus.TIMEOUT: "T",
    MeterStatus.EXCHANGED: "X",
    MeterStatus.READ_ERROR: "F",
}
_ERRORS: Final = {ErrorFlag.ENERGY: "E", ErrorFlag.TIME: "t"}
"""ISLAND has no letter of its own: energy that an island may have made is not usable for billing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSet:
    """One reading of a register, and what it was taken from."""

    pagination: int
    device: DeviceId
    meter: str | None
    assurance: Assurance
    time_ms: int
    time_status: TimeStatus
    reason: Reason
    wh: int
    obis: Obis
    errors: ErrorFlag
    meter_status: MeterStatus
    record: RecordHash
    log: str
    index: int

    def encode(self) -> str:
        """Return the payload section, whose UTF-8 is what gets signed."""
        reading = _object(
            TM=_text(f"{_time(self.time_ms)} {_TIME[self.time_status]}"),
            TX=_text(self.reason),
            RV=kwh(self.wh),
            RI=_text(self.obis),
            RU=_text("kWh"),
            EF=_text("".join(letter for flag, letter in _ERRORS.items() if flag in self.errors)),
            ST=_text(_METER[self.meter_status]),
        )
        return _object(
            FV=_text(VERSION),
            GI=_text(_GATEWAY),
            GS=_text(self.device.hex()),
            PG=_text(f"T{self.pagination}"),
            MS=None if self.meter is None else _text(self.meter),
            IS="true",
            IL=_text(self.assurance),
            IT=_text("LOCAL"),
            ID=_text(self.device.hex()),
            RD=f"[{reading}]",
            XH=_text(self.record.hex()),
            XO=_text(self.log),
            XI=str(self.index),
        )


def data_sets(record: Record, index: int, assurance: Assurance) -> tuple[DataSet, DataSet]:
    """Return the readings at begin and end of a meter's record, which the log has at an index.

    Raises UnfitError for a record that no register stands behind.
    """
    body, envelope = record.body, record.envelope
    obis, register = _register(record)

    def reading(reason: Reason, time_ms: int, wh: int) -> DataSet:
        return DataSet(
            pagination=_page(envelope.seq, reason),
            device=envelope.device,
            meter=body.meter,
            assurance=assurance,
            time_ms=time_ms,
            time_status=body.time_status,
            reason=reason,
            wh=wh,
            obis=obis,
            errors=_unusable(body.errors),
            meter_status=body.meter_status,
            record=record.hash,
            log=record.signed.building,
            index=index,
        )

    return reading(Reason.BEGIN, body.start_ms, register.begin), reading(Reason.END, body.end_ms, register.end)


def _unusable(errors: ErrorFlag) -> ErrorFlag:
    """Return what is not usable for billing, as OCMF tells it apart."""
    island = ErrorFlag.ENERGY if errors & ErrorFlag.ISLAND else ErrorFlag(0)
    return errors & (ErrorFlag.ENERGY | ErrorFlag.TIME) | island


def _page(seq: int, reason: Reason) -> int:
    """Count the data sets of a device, two for each of its records."""
    return 2 * seq - (reason is Reason.BEGIN)


def _register(record: Record) -> tuple[Obis, Register]:
    """Find the register that counted the record's energy."""
    body, device = record.body, record.envelope.device
    if record.kind not in METERED:
        raise UnfitError(
            f"a record of kind {record.kind.name.lower()} has no readings of an electricity meter: OCMF takes no other"
        )
    if body.receiver == device:
        obis, register = Obis.IMPORT, body.imported
    elif body.sender == device:
        obis, register = Obis.EXPORT, body.exported
    else:
        raise UnfitError("the record's energy neither leaves nor reaches the device that signed it: no register counts")
    if register is None:
        raise UnfitError(f"the record does not have the readings of its register {obis}")
    if register.moved != body.energy_wh:
        raise UnfitError(f"the record says {body.energy_wh} Wh, but its register {obis} counted {register.moved} Wh")
    return obis, register


# --- Signing and opening ------------------------------------------------------------------------------------


def sign(data_set: DataSet, signer: Signer, envelope: bytes) -> str:
    """Return the OCMF text of a data set, signed with the exporter's P-256 key, the record's envelope with it.

    Raises UnfitError for a key of another kind.
    """
    if signer.public.algorithm is not Algorithm.ES256:
        raise UnfitError(
            f"OCMF is signed with a P-256 key ({_SIGNATURE_ALGORITHM}), not with {signer.public.algorithm.name}"
        )
    assert record_hash(envelope) == data_set.record, "the envelope is that of the record"
    payload = data_set.encode()
    raw = signer.sign(payload.encode())
    der = encode_dss_signature(int.from_bytes(raw[:_SCALAR]), int.from_bytes(raw[_SCALAR:]))
    return f"{_HEADER}|{payload}|{_signature(der, envelope)}"


def open_ocmf(text: str, key: PublicKey) -> tuple[DataSet, SignedEnvelope]:
    """Return data set and envelope of a text that `sign` has written with this key; any other is refused.

    That the readings are those of the record only its body can show, which does not ride along.
    Raises MalformedError, SignatureError, or another EtpError when the envelope is none.
    """
    if len(text) > _LARGEST:
        raise MalformedError(f"the OCMF text has {len(text)} characters; at most {_LARGEST} are read")
    header, bar, rest = text.partition("|")
    payload, second_bar, signature = rest.partition("|")
    if header != _HEADER or not bar or not second_bar:
        raise MalformedError("an OCMF text is OCMF|payload|signature")
    try:
        data_set = _read_payload(_load(payload))
        told = _load(signature)
        der, envelope = bytes.fromhex(told["SD"]), base64.b64decode(told["XC"], validate=True)
        r, s = decode_dss_signature(der)
        raw, covered = r.to_bytes(_SCALAR) + s.to_bytes(_SCALAR), payload.encode()
    except (AttributeError, LookupError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise MalformedError(f"the OCMF text is not one of ours: {error!r}") from error
    if data_set.encode() != payload or _signature(der, envelope) != signature:
        raise MalformedError("the OCMF text is not spelled as its writer spells it")
    key.verify(raw, covered)
    signed = parse_envelope(envelope)
    if (signed.hash, signed.envelope.device, signed.building) != (data_set.record, data_set.device, data_set.log):
        raise MalformedError(f"the envelope in XC is not that of record {data_set.record.hex()}")
    if data_set.pagination != _page(signed.envelope.seq, data_set.reason):
        raise MalformedError(f"T{data_set.pagination} is not the page of record {signed.envelope.seq}'s reading")
    return data_set, signed


def _signature(der: bytes, envelope: bytes) -> str:
    return _object(
        SA=_text(_SIGNATURE_ALGORITHM),
        SE=_text("hex"),
        SM=_text("application/x-der"),
        SD=_text(der.hex()),
        XC=_text(base64.b64encode(envelope).decode()),
    )


def _load(section: str) -> Any:
    # Numbers with a point stay text: no watt-hour passes through a float.
    return json.loads(section, parse_float=str)


def _read_payload(told: Any) -> DataSet:
    """Return what a payload says. What is missing or odd raises; what is spelled otherwise shows when written again."""
    (reading,) = told["RD"]
    moment, status = reading["TM"].rsplit(" ", 1)
    return DataSet(
        pagination=int(told["PG"].removeprefix("T")),
        device=DeviceId(bytes.fromhex(told["GS"])),
        meter=_string(told["MS"]) if "MS" in told else None,
        assurance=Assurance(told["IL"]),
        time_ms=_milliseconds(moment),
        time_status=_key_of(_TIME, status),
        reason=Reason(reading["TX"]),
        wh=_wh(reading["RV"]),
        obis=Obis(reading["RI"]),
        errors=_errors(reading["EF"]),
        meter_status=_key_of(_METER, reading["ST"]),
        record=RecordHash(bytes.fromhex(told["XH"])),
        log=_string(told["XO"]),
        index=_unsigned(told["XI"]),
    )


# --- Spelling -----------------------------------------------------------------------------------------------


def kwh(wh: int) -> str:
    """Write watt-hours as a JSON number of kWh, exactly."""
    assert wh >= 0, "a register counts up from 0"
    return f"{wh // 1000}.{wh % 1000:03d}"


def _wh(number: str) -> int:
    if _KWH.fullmatch(number) is None:
        raise ValueError(f"{number!r} kWh are not told to the watt-hour")
    return int(number.replace(".", ""))


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _unsigned(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise TypeError(f"{value!r} is no index")
    return value


def _time(ms: int) -> str:
    try:
        moment = datetime.fromtimestamp(ms // 1000, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise UnfitError(f"{ms} ms of Unix time are beyond the year 9999, the last that OCMF can write") from error
    return f"{moment:%Y-%m-%dT%H:%M:%S},{ms % 1000:03d}+0000"


def _milliseconds(text: str) -> int:
    seconds, _, rest = text.partition(",")
    moment = datetime.strptime(seconds, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
    return (moment - datetime.fromtimestamp(0, UTC)) // timedelta(seconds=1) * 1000 + int(rest[:3])


def _errors(letters: str) -> ErrorFlag:
    flags = ErrorFlag(0)
    for letter in letters:
        flags |= _key_of(_ERRORS, letter)
    return flags


def _key_of[K](table: dict[K, str], letter: str) -> K:
    for key, value in table.items():
        if value == letter:
            return key
    raise ValueError(f"{letter!r} is none of {', '.join(table.values())}")


def _object(**members: str | None) -> str:
    """Write an object of members that are JSON already; those that are None are left out."""
    return "{" + ",".join(f'"{name}":{value}' for name, value in members.items() if value is not None) + "}"


def _text(value: str) -> str:
    # The bar divides sections, so it must not occur inside one, not even in text.
    return json.dumps(value, ensure_ascii=False).replace("|", "\\u007c")
