"""A real coordinator that has words of agreement of its own: each flat verifies them with keys that the log names."""

from collections.abc import Callable

import pytest

from coordinator.market import steps
from localvpp.etp import DeviceId, Ed25519Signer, Signer
from localvpp.market.rounds import digest
from localvpp.trading import Phase
from localvpp.wire import sign_verdict

from ..conftest import ORIGIN
from .conftest import FLATS, ROUND, Trade

SILENT = ("104", "105")


def forge(monkeypatch: pytest.MonkeyPatch, trade: Trade, signer: Callable[[str], Signer], *names: str) -> None:
    """Have the coordinator count words for flats that have said nothing, as soon as it has those of others."""
    right = steps.agreed

    def agreed(stored: object, verdicts: object) -> list[bytes] | None:
        known = trade.market.rounds[ROUND]
        book, result = known.stored.book, known.stored.result
        words = [verdict.statement for verdict in known.verdicts.values() if verdict.agrees]
        if book is None or result is None or len(words) + len(names) < len(trade.flats):
            return right(stored, verdicts)  # type: ignore[arg-type]
        for name in names:
            device = DeviceId(trade.flats[name].membership.device)
            words.append(sign_verdict(signer(name), device, ORIGIN, ROUND, digest(book), digest(result)))
        return words

    monkeypatch.setattr(steps, "agreed", agreed)


async def test_a_word_that_is_forged_for_a_silent_flat_is_held_against_the_building(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    strangers = {name: Ed25519Signer.generate() for name in SILENT}
    await trade.enter(*FLATS)
    await trade.order()
    await trade.close()
    for name in SILENT:
        await trade.flats[name].stop()
    forge(monkeypatch, trade, strangers.__getitem__, *SILENT)
    await trade.judged("101", "102", "103")
    await trade.market.second()
    assert ROUND not in trade.market.rounds, "the log says that the result counts"
    for name in ("101", "102", "103"):
        (proof,) = await trade.accused(name)
        devices = sorted(trade.flats[each].membership.device.hex() for each in SILENT)
        for device in devices:
            assert f"that of device {device} is signed with key" in proof.reason
        assert (await trade.stands(name, Phase.DISPUTED)).trades == ()
