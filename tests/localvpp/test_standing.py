"""What a flat holds against its ledger: the gravest is shown, and each goes by itself."""

import pytest

from localvpp.standing import LedgerState, Standing

DOUBTS = (LedgerState.DISTRUSTED, LedgerState.FORKED, LedgerState.DIVERGED)


@pytest.mark.parametrize(
    ("recorded", "pending", "state"),
    [(False, 0, LedgerState.UNKNOWN), (True, 2, LedgerState.PENDING), (True, 0, LedgerState.PROVEN)],
)
def test_without_a_doubt_it_follows_from_the_records(recorded: bool, pending: int, state: LedgerState) -> None:
    assert Standing().show(recorded=recorded, pending=pending) == (state, "")


def test_the_gravest_doubt_is_shown_and_those_beneath_it_are_not_forgotten() -> None:
    standing = Standing()
    for doubt in reversed(DOUBTS):
        assert standing.doubt(doubt, f"because of {doubt}")
        assert standing.show(recorded=True, pending=0) == (doubt, f"because of {doubt}")
    for at, doubt in enumerate(DOUBTS):
        assert standing.show(recorded=True, pending=3)[0] is doubt
        assert standing.trust_again(doubt)
        assert not standing.trust_again(doubt)
        assert len(DOUBTS[at + 1 :]) == 0 or standing.show(recorded=True, pending=0)[0] is DOUBTS[at + 1]
    assert standing.show(recorded=True, pending=0) == (LedgerState.PROVEN, "")


def test_the_same_again_is_no_news_and_another_reason_is() -> None:
    standing = Standing()
    assert standing.doubt(LedgerState.FORKED, "one")
    assert not standing.doubt(LedgerState.FORKED, "one")
    assert standing.doubt(LedgerState.FORKED, "two")
    assert standing.show(recorded=True, pending=0) == (LedgerState.FORKED, "two")
