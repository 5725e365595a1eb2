"""What a record's file proves, with a proof of the log beside it, for whoever knows the log: no network, no database.

Known is the log's key, or a policy (C2SP tlog-policy), which may ask for witnesses besides. A file is a sealed record
(.etp), an envelope as the log has it, or a transparent statement, which brings its proof.
"""

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

from localvpp import tlog
from localvpp.etp import Algorithm, EtpError, PublicKey, Record, SignedEnvelope, parse_envelope
from localvpp.export import ExportError, receipt

from .errors import CommandError
from .files import read_bytes


class UnprovenError(Exception):
    """What is there does not prove what was asked."""


REFUSALS = (EtpError, tlog.TlogError, ExportError, UnprovenError)
"""Everything that speaks against a record; files that cannot be read are a CommandError."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a file holds."""

    signed: SignedEnvelope
    record: Record | None
    """None where the file has the envelope alone."""
    receipts: tuple[bytes, ...] = ()

    @property
    def entry(self) -> bytes:
        """The envelope as the log has it."""
        return self.signed.statement.data


@dataclass(frozen=True, slots=True)
class Place:
    """Where a log has an entry, proven under a head."""

    index: int
    path: tuple[tlog.Hash, ...]
    head: tlog.Checkpoint
    witnesses: tuple[str, ...] = ()
    """Those of the policy that have signed the head."""


@dataclass(frozen=True, slots=True)
class Trust:
    """What a proof must satisfy: a known log has signed its head, and enough witnesses where any are asked for."""

    policy: tlog.Policy

    def prove(self, given: Given, proof: bytes | None) -> Place:
        """Return where a known log has what is given, by a proof or else by a receipt that came with it.

        Raises one of REFUSALS.
        """
        place = self._by_receipt(given) if proof is None else self._by_proof(given, tlog.TlogProof.parse(proof))
        if given.signed.building != place.head.origin:
            raise UnprovenError(f"the record is meant for {given.signed.building!r}, not for {place.head.origin!r}")
        return place

    def _by_proof(self, given: Given, proof: tlog.TlogProof) -> Place:
        accepted = tlog.verify_proof_by_policy(proof, given.entry, self.policy)
        return Place(proof.index, proof.path, accepted.checkpoint, tuple(accepted.times))

    def _by_receipt(self, given: Given) -> Place:
        keys = {log.key.name: log.key for log in self.policy.logs if log.key.kind is tlog.SignatureType.ED25519}
        for data in given.receipts:
            parsed = receipt.parse(data)
            if parsed.log in keys and isinstance(parsed.proof, receipt.Inclusion):
                key = PublicKey(Algorithm.ED25519, keys[parsed.log].public)
                head = parsed.verify_inclusion(given.entry, key, parsed.log)
                if not self.policy.is_met(()):
                    raise UnprovenError("a receipt is the log's alone, and the policy asks for witnesses: give --proof")
                return Place(parsed.proof.index, parsed.proof.path, head)
        raise UnprovenError("nothing proves that a known log has the record: give its proof with --proof FILE")


@dataclass(frozen=True, slots=True)
class Proven:
    """A record that a log has, and what else is proven of it."""

    given: Given
    place: Place
    signature: bool
    """Whether the record's own signature was checked, under the key that the log enrolled for its device."""

    def sealed(self) -> Record:
        """Return the whole record. Raises CommandError when the file has its envelope only."""
        if self.given.record is None:
            raise CommandError("the file has the record's envelope only, without its readings: give the .etp file")
        return self.given.record


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the files that evidence is made of."""
    parser.add_argument("file", type=Path, help="the record: .etp, envelope, or transparent statement")
    add_proofs(parser)


def add_proofs(parser: argparse.ArgumentParser) -> None:
    """Describe what proves the record that ``file`` is."""
    parser.add_argument("--proof", type=Path, metavar="FILE", help="its .tlog-proof")
    parser.add_argument("--log-key", metavar="VKEY", help="the log's verifier key, as the building's page shows it")
    parser.add_argument(
        "--policy", type=Path, metavar="FILE", help="which logs and witnesses to trust (C2SP tlog-policy)"
    )
    parser.add_argument(
        "--enrolment", type=Path, metavar="FILE", help="the entry that enrols the device: its key checks the record's"
    )
    parser.add_argument("--enrolment-proof", type=Path, metavar="FILE", help="the .tlog-proof of that entry")


def trust(arguments: argparse.Namespace, own: tlog.VerifierKey | None = None) -> Trust:
    """Return what the command line trusts; `own` is a log that needs no naming, and then the only one.

    Raises CommandError when it names nothing, or what cannot be trusted.
    """
    policy = tlog.Policy((), (), ())
    if arguments.policy:
        try:
            policy = tlog.Policy.parse(read_bytes(arguments.policy, "the policy"))
        except tlog.TlogError as error:
            raise CommandError(f"{arguments.policy}: {error}") from error
    logs = policy.logs
    try:
        if own:
            logs = (tlog.PolicyLog(own),)
        elif arguments.log_key is not None:
            key = tlog.VerifierKey.parse(arguments.log_key)
            logs = (*(log for log in logs if log.key != key), tlog.PolicyLog(key))
        policy = replace(policy, logs=logs)
    except tlog.TlogError as error:
        raise CommandError(f"--log-key {arguments.log_key!r} is no log's verifier key: {error}") from error
    if not logs:
        raise CommandError("no log is trusted: give its verifier key with --log-key, as the building's page shows it")
    return Trust(policy)


def gather(arguments: argparse.Namespace, trusted: Trust) -> Proven:
    """Return the record of the command line, proven.

    Raises one of REFUSALS when it is not, CommandError when a file cannot be read.
    """
    given = decode(read_bytes(arguments.file, "the record"))
    place = trusted.prove(given, _optional(arguments.proof, "the proof"))
    if arguments.enrolment is None:
        return Proven(given, place, signature=False)
    enrolment = decode(read_bytes(arguments.enrolment, "the enrolment"))
    since = trusted.prove(enrolment, _optional(arguments.enrolment_proof, "the enrolment's proof"))
    given.signed.statement.verify(_enrolled_key(given, place, enrolment, since))
    return Proven(given, place, signature=True)


def decode(data: bytes) -> Given:
    """Return what a file holds, nothing of it proven but that a body is the one its envelope commits to.

    Raises EtpError or ExportError.
    """
    # d2 is the tag of a COSE_Sign1: an envelope without its body.
    if data[:1] == b"\xd2":
        statement, receipts = receipt.detach(data)
        return Given(parse_envelope(statement), None, receipts)
    record = Record.decode(data)
    return Given(record.signed, record)


def _enrolled_key(given: Given, place: Place, enrolment: Given, since: Place) -> PublicKey:
    device, enrolled = given.signed.envelope.device, enrolment.signed.envelope.enrolled
    if enrolled is None or enrolled.device != device:
        raise UnprovenError(f"the enrolment is not that of device {device.hex()}")
    if since.index > place.index:
        raise UnprovenError(f"the device was enrolled at {since.index}, after its record at {place.index}")
    return enrolled.key


def _optional(path: Path | None, what: str) -> bytes | None:
    return None if path is None else read_bytes(path, what)
