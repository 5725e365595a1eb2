"""What whoever runs a flat hears of its link, and is asked by it."""

from collections.abc import Sequence
from typing import Protocol

from .. import tlog
from ..judge import JudgeListener
from ..lineage import Lineage
from ..trading.heard import Heard
from ..wire import DrillSaid, FromFlat, Keys, MarketSaid, OpenBook, ProposalHeard, Terms, Traded
from .delivery import DeliveryListener
from .meeting import MeetingListener
from .status import LinkStatus


class LinkListener(DeliveryListener, JudgeListener, MeetingListener, Protocol):
    """What the agent wants to hear. Called in the event loop; must not block."""

    def link_changed(self, status: LinkStatus) -> None:
        """The connection came or went."""
        ...

    def terms_agreed(self, terms: Terms) -> None:
        """The building's terms, proven."""
        ...

    def frame_acknowledged(self, count: int) -> None:
        """The coordinator has the frame with this count."""
        ...

    async def drill_said(self, said: DrillSaid, lineage: Lineage) -> Sequence[FromFlat]:
        """Answer the building's word on a drill. Raises EtpError for one that its key has not signed for this flat."""
        ...

    async def drill_kept(self, call: bytes) -> None:
        """The building has durably what became of a call."""
        ...

    async def drills_again(self) -> Sequence[FromFlat]:
        """Say what a new connection is to tell of drills."""
        ...

    async def market_said(
        self, said: MarketSaid | OpenBook | ProposalHeard | Traded | Keys, lineage: Lineage, log_key: tlog.Verifier
    ) -> Heard:
        """Hear what the building says of the market. Raises EtpError, TlogError for what it has not signed."""
        ...

    async def market_again(self) -> Sequence[FromFlat]:
        """Say what a new connection is to ask of the market."""
        ...
