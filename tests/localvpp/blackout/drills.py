"""Drills as they are told of in tests: one like a real one, and anything that may stand in a document."""

from hypothesis import strategies as st

from localvpp.blackout.document import Document, Noted, Previous
from localvpp.blackout.reading import LATEST_MS
from localvpp.etp import DeviceId
from localvpp.islanding import Floors, Notice, Phase, Policy, Wiring, japanese
from localvpp.islanding.policy import JP_VOLTS
from localvpp.islanding.report import Criterion, Gap, Level, People, Report, Sample, Spread, report
from localvpp.islanding.values import Supply

from ..place import ORIGIN, SLOT

BEGUN_MS = (SLOT + 20) * 1000
DEVICE = DeviceId(b"\xf1" * 16)


def held(level: Level = Level.QUICK, *, gap_s: float = 2.0, aborted: str | None = None) -> Report:
    """A drill of five minutes as a flat samples it once a second, the transfer taking a while."""
    policy = Policy(wiring=Wiring.PAIR, profile=japanese(50))
    samples: list[Sample] = []
    for second in range(1, 1000):
        island = 60 <= second < 360
        waits = 360 <= second < 660
        dark = 60 <= second < 60 + gap_s
        held_by_it = Phase.ISLANDING if dark else Phase.ISLANDED
        phase = held_by_it if island else Phase.RETURN_HOLD if waits else Phase.CONNECTED
        lit = Supply(JP_VOLTS + (second % 7) / 10, 50.0 + (second % 5) / 100)
        samples.append(
            Sample(
                at=float(second),
                phase=phase,
                grid=Supply(101.2, 50.01),
                island=Supply(0.0) if dark else lit,
                soc_percent=80.0 - max(0, second - 60) / 200,
                pv_w=350.0,
                load_w={"living room": 180.0, "kitchen": 90.0 if second < 100 else 0.0},
                heard=second % 100 != 7,
            )
        )
    return report(
        level,
        samples,
        policy,
        capacity_wh=5000.0,
        people=People(notified=3, acknowledged_after_s=(42.0, 310.5)),
        events=((0.0, "drill_announced"), (60.0, "islanded"), (102.0, "shed kitchen"), (660.0, "returned")),
        aborted=aborted,
    )


def document(told: Report | None = None, **other: object) -> Document:
    """A document as a flat draws it up."""
    fields: dict[str, object] = {
        "building": ORIGIN,
        "device": DEVICE,
        "flat": "304",
        "software": "local-vpp 0.1.0",
        "wiring": Wiring.PAIR,
        "floors": Floors(),
        "begun_ms": BEGUN_MS,
        "ended_ms": BEGUN_MS + 999_000,
        "asked_by": "Aoi Sato",
        "report": told or held(),
        "notices": (Noted(BEGUN_MS + 61_000, Notice.ISLANDED), Noted(BEGUN_MS + 661_000, Notice.RETURNED, "grid good")),
        "previous": Previous(
            ended_ms=BEGUN_MS - 180 * 86_400_000,
            level=Level.QUICK,
            passed=False,
            transfer=Gap(12.0, 1.0),
            endurance_s=50_000.0,
            used_percent=3.5,
            digest=bytes(range(32)),
        ),
        "next_due_ms": BEGUN_MS + 180 * 86_400_000,
    }
    return Document(**(fields | other))  # type: ignore[arg-type]


_any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
LATIN = st.text(st.characters(codec="latin-1"), max_size=60)
"""What Helvetica has."""
_figures = st.floats(-1e9, 1e9)
_times = st.integers(0, LATEST_MS)
_hashes = st.binary(min_size=32, max_size=32)
_gaps = st.builds(Gap, _figures, _figures)
_spreads = st.builds(Spread, _figures, _figures, _figures)


def reports(texts: st.SearchStrategy[str] = _any_text) -> st.SearchStrategy[Report]:
    """Anything that may stand in a report."""
    criteria = st.builds(Criterion, texts, texts, st.none() | texts, st.none() | st.booleans())
    return st.builds(
        Report,
        level=st.sampled_from(Level),
        length_s=_figures,
        transfer=st.none() | _gaps,
        return_gap=st.none() | _gaps,
        held_s=st.none() | _figures,
        voltage=st.none() | _spreads,
        frequency=st.none() | _spreads,
        wh_by_tier=st.dictionaries(texts, _figures, max_size=3),
        pv_wh=st.none() | _figures,
        soc_begin=st.none() | _figures,
        soc_end=st.none() | _figures,
        endurance_s=st.none() | _figures,
        heard_share=st.floats(0, 1),
        people=st.builds(
            People, notified=st.integers(0, 100), acknowledged_after_s=st.lists(_figures, max_size=3).map(tuple)
        ),
        events=st.lists(st.tuples(_figures, texts), max_size=4).map(tuple),
        aborted=st.none() | texts,
        criteria=st.lists(criteria, max_size=4).map(tuple),
    )


def documents(texts: st.SearchStrategy[str] = _any_text) -> st.SearchStrategy[Document]:
    """Anything that may stand in a document."""
    previous = st.builds(
        Previous,
        ended_ms=_times,
        level=st.sampled_from(Level),
        passed=st.booleans(),
        transfer=st.none() | _gaps,
        endurance_s=st.none() | _figures,
        used_percent=st.none() | _figures,
        digest=_hashes,
    )
    return st.builds(
        Document,
        building=texts,
        device=st.binary(min_size=16, max_size=16).map(DeviceId),
        flat=texts,
        software=texts,
        wiring=st.sampled_from(Wiring),
        floors=st.just(Floors()) | st.just(Floors(hard=7.25, emergency=12.5)),
        begun_ms=_times,
        ended_ms=_times,
        asked_by=texts,
        call=st.none() | texts,
        report=reports(texts),
        notices=st.lists(st.builds(Noted, _times, st.sampled_from(Notice), texts), max_size=3).map(tuple),
        previous=st.none() | previous,
        next_due_ms=st.none() | _times,
    )
