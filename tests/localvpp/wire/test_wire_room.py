"""How large a round's result may be: whoever was away is told of it in one message, too, when the log has grown."""

from dataclasses import replace

import pytest

from localvpp.wire import (
    LARGEST_DOCUMENT_OF_ROUND,
    LARGEST_MESSAGE,
    ROOM_TO_SIGN,
    LoggedEnvelope,
    LoggedRecord,
    OpenBook,
    RoundName,
    encode,
    no_room,
    room_for_result,
)

from ..place import SLOT

HASH = b"\1" * 32


def message(flats: int, result: bytes, hashes: int = 20, proposal: LoggedRecord | None = None) -> OpenBook:
    """Book and result of a large building, in a log in which each path has so many hashes."""
    path = (HASH,) * hashes
    orders = tuple(LoggedEnvelope(bytes(300), at, path) for at in range(flats))
    return OpenBook(RoundName(SLOT, 0), b"", bytes(300_000), result, bytes(600), 7, path, orders, proposal, "head" * 60)


@pytest.mark.parametrize("flats", [3, 450, 600])
def test_a_result_for_which_there_is_room_can_be_told_with_its_proposal_when_the_log_is_four_times_as_long(
    flats: int,
) -> None:
    room = room_for_result(message(flats, b"the best so far"))
    proposal = LoggedRecord(bytes(700), 9, (HASH,) * 22)
    told = replace(message(flats, bytes(room), 22, proposal), statement=bytes(ROOM_TO_SIGN - 300))
    assert len(encode(told)) <= LARGEST_MESSAGE
    assert no_room(told.result, room) is None
    assert no_room(told.result + b"x", room) == (
        f"it has {room + 1} bytes, and beside the book and its proofs {room} fit into a message"
    )


def test_room_is_the_same_whatever_the_best_so_far_is_and_whoever_it_is_told_to() -> None:
    first = message(600, b"short")
    later = replace(message(600, bytes(50_000), proposal=LoggedRecord(bytes(700), 9, (HASH,) * 20)), statement=b"word")
    assert room_for_result(first) == room_for_result(later)


def test_no_result_is_larger_than_a_document_may_be() -> None:
    assert room_for_result(message(3, b"")) == LARGEST_DOCUMENT_OF_ROUND
    assert room_for_result(message(600, b"")) < LARGEST_DOCUMENT_OF_ROUND
