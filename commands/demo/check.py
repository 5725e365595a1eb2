"""Proving a demonstration from the outside: what the programs did against what the meters truly counted.

The simulator's own history of its registers is the truth; it shares no code with anything that is checked. Signatures
and proofs are verified again; slots, sums and money are worked out again from the signed records, by the product's own
rule of settlement. One figure is taken at the coordinator's word: how late frames arrive, since nobody else sees both
ends of their way; only how many there are is held against the seconds that passed.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, fields

from localvpp import tlog
from localvpp.etp import METERED, Directory, EtpError, Record
from localvpp.ownnames import NOT_SHARING
from localvpp.settlement import Share

from .again import UnsettledError, said_by, transfers_of, work_again
from .balance import check_conservation
from .evidence import READING_MS, Evidence, values_between
from .findings import Finding

_SHARE = tuple(field.name for field in fields(Share))


def check_everything(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each claim of the demonstration, except those about files and Home Assistant."""
    yield check_records(evidence)
    yield check_registers(evidence)
    yield check_chain_of_energy(evidence)
    yield check_coverage(evidence)
    yield check_sharing(evidence)
    yield check_settlement(evidence)
    yield check_money(evidence)
    yield check_conservation(evidence)
    yield check_latency(evidence)


def check_records(evidence: Evidence) -> Finding:
    """Every ETP verifies under the key enrolled for it, and is proven to be in the log."""
    claim = "every ETP verifies and is in the log"
    key = tlog.Ed25519Verifier(tlog.VerifierKey.parse(evidence.building["log_key"]))
    origin = evidence.building["origin"]
    directory = Directory(origin)
    for logged in evidence.logged:
        statement = logged.record.signed.statement.data
        try:
            directory.take(logged.record.signed, directory.check(logged.record.signed))
            proof = tlog.TlogProof.parse(logged.proof)
            tlog.verify_proof(proof, statement, key, origin=origin)
        except (EtpError, tlog.TlogError) as error:
            return Finding(claim, False, f"entry {logged.index}: {error}")
        if proof.index != logged.index:
            return Finding(claim, False, f"entry {logged.index} is proven at {proof.index}")
    kinds = defaultdict[str, int](int)
    for logged in evidence.logged:
        kinds[logged.record.kind.name.lower()] += 1
    return Finding(claim, bool(evidence.logged), ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())))


def check_registers(evidence: Evidence) -> Finding:
    """The registers in the records are those the meters showed, to the Wh, slot by slot."""
    claim = "energy in ETPs equals the meters' registers to the Wh, slot by slot"
    compared, slots = 0, set[int]()
    for name, record in _metered(evidence):
        body = record.body
        imported, exported = body.imported, body.exported
        if imported is None or exported is None:
            return Finding(claim, False, f"{name}, seq {record.envelope.seq}: a register is missing")
        for time_ms, pair in (
            (body.start_ms, (imported.begin, exported.begin)),
            (body.end_ms, (imported.end, exported.end)),
        ):
            truth = values_between(evidence.registers[name], time_ms - READING_MS, time_ms)
            if pair not in truth:
                return Finding(
                    claim, False, f"{name}, seq {record.envelope.seq}: {pair} Wh at {time_ms}, the meter showed {truth}"
                )
        moved = imported.moved if _came_in(record) else exported.moved
        if body.energy_wh != moved:
            return Finding(claim, False, f"{name}, seq {record.envelope.seq}: {body.energy_wh} Wh, counted {moved} Wh")
        compared += 1
        slots.add(record.envelope.slot)
    return Finding(claim, compared > 0, f"{compared} records of {len(slots)} slots, 0 Wh off")


def check_chain_of_energy(evidence: Evidence) -> Finding:
    """Each meter's records join without a hole: what one ends with, the next one begins with."""
    claim = "each meter's records join without a hole"
    ends: dict[str, tuple[tuple[int, int], tuple[int, int]]] = {}
    begins: dict[str, tuple[int, int]] = {}
    total = 0
    for name, record in _metered(evidence):
        imported, exported = record.body.imported, record.body.exported
        assert imported is not None, "checked with the registers"
        assert exported is not None, "checked with the registers"
        begin, end = (imported.begin, exported.begin), (imported.end, exported.end)
        last = ends.get(name)
        # The two directions of one interval carry the same registers.
        if last and last != (begin, end) and last[1] != begin:
            return Finding(claim, False, f"{name}, seq {record.envelope.seq}: begins at {begin}, before was {last[1]}")
        begins.setdefault(name, begin)
        ends[name] = (begin, end)
        total += record.body.energy_wh
    counted = sum(sum(end) - sum(begins[name]) for name, (_, end) in ends.items())
    if total != counted:
        return Finding(claim, False, f"the records say {total} Wh, the registers moved by {counted} Wh")
    return Finding(claim, bool(ends), f"{len(ends)} meters, {total} Wh in records = {counted} Wh in registers")


