"""The same of two contactors with a sync-check: a file of its own, for it is as long as all other searches together."""

import pytest

from localvpp.islanding import Wiring

from .abstracting import quick
from .searching import Count, check


@pytest.mark.slow
def test_no_reachable_state_of_two_contactors_with_a_sync_check_breaks_an_invariant(record_property: Count) -> None:
    check(quick(Wiring.PAIR, sync_check=True), "synchronised pair", record_property)
