"""The processes that examine records, from their own side.

One interpreter is started, and forks the others when everything is imported: they share its memory. Each serves one
socket until whoever asks is gone, by whatever way.
"""

from collections.abc import Iterable, Mapping, Sequence
from multiprocessing.connection import Connection
import os
from typing import Final

from localvpp import heap
from localvpp.etp import DeviceId

from ..store import Member
from .admission import Basis, Examiner

NICER: Final = 5
"""How much these processes stand back behind others."""

type News = Sequence[tuple[DeviceId, Member | None]]
"""Members that are new or of whom something was said, as far as they concern a question."""


def main(arguments: Sequence[str]) -> None:
    """Serve the sockets whose numbers are given after the log's origin."""
    origin, *sockets = arguments
    numbers = [int(each) for each in sockets]
    os.nice(NICER)
    heap.started()  # Before they part: a collection would write to all pages that they share.
    own, children = numbers[0], list[int]()
    for each in numbers[1:]:
        child = os.fork()
        if child == 0:
            own, children = each, []
            break
        children.append(child)
    for each in numbers:
        if each != own:  # Whoever asks shall notice when the one that serves it is gone.
            os.close(each)
    serve(Connection(own), origin)
    for child in children:  # They end for the same reason, and are to leave nothing behind either.
        os.waitpid(child, 0)


def serve(connection: Connection, origin: str) -> None:
    """Examine what one is asked to, until nobody asks any more."""
    examiner = Examiner(origin)
    known: dict[DeviceId, Member] = {}
    while True:
        try:
            batch, news, building, now_ms = connection.recv()
            learn(known, news)
            connection.send(examiner.examine(batch, Basis(building, known, now_ms)))
        except EOFError, ConnectionError:
            return


def news_of(senders: Iterable[DeviceId], members: Mapping[DeviceId, Member], told: Mapping[DeviceId, Member]) -> News:
    """Return what a process has not been told yet of these senders: a word on a member makes another value of it."""
    asked = {sender: members.get(sender) for sender in senders}
    return [(sender, member) for sender, member in asked.items() if told.get(sender) is not member]


def learn(known: dict[DeviceId, Member], news: News) -> None:
    """Take news in."""
    for device, member in news:
        if member is None:
            known.pop(device, None)
        else:
            known[device] = member
