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


@st.composite
def bodies(draw: st.DrawFn) -> Body:
    sender, receiver = draw(st.lists(devices, min_size=2, max_size=2, unique=True))
    start, end = sorted((draw(unsigned), draw(unsigned)))
    energies = draw(st.dictionaries(st.sampled_from(Source), st.integers(1, 2**60)))
    seconds = draw(st.none() | st.tuples(hashes, unsigned))
    return Body(
        start_ms=start,
        end_ms=end,
        slot_seconds=draw(st.integers(1, 3600)),
        sender=sender,
        receiver=receiver,
        energy_wh=sum(energies.values()),
        attributes=tuple(sorted(energies.items())),
        time_status=draw(st.sampled_from(TimeStatus)),
        meter_status=draw(st.sampled_from(MeterStatus)),
        errors=ErrorFlag(draw(st.integers(0, 7))),
        meter=draw(st.none() | short_text),
        imported=draw(st.none() | registers),
        exported=draw(st.none() | registers),
        frequency_mhz=draw(st.none() | st.integers(0, 100_000)),
        place=draw(st.none() | short_text),
        seconds_root=seconds[0] if seconds else None,
        seconds_count=seconds[1] if seconds else None,
        price=draw(st.none() | unsigned),
        evidence=tuple(draw(st.lists(hashes, max_size=4))),
        generated=draw(st.none() | registers),
        charged=draw(st.none() | registers),
        discharged=draw(st.none() | registers),
    )


def supplies() -> st.SearchStrategy[Body]:
    """Bodies of another carrier than electricity."""
    return st.builds(_of_carrier, bodies(), st.sampled_from(Carrier))


def _of_carrier(body: Body, carrier: Carrier) -> Body:
    return replace(body, carrier=carrier, generated=None, charged=None, discharged=None)


@st.composite
def envelopes(draw: st.DrawFn) -> Envelope:
    kind = draw(st.sampled_from(Kind))
    key = PublicKey(Algorithm.ED25519, draw(hashes.filter(lambda data: data[1:31] != data[2:32])))
    device = draw(devices)
    named = draw(devices) if kind is Kind.ENROL else device
    founds = kind is Kind.ENROL and named == device
    next_keys = hashes.map(NextKey)
    next_key = draw(next_keys) if founds else draw(st.none() | next_keys) if kind is Kind.ROTATE else None
    return Envelope(
        device=device,
        epoch=draw(unsigned),
        seq=draw(st.integers(1, 2**63 - 1)),
        prev=RecordHash(draw(hashes)),
        kind=kind,
        slot=draw(unsigned),
        commitment=draw(hashes),
        enrolled=Enrolled(named, key) if kind in KEYED else None,
        possession=draw(st.binary(min_size=64, max_size=64)) if kind is Kind.ROTATE else None,
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
