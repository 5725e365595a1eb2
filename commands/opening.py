"""`local-vpp ledger open`: what records say, for whom their bodies are sealed, each held against the log.

    local-vpp ledger open LOG --vkey KEY --key FILE [--policy FILE] [--earlier FILE …]

LOG is a mirror's folder, which needs no network, or the address of a building's log: `http://coordinator:8470/log`. The
whole log is checked first, as `local-vpp log verify` does. Then each body is opened and held against the commitment in
its envelope, whose bytes are held against the same root: nothing that is printed rests on whoever keeps the files. That
there is no other log under the same key, shown to others, is what witnesses sign: see `--policy`.

One JSON object a line: for each record its `index`, what `local-vpp etp show` prints of it, and `body`. Those whose
body is not there come last, with `why`, and `erased_by`: the entry that says that what the device told of that time was
erased. Then one that counts them. Exit code 1 when a body was left out without such an entry, is sealed for others
alone, or is another than the one that was logged.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, field
import json
from pathlib import Path
from typing import Any, Final

from localvpp import tlog
from localvpp.etp import Body, Erasures, EtpError, SignedEnvelope, parse_envelope
from localvpp.export import plain_body, plain_envelope
from localvpp.logfolder import LogFolder
from localvpp.logreader import HttpReader
from localvpp.vault import Opening, SecretKey, SecretKeyError
from localvpp.vaultcopies import Offer, ServedVault, VaultCopies, VaultReader, open_bundle

from .cosigned import add_policy, read_earlier, read_policy
from .errors import CommandError
from .keyfiles import read_private
from .log import add_log, log_key, verify
from .readers import read_log

ERASED: Final = "erased"
WITHHELD: Final = "withheld"
UNREADABLE: Final = "unreadable"
FALSE: Final = "not_the_logged_one"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the action."""
    add_log(parser)
    add_policy(parser)
    parser.add_argument(
        "--key", type=Path, required=True, metavar="FILE", help="the file with the secret key, of mode 0600"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print what opens; return 1 when not all is as the log says."""
    key = log_key(arguments.vkey)
    try:
        secret = SecretKey.parse(read_private(arguments.key).decode(errors="replace"))
    except SecretKeyError as error:
        raise CommandError(f"--key {arguments.key}: {error}") from error
    earlier, policy = read_earlier(arguments), read_policy(arguments, key)
    return read_log(
        arguments.log, lambda log: _print(log, verify(log, key, earlier, policy), key.name, secret), whole=True
    )


def _print(log: tlog.LogReader, found: dict[str, Any], origin: str, secret: SecretKey) -> int:
    if not found["ok"]:
        print(json.dumps(found, ensure_ascii=False))
        return 1
    vault = (
        VaultCopies(log) if isinstance(log, LogFolder) else ServedVault(log) if isinstance(log, HttpReader) else None
    )
    assert vault is not None, "a log is in a folder or behind an address"
    audit = Audit(log, vault, tlog.Head(found["size"], tlog.to_hash(bytes.fromhex(found["root"])), b""), origin, secret)
    try:
        for line in audit.lines():
            print(json.dumps(line, ensure_ascii=False))
    except tlog.TlogError as error:
        raise CommandError(f"{error}: the log has changed while it was read; try again") from error
    head = {"origin": origin, "size": found["size"], "root": found["root"], "cosigned": found["cosigned"]}
    print(json.dumps(head | audit.summary()))
    return 0 if audit.is_whole else 1


@dataclass(frozen=True, slots=True)
class _Missing:
    """A record whose body is not there."""

    index: int
    signed: SignedEnvelope
    why: str


@dataclass(slots=True)
class Audit:
    """What a key opens of a log that was checked up to a head."""

    log: tlog.LogReader
    vault: VaultReader
    head: tlog.Head
    origin: str
    secret: SecretKey
    opened: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys((ERASED, WITHHELD, UNREADABLE, FALSE), 0))
    reasons: dict[str, None] = field(default_factory=dict)
    _missing: list[_Missing] = field(default_factory=list)
    _erasures: Erasures = field(default_factory=Erasures)

    @property
    def is_whole(self) -> bool:
        """Whether all bodies were opened, but for those that the log says were erased."""
        return not any(self.counts[why] for why in (WITHHELD, UNREADABLE, FALSE))

    def summary(self) -> dict[str, Any]:
        """Say what was found in all."""
        return {"opened": self.opened} | self.counts | {"reasons": list(self.reasons)}

    def lines(self) -> Iterator[dict[str, Any]]:
        """Yield a line for each record; those without a body come last, as it is later entries that explain them.

        Raises TlogError when the log's files are others than those that were checked.
        """
        hashes = tlog.TileHashReader(self.head.size, self.head.root, self.log)
        for bundle in tlog.bundles_to_write(0, self.head.size):
            entries = tlog.read_bundle(self.log, bundle)
            leaves = hashes.read_tile(tlog.tile_at(self.head.size, 0, bundle.index))
            if [tlog.leaf_hash(entry) for entry in entries] != leaves[: bundle.width]:
                raise tlog.UnauthenticTileError((bundle.path,), "its entries are not the leaves of this tree")
            offers, reasons = open_bundle(self.vault, [self.secret], self.origin, bundle)
            if not all(offer.covered for offer in offers):
                self.reasons |= dict.fromkeys(reasons or [f"{bundle.path} has no sealed bodies beside it"])
            for index, (entry, offer) in enumerate(zip(entries, offers, strict=True), bundle.index * tlog.TILE_WIDTH):
                yield from self._look_at(index, parse_envelope(entry), offer)
        for missing in self._missing:
            yield self._explained(missing)

    def _look_at(self, index: int, signed: SignedEnvelope, offer: Offer) -> Iterator[dict[str, Any]]:
        opening = offer.opening(signed.envelope.commitment)
        if opening is None:
            why = UNREADABLE if not offer.covered else FALSE if offer.openings else WITHHELD
            self._missing.append(_Missing(index, signed, why))
            return
        body = self._read(index, signed, opening)
        told = plain_body(body) | {"log_size": body.log_size, "reason": body.reason}
        yield {"index": index} | plain_envelope(signed) | {"body": told}

    def _read(self, index: int, signed: SignedEnvelope, opening: Opening) -> Body:
        try:
            body = Body.decode(opening.body)
        except EtpError as error:  # The coordinator takes no such record: whoever logged it is not ours.
            raise CommandError(f"the body of entry {index} is the logged one, and cannot be read: {error}") from error
        self.opened += 1
        self._erasures.take(index, signed.envelope, body)
        return body

    def _explained(self, missing: _Missing) -> dict[str, Any]:
        """Say why a body is not there: an entry that says so counts, whatever is offered in its place."""
        by = self._erasures.explain(missing.index, missing.signed.envelope)
        why = missing.why if missing.why == UNREADABLE or by is None else ERASED
        self.counts[why] += 1
        return {"index": missing.index} | plain_envelope(missing.signed) | {"body": None, "why": why, "erased_by": by}
