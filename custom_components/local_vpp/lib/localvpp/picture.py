"""The picture of a flat: always the newest whole state, and who looks at it.

Whatever becomes known of the flat is put in here, each second what its devices have said. What the flat holds against
its ledger is shown with it: a ledger that is believed in one picture and doubted in the next was doubted in between.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from .doubts import Doubts
from .etp import DeviceId, RecordHash
from .flat_state import FlatState, LastRecord
from .link import LinkStatus
from .round import Round
from .slots import telling
from .standing import LedgerState
from .store import Saved
from .wire import SlotResult


class Picture:
    """Of one flat.

    Args:
        first: what there is to show before anything is known.
        device: the flat's, to say of a record which way its energy went.
        doubts: what the flat holds against its ledger.
        begun: whether the flat has begun to record.
    """

    def __init__(self, first: FlatState, device: DeviceId, doubts: Doubts, begun: Callable[[], bool]) -> None:
        self.state = first
        self._device = device
        self._doubts = doubts
        self._begun = begun
        self._listeners: list[Callable[[FlatState], None]] = []

    def subscribe(self, listener: Callable[[FlatState], None]) -> Callable[[], None]:
        """Call a listener with each new state; return how to stop that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def update(self, **changes: object) -> None:
        """Show what has changed, by the names of the state's fields."""
        state = replace(self.state, **changes)  # type: ignore[arg-type]  # checked by the dataclass's own fields
        ledger, reason = self._doubts.show(recorded=self._begun(), pending=state.pending)
        self.state = replace(state, ledger=ledger, ledger_reason=reason)
        for listener in tuple(self._listeners):
            listener(self.state)

    def looked(self, read: Round, own: Mapping[str, str | None], **changes: object) -> None:
        """Show what the devices have said in a second, and what else has come of it.

        Args:
            read: the round of devices.
            own: what is wrong with the agent itself, by what it is; None where nothing is.
            changes: as for `update`.
        """
        self.update(
            meter=read.meter,
            inverter=read.inverter,
            battery=read.battery,
            relay=read.relay,
            island_relay=read.island_relay,
            charger=read.charger,
            gas=read.gas,
            problems=MappingProxyType({**read.problems, **{name: why for name, why in own.items() if why}}),
            **changes,
        )

    # --- records -------------------------------------------------------------------------------

    def restored(self, saved: Saved) -> None:
        """Show what was saved: the newest record with its place, and what was settled."""
        places = {kept.record.hash: kept.index for kept in saved.last}
        last = telling([kept.record for kept in saved.last]) if saved.last else None
        self.update(
            pending=saved.pending,
            totals=saved.totals,
            last_record=LastRecord.of(last, self._device, places[last.hash]) if last else None,
        )

    def sealed(self, number: int, newest: LastRecord | None) -> None:
        """Show so many records more that wait for the log, and the newest one; None: as it was."""
        self.update(pending=self.state.pending + number, last_record=newest or self.state.last_record)

    def proven(self, proven: Sequence[tuple[RecordHash, int]], pending: int) -> None:
        """Show how many records are not proven yet, and the newest one's place in the log where that is."""
        last = self.state.last_record
        index = dict(proven).get(last.hash) if last else None
        self.update(
            last_record=replace(last, index=index) if last and index is not None else last,
            pending=pending,
        )

    def settled(self, result: SlotResult) -> None:
        """Add a slot's settlement to the totals."""
        self.update(totals=self.state.totals.plus(result), last_result=result)

    # --- link and ledger -----------------------------------------------------------------------

    async def restore_doubts(self) -> None:
        """Go on doubting what was doubted before a restart. Raises StoreError."""
        await self._doubts.restore()

    def linked(self, status: LinkStatus) -> None:
        """Show where the connection stands, and what that says of the ledger."""
        self._doubts.linked(status)
        self.update(link=status)

    def acknowledged(self, count: int) -> None:
        """Remember the newest frame that has arrived; the next state shows it."""
        self.state = replace(self.state, acknowledged=count)

    def grown(self, size: int, *, proven: bool) -> None:
        """Show the log's size; a log that proves its growth again is no longer forked."""
        if proven:
            self._doubts.grown()
        self.update(log_size=size)

    def doubted(self, doubt: LedgerState, reason: str) -> None:
        """Show what the flat holds against the ledger, for good."""
        if self._doubts.hold(doubt, reason):
            self.update()
