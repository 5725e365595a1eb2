"""Evidence is kept once, in order, whatever it is made of; and no liar fills the disk with it."""

from localvpp.notebook import Evidence, EvidenceKind, Notebook
from localvpp.store import FlatStore


async def test_evidence_is_kept_as_it_was_received_oldest_first(store: FlatStore) -> None:
    notebook = Notebook(store)
    pieces = [
        Evidence(3, "the log forked", b"ours", b"theirs"),
        Evidence(3, "prices were changed", b"terms", b"other terms", EvidenceKind.PRICES),
        Evidence(5, "a share is too small", b"testimony", b"word", EvidenceKind.SETTLEMENT),
        Evidence(4, "settled twice", b"word", b"other word", EvidenceKind.TWO_SETTLEMENTS),
    ]
    for piece in pieces:
        await notebook.keep(piece)
    assert await notebook.evidence() == [pieces[0], pieces[1], pieces[3], pieces[2]]
    assert pieces[0].kind is EvidenceKind.HEADS


async def test_evidence_is_kept_once_by_its_bytes_or_by_what_it_says(store: FlatStore) -> None:
    notebook = Notebook(store)
    heads = Evidence(3, "the log forked", b"ours", b"theirs")
    for _ in range(2):
        await notebook.keep(heads)
    first, again = [Evidence(at, "too small", b"", b"word %d" % at, EvidenceKind.SETTLEMENT) for at in (4, 5)]
    for each in (first, again):
        await notebook.keep(each, b"what both say")
    other = Evidence(6, "settled twice", b"", b"word", EvidenceKind.TWO_SETTLEMENTS)
    await notebook.keep(other, b"what both say")
    assert await notebook.evidence() == [heads, first, other]


async def test_of_one_kind_more_than_enough_is_not_kept(store: FlatStore) -> None:
    notebook = Notebook(store)
    for at in range(100):
        await notebook.keep(Evidence(at, "again", b"", b"%d" % at, EvidenceKind.SETTLEMENT))
    await notebook.keep(Evidence(100, "the log forked", b"", b"head"))
    assert [each.seen_ms for each in await notebook.evidence()] == [*range(64), 100]
