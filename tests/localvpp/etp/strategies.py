"""Hypothesis strategies for what may stand in a record."""

from dataclasses import replace

from hypothesis import strategies as st

from localvpp.etp import (
    CONCERNING,
    Body,
    Carrier,
    DeviceId,
    Enrolled,
    Envelope,
    ErrorFlag,
    Frame,
    Kind,
    MeterStatus,
    NextKey,
    PublicKey,
    RecordHash,
    Register,
    Source,
    TimeStatus,
)
from localvpp.etp.envelope import KEYED
from localvpp.etp.keys import Algorithm

unsigned = st.one_of(st.integers(0, 300), st.integers(0, 2**63 - 1))
signed = st.one_of(st.integers(-300, 300), st.integers(-(2**63), 2**63 - 1))
short_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=64)
hashes = st.binary(min_size=32, max_size=32)
devices = st.binary(min_size=16, max_size=16).map(DeviceId)
registers = st.tuples(unsigned, unsigned).map(lambda pair: Register(min(pair), max(pair)))
# Each is made once, here: one that is made within a draw is worked out anew for each example, which takes longer than
# the example.
_kinds, _time_statuses, _meter_statuses = (
    st.sampled_from(Kind),
    st.sampled_from(TimeStatus),
    st.sampled_from(MeterStatus),
)
_ends = st.lists(devices, min_size=2, max_size=2, unique=True)
_energies = st.dictionaries(st.sampled_from(Source), st.integers(1, 2**60))
_seconds = st.none() | st.tuples(hashes, unsigned)
_slot_seconds, _errors, _sequences = st.integers(1, 3600), st.integers(0, 7), st.integers(1, 2**63 - 1)
_maybe_text, _maybe_registers, _maybe_unsigned = st.none() | short_text, st.none() | registers, st.none() | unsigned
_maybe_mhz = st.none() | st.integers(0, 100_000)
_evidence = st.lists(hashes, max_size=4)
_public = hashes.filter(lambda data: data[1:31] != data[2:32])
_next_keys = hashes.map(NextKey)
_maybe_next_key = st.none() | _next_keys
_possessions = st.binary(min_size=64, max_size=64)


@st.composite
def bodies(draw: st.DrawFn) -> Body:
    sender, receiver = draw(_ends)
    start, end = sorted((draw(unsigned), draw(unsigned)))
    energies = draw(_energies)
    seconds = draw(_seconds)
    return Body(
        start_ms=start,
        end_ms=end,
        slot_seconds=draw(_slot_seconds),
        sender=sender,
        receiver=receiver,
        energy_wh=sum(energies.values()),
        attributes=tuple(sorted(energies.items())),
        time_status=draw(_time_statuses),
        meter_status=draw(_meter_statuses),
        errors=ErrorFlag(draw(_errors)),
        meter=draw(_maybe_text),
        imported=draw(_maybe_registers),
        exported=draw(_maybe_registers),
        frequency_mhz=draw(_maybe_mhz),
        place=draw(_maybe_text),
        seconds_root=seconds[0] if seconds else None,
        seconds_count=seconds[1] if seconds else None,
        price=draw(_maybe_unsigned),
        evidence=tuple(draw(_evidence)),
        generated=draw(_maybe_registers),
        charged=draw(_maybe_registers),
        discharged=draw(_maybe_registers),
    )


def supplies() -> st.SearchStrategy[Body]:
    """Bodies of another carrier than electricity."""
    return st.builds(_of_carrier, bodies(), st.sampled_from(Carrier))


def _of_carrier(body: Body, carrier: Carrier) -> Body:
    return replace(body, carrier=carrier, generated=None, charged=None, discharged=None)


@st.composite
def envelopes(draw: st.DrawFn) -> Envelope:
    kind = draw(_kinds)
    key = PublicKey(Algorithm.ED25519, draw(_public))
    device = draw(devices)
    named = draw(devices) if kind is Kind.ENROL else device
    founds = kind is Kind.ENROL and named == device
    next_key = draw(_next_keys) if founds else draw(_maybe_next_key) if kind is Kind.ROTATE else None
    return Envelope(
        device=device,
        epoch=draw(unsigned),
        seq=draw(_sequences),
        prev=RecordHash(draw(hashes)),
        kind=kind,
        slot=draw(unsigned),
        commitment=draw(hashes),
        enrolled=Enrolled(named, key) if kind in KEYED else None,
        possession=draw(_possessions) if kind is Kind.ROTATE else None,
        concerns=draw(devices) if kind in CONCERNING else None,
        next_key=next_key,
    )


frames = st.builds(
    Frame,
    device=devices,
    time_ms=unsigned,
    count=unsigned,
    time_status=st.sampled_from(TimeStatus),
    grid_w=st.none() | signed,
    import_wh=st.none() | unsigned,
    export_wh=st.none() | unsigned,
    pv_w=st.none() | signed,
    battery_w=st.none() | signed,
    soc_permille=st.none() | st.integers(0, 1000),
    frequency_mhz=st.none() | st.integers(0, 100_000),
    voltage_mv=st.none() | unsigned,
    islanded=st.none() | st.booleans(),
    age_ms=st.none() | unsigned,
)
