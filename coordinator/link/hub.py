"""Which flats are connected, and telling all of them something."""

from collections.abc import Iterator
from typing import Protocol

from localvpp.etp import DeviceId
from localvpp.wire import Code, FromCoordinator


class Link(Protocol):
    """One open connection of a flat."""

    def send(self, message: FromCoordinator) -> None:
        """Queue a message; a link that cannot keep up is cut."""

    def refuse(self, code: Code, message: str) -> None:
        """Say why, and close."""

    def results_ready(self) -> None:
        """Look for results of settled slots."""

    def told_anew(self) -> None:
        """End if the flat was told otherwise whether records are taken of it, so that it comes back and hears it."""

    def end(self) -> None:
        """Close, because the coordinator stops."""


class Hub:
    """The open links: one per flat, the last to connect."""

    def __init__(self) -> None:
        self._links: dict[DeviceId, Link] = {}

    def __len__(self) -> int:
        return len(self._links)

    def __contains__(self, device: DeviceId) -> bool:
        return device in self._links

    def __iter__(self) -> Iterator[Link]:
        return iter(tuple(self._links.values()))

    def join(self, device: DeviceId, link: Link) -> None:
        """Take a link in; an older one of the same flat is told so and closed."""
        older = self._links.get(device)
        self._links[device] = link
        if older is not None:
            older.refuse(Code.REPLACED, "this flat connected again elsewhere: if that was not you, renew its key")

    def refuse(self, device: DeviceId, code: Code, message: str) -> None:
        """Say why to one flat, if it is connected, and close its link."""
        if (link := self._links.get(device)) is not None:
            link.refuse(code, message)

    def send(self, device: DeviceId, message: FromCoordinator) -> None:
        """Tell one flat, if it is connected."""
        if (link := self._links.get(device)) is not None:
            link.send(message)

    def leave(self, device: DeviceId, link: Link) -> None:
        """Forget a link, unless a newer one has its place."""
        if self._links.get(device) is link:
            del self._links[device]

    def broadcast(self, message: FromCoordinator) -> None:
        """Tell every connected flat."""
        for link in self:
            link.send(message)

    def results_ready(self) -> None:
        """Let every link look for results."""
        for link in self:
            link.results_ready()

    def told_anew(self) -> None:
        """Let every flat know whether records are taken of it now: the ledger was released, or a flat suspended."""
        for link in self:
            link.told_anew()

    def close(self) -> None:
        """End every link, without a reproach: the coordinator stops."""
        for link in self:
            link.end()
