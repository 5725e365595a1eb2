"""A capture as time passes: which registers are known by then, and which questions were not answered."""

from collections.abc import Iterator, Mapping

from ..mapping import Space
from .recording import CaptureError, Exchange, Recording, Request

type Registers = dict[Space, dict[int, int]]


class Timeline:
    """Goes through a capture.

    Args:
        recording: the capture.

    Raises:
        CaptureError: it holds no requests.
    """

    def __init__(self, recording: Recording) -> None:
        self._exchanges = recording.exchanges
        if not self._exchanges:
            raise CaptureError(f"the capture of {recording.device} holds no request: take it while the device is read")
        self._next = 0
        self.registers: Registers = {}
        """Registers and bits as they were last seen."""
        self._failed: dict[Request, Exchange] = {}

    @property
    def begin(self) -> float:
        """When the first request was made that is not only kept from long before."""
        return next((each.at for each in self._exchanges if not each.kept), self._exchanges[-1].at)

    @property
    def failed(self) -> Mapping[Request, Exchange]:
        """The questions that were not answered when they were put last."""
        return self._failed

    def first_seen(self) -> Registers:
        """Return of each register what is seen of it first, however late that is."""
        registers: Registers = {}
        for exchange in reversed(self._exchanges):
            _show(registers, exchange)
        return registers

    def advance(self, until: float) -> Iterator[Exchange]:
        """Let time pass; give what was asked meanwhile."""
        while self._next < len(self._exchanges) and (exchange := self._exchanges[self._next]).at < until:
            self._next += 1
            _show(self.registers, exchange)
            if exchange.failure is None:
                self._failed.pop(exchange.request, None)
            else:
                self._failed[exchange.request] = exchange
            yield exchange


def _show(registers: Registers, exchange: Exchange) -> None:
    if exchange.space is not None and exchange.failure is None:
        registers.setdefault(exchange.space, {}).update(enumerate(exchange.answer, exchange.address))