def check_sharing(evidence: Evidence) -> Finding:
    """Energy inside sums to zero: what flats gave is what flats got, and the log's transfers say the same."""
    claim = "inside energy sums to zero over flats"
    given = received = 0
    for slot in evidence.slots:
        slot_given = sum(flat["shared_out_wh"] for flat in slot["flats"])
        slot_received = sum(flat["shared_in_wh"] for flat in slot["flats"])
        logged_wh = sum(record.body.energy_wh for record in transfers_of(evidence, slot["slot"]))
        if not slot_given == slot_received == slot["shared_wh"] == logged_wh:
            return Finding(
                claim, False, f"slot {slot['slot']}: out {slot_given}, in {slot_received}, transfers {logged_wh} Wh"
            )
        given, received = given + slot_given, received + slot_received
    figure = f"{len(evidence.slots)} slots, out {given} Wh − in {received} Wh = {given - received}"
    return Finding(claim, given > 0, figure if given else f"{figure}: nothing was shared, so nothing is shown")


def check_settlement(evidence: Evidence) -> Finding:
    """Every settled slot comes out again from what the log held then: shares, transfers, and who was left out."""
    claim = "every slot's sharing and money follow from the signed records"
    for slot in evidence.slots:
        try:
            again = work_again(evidence, slot["slot"])
        except UnsettledError as error:
            return Finding(claim, False, str(error))
        worked = {evidence.names[device]: asdict(share) for device, share in again.settlement.shares.items()}
        told = {share["flat"]: {field: share[field] for field in _SHARE} for share in slot["flats"]}
        for name in sorted(worked.keys() | told.keys()):
            shown, expected = told.get(name), worked.get(name)
            if shown != expected:
                return Finding(claim, False, f"slot {slot['slot']}, flat {name}: {shown}, by the records {expected}")
        if again.missing != slot["missing"]:
            return Finding(
                claim, False, f"slot {slot['slot']}: missing are {slot['missing']}, by the records {again.missing}"
            )
        logged = [said_by(record.body) for record in transfers_of(evidence, slot["slot"])]
        if sorted(again.transfers) != sorted(logged):
            return Finding(
                claim, False, f"slot {slot['slot']}: {len(logged)} transfers, by the records {len(again.transfers)}"
            )
    shares = sum(len(slot["flats"]) for slot in evidence.slots)
    return Finding(claim, shares > 0, f"{shares} shares of {len(evidence.slots)} slots worked out again, 0 differ")


def check_money(evidence: Evidence) -> Finding:
    """Money inside, with the rent of trades, sums to zero over flats; with the building's account over everybody."""
    claim = "inside money sums to zero over flats and building"
    turnover = 0
    for slot in evidence.slots:
        inside = sum(flat["inside_money"] for flat in slot["flats"]) + slot["rent"]
        outside = sum(flat["grid_money"] for flat in slot["flats"]) + slot["building_money"]
        if inside or outside:
            return Finding(
                claim, False, f"slot {slot['slot']}: inside {inside}, with the building {outside} (10⁻⁵ yen)"
            )
        turnover += sum(flat["inside_money"] for flat in slot["flats"] if flat["inside_money"] > 0)
    yen, rest = divmod(turnover, 100_000)
    return Finding(claim, bool(evidence.slots), f"{yen}.{rest:05} yen changed hands inside, remainder 0")


def check_coverage(evidence: Evidence) -> Finding:
    """Every meter of the building has records, and no settled slot is silent about a flat, be it that it is missing."""
    claim = "every meter has its records"
    metered = {name for name, _ in _metered(evidence)}
    if absent := sorted(set(evidence.registers) - metered):
        return Finding(claim, False, f"no record of {', '.join(absent)}")
    flats = set(evidence.registers) - NOT_SHARING
    for slot in evidence.slots:
        told = {share["flat"] for share in slot["flats"]} | set(slot["missing"])
        # A flat that was enrolled later is neither settled nor missed.
        with_records = {name for name, record in _metered(evidence) if record.envelope.slot <= slot["slot"]}
        if absent := sorted((flats & with_records) - told):
            return Finding(claim, False, f"slot {slot['slot']} is silent about {', '.join(absent)}")
    whole = sum(not slot["missing"] for slot in evidence.slots)
    return Finding(claim, whole > 0, f"{len(metered)} meters; {whole} of {len(evidence.slots)} slots with every flat")


def check_latency(evidence: Evidence) -> Finding:
    """Frames reach the coordinator within a second of the meter's reading, by its own account."""
    latency = evidence.state["latency_ms"]
    return Finding(
        "frames arrive within one second (p99)",
        latency["p99"] is not None and latency["p99"] <= 1000,
        f"p50 {latency['p50']} ms, p99 {latency['p99']} ms over {latency['frames']} frames, by the coordinator's clock",
    )


def _came_in(record: Record) -> bool:
    """Whether a meter's record is of what came in."""
    return record.body.receiver == record.envelope.device


def _metered(evidence: Evidence) -> Iterator[tuple[str, Record]]:
    for logged in evidence.logged:
        if logged.record.kind in METERED:
            yield evidence.names[logged.record.envelope.device], logged.record
