"""Out of the copies in a mirror's folder, whatever keys are given open whatever is sealed for them."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from localvpp import tlog
from localvpp.etp.record import commitment
from localvpp.logfolder import LogFolder
from localvpp.vault import RECOVERY, Opening, SecretKey, seal, seal_bodies
from localvpp.vaultcopies import VaultCopies, VaultCopy, open_bundle

from .place import ORIGIN

OLD, NEW = (SecretKey(RECOVERY, bytes([number]) * 32) for number in (1, 2))


def opening(text: str) -> Opening:
    return Opening(bytes(32), text.encode())


@pytest.fixture
def copies(tmp_path: Path) -> VaultCopies:
    return VaultCopies(LogFolder(tmp_path))


def put(copies: VaultCopies, secret: SecretKey, index: int, openings: Sequence[Opening | None]) -> VaultCopy:
    copy = copies.begin(seal([secret.public], b"", b""))
    sealed = seal_bodies([secret.public], ORIGIN, index * tlog.TILE_WIDTH, openings)
    copy.write(tlog.Bundle(index, len(openings)), sealed)
    return copy


def test_each_bundle_opens_with_the_key_that_it_was_sealed_for(copies: VaultCopies) -> None:
    put(copies, OLD, 0, [opening("old")] * 256)
    put(copies, NEW, 1, [opening("new")] * 3)
    for secrets in ([OLD, NEW], [NEW, OLD]):
        first, none = open_bundle(copies, secrets, ORIGIN, tlog.Bundle(0))
        second, _ = open_bundle(copies, secrets, ORIGIN, tlog.Bundle(1, 3))
        assert none == []
        assert [offer.openings for offer in first] == [[opening("old")]] * 256
        assert [offer.openings for offer in second] == [[opening("new")]] * 3
    unread, (reason,) = open_bundle(copies, [NEW], ORIGIN, tlog.Bundle(0))
    assert not any(offer.covered or offer.openings for offer in unread)
    assert reason.startswith("vault/000: sealed for ")


def test_the_part_that_an_old_key_opens_is_taken_of_a_bundle_that_has_grown_since(copies: VaultCopies) -> None:
    put(copies, OLD, 0, [opening("0"), None])
    put(copies, NEW, 0, [opening("0"), None, opening("2")])
    offers, _ = open_bundle(copies, [OLD], ORIGIN, tlog.Bundle(0, 3))
    assert [(offer.openings, offer.covered) for offer in offers] == [
        ([opening("0")], True),
        ([], True),
        ([], False),
    ]
    offers, reasons = open_bundle(copies, [OLD, NEW], ORIGIN, tlog.Bundle(0, 3))
    assert [offer.openings for offer in offers] == [[opening("0")], [], [opening("2")]]
    assert reasons == []


def test_of_two_bodies_the_one_that_was_logged_counts_and_of_a_wider_part_what_is_asked_for(
    copies: VaultCopies,
) -> None:
    put(copies, OLD, 0, [opening("true"), opening("kept")])
    put(copies, NEW, 0, [opening("false"), None, opening("more")])
    (first, second), _ = open_bundle(copies, [OLD, NEW], ORIGIN, tlog.Bundle(0, 2))
    assert first.opening(commitment(bytes(32), b"true")) == opening("true")
    assert first.opening(commitment(bytes(32), b"neither")) is None
    assert first.covered
    assert second.opening(commitment(bytes(32), b"kept")) == opening("kept"), "saying that it was erased is not enough"


def test_what_is_no_copy_is_left_alone(copies: VaultCopies) -> None:
    put(copies, OLD, 0, [opening("0")])
    for name in ("lost+found", "ABCDEF0123456789", "000.p"):
        (copies.folder.path / "vault" / name).mkdir()
    (copies.folder.path / "vault" / OLD.public.id.hex() / "000.p" / "1.new").write_bytes(b"half")
    assert [copy.key for copy in copies.all()] == [OLD.public.id.hex()]
    assert copies.all()[0].parts(0) == [tlog.Bundle(0, 1)]
