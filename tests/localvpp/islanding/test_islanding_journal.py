"""What the journal keeps is what a program that starts again begins with."""

from dataclasses import replace

from hypothesis import given, strategies as st
import pytest

from localvpp.islanding import Command, Fault, Owner, Phase, State
from localvpp.islanding.journal import Entry, JournalError, decode, encode, entry_of, is_new, resumed

times = st.floats(0, 1e9, allow_nan=False)
entries = st.builds(
    Entry,
    seq=st.integers(0, 2**40),
    boot=st.text(max_size=36),
    at=times,
    phase=st.sampled_from(Phase),
    owner=st.sampled_from(Owner),
    fault=st.none() | st.sampled_from(Fault),
    command=st.none() | st.sampled_from(Command),
    islandings=st.lists(times, max_size=8).map(tuple),
    drilled_at=st.none() | times,
)
ENTRY = entry_of(
    State(phase=Phase.ISLANDED, owner=Owner.DRILL, since=10.0, islandings=(10.0,), drilled_at=None),
    Command.OPEN_MAIN,
    seq=3,
    boot="a",
    now=12.0,
)


@given(entries)
def test_what_is_written_is_read(entry: Entry) -> None:
    assert decode(encode(entry)) == entry


@given(st.binary(max_size=200))
def test_any_bytes_are_an_entry_or_an_error_of_the_journal(data: bytes) -> None:
    try:
        decode(data)
    except JournalError:
        return
    raise AssertionError("random bytes were taken for an entry")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ((b'"format":1', b'"format":2'), "not of format 1"),
        ((b'"owner":"drill"', b'"owner":"nobody"'), "nobody"),
        ((b'"seq":3', b'"seq":-3'), "a number and a name"),
        ((b'"seq":3', b'"seq":true'), "a number and a name"),
        ((b'"at":12.0', b'"at":"noon"'), "no time"),
        ((b'"islandings":[10.0]', b'"islandings":{}'), "a list"),
        ((b'"command":"open_main",', b""), "command"),
        ((b"}\n", b'}\n{"format"'), "not JSON"),
        ((b'"boot":"a"', b'"boot":"a" '), "not as it was written"),
    ],
)
def test_an_entry_that_was_changed_is_refused_with_its_reason(change: tuple[bytes, bytes], told: str) -> None:
    written = encode(ENTRY)
    assert change[0] in written
    with pytest.raises(JournalError, match=told):
        decode(written.replace(*change))


def test_a_program_that_starts_again_knows_for_whom_the_flat_is_separated_and_not_where_it_is() -> None:
    state = resumed(ENTRY, boot="a", now=20.0)
    assert (state.phase, state.owner, state.islandings, state.since) == (Phase.UNKNOWN, Owner.DRILL, (10.0,), 20.0)
    assert state.pending is None


def test_a_fault_outlives_the_program() -> None:
    locked = replace(ENTRY, phase=Phase.FAULT_LOCKED, fault=Fault.MAIN_WELDED)
    state = resumed(locked, boot="a", now=20.0)
    assert (state.phase, state.fault) == (Phase.FAULT_LOCKED, Fault.MAIN_WELDED)


@pytest.mark.parametrize(("boot", "now"), [("b", 50_000.0), ("a", 5.0)])
def test_times_of_another_run_of_the_machine_count_as_of_this_moment(boot: str, now: float) -> None:
    state = resumed(replace(ENTRY, drilled_at=9.0), boot=boot, now=now)
    assert (state.islandings, state.drilled_at) == ((now,), now)


def test_without_an_entry_nothing_is_known() -> None:
    assert resumed(None, boot="a", now=7.0) == State(since=7.0)


def test_it_is_written_before_each_command_and_when_what_is_kept_changes() -> None:
    state = State(phase=Phase.ISLANDED, owner=Owner.DRILL, since=10.0, islandings=(10.0,))
    assert is_new(None, state, None)
    assert not is_new(ENTRY, state, None)
    assert is_new(ENTRY, state, Command.RELEASE)
    assert is_new(ENTRY, replace(state, owner=Owner.OUTAGE), None)
    assert not is_new(ENTRY, replace(state, good_since=1.0, dark=True), None), "clocks are not kept"
