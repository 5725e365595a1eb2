"""What is told in passing and kept soon: nothing of it is lost by a database that fails meanwhile."""

import pytest

from localvpp.notes import Notes
from localvpp.store import FlatStore, StoreError


async def test_what_could_not_be_kept_waits_for_the_next_time(store: FlatStore) -> None:
    notes = Notes(store)
    await store.run(lambda db: db.execute("PRAGMA query_only = ON"))
    notes.note("distrusted", "two roots")
    notes.note("slot_seconds", "60")
    for _ in range(2):
        with pytest.raises(StoreError, match="readonly"):
            await notes.save()
    notes.note("slot_seconds", "30")
    await store.run(lambda db: db.execute("PRAGMA query_only = OFF"))
    await notes.save()
    assert await store.noted("distrusted") == b"two roots"
    assert await store.noted("slot_seconds") == b"30"
