"""What there is to show of a flat at one second: readings, link, ledger, and the newest record and settlement."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Self

from .battery import BatteryLife
from .bidder.state import BidderState
from .blackout import BlackoutState
from .blackout.calls import BuildingDrill
from .delivering import DeliveryState
from .devices import (
    BatteryReading,
    ChargerReading,
    GasReading,
    InverterReading,
    MeterReading,
    Reading as DeviceReading,
    RelayReading,
)
from .etp import DeviceId, Kind, Record, RecordHash
from .link import LinkState, LinkStatus
from .standing import LedgerState
from .store import Totals
from .trading.state import MarketState
from .wire import SlotResult, Terms


@dataclass(frozen=True, slots=True)
class LastRecord:
    """The newest record of the flat, for display."""

    hash: RecordHash
    seq: int
    kind: Kind
    slot: int
    end_ms: int
    incoming: bool
    """Whether the energy came in (from the building) or went out."""
    energy_wh: int
    index: int | None
    """Place in the log, once proven."""

    @classmethod
    def of(cls, record: Record, device: DeviceId, index: int | None) -> Self:
        """Describe a record of a flat's device."""
        body, envelope = record.body, record.envelope
        incoming = body.receiver == device
        return cls(
            record.hash, envelope.seq, envelope.kind, envelope.slot, body.end_ms, incoming, body.energy_wh, index
        )


@dataclass(frozen=True, slots=True)
class Adoption:
    """A chain that was taken up again where the log has its end: the flat was restored from a backup."""

    epoch: int
    gap_s: int
    """Seconds whose energy is recorded as a gap; 0 when the log knew no reading to count from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatState:
    """Everything there is to show of a flat, at one second. Unknown is None."""

    meter: MeterReading | None = None
    inverter: InverterReading | None = None
    battery: BatteryReading | None = None
    relay: RelayReading | None = None
    island_relay: RelayReading | None = None
    charger: ChargerReading | None = None
    gas: GasReading | None = None
    gas_l: int | None = None
    """Litres of gas that have flowed in all; None before the gas meter was read for the first time."""
    gas_wh: int | None = None
    """Their energy; None where no heating value is set."""
    life: BatteryLife | None = None
    """The battery's, as it was last kept."""
    problems: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Device by name → what is wrong with it, as a sentence."""
    link: LinkStatus = field(default=LinkStatus(LinkState.CONNECTING))
    terms: Terms | None = None
    ledger: LedgerState = LedgerState.UNKNOWN
    ledger_reason: str = ""
    log_size: int | None = None
    mirrored: int | None = None
    """Entries that this flat holds a copy of; None without a mirror, or while it cannot copy."""
    mirror_reason: str = ""
    mirror_refuses: bool = False
    """Whether the mirror signs no more until a person has looked: `mirror_reason` says at what."""
    last_record: LastRecord | None = None
    pending: int = 0
    totals: Totals = field(default=Totals())
    last_result: SlotResult | None = None
    blackout: BlackoutState | None = None
    """Of a flat whose living room is to stay alight; None of any other."""
    building_drill: BuildingDrill | None = None
    """What the building has announced, until it is over."""
    market: MarketState = field(default=MarketState())
    """Rules, own orders and trades in the building's market."""
    bidder: BidderState = field(default=BidderState())
    """What the flat orders by itself, and what it has bought and sold today."""
    delivery: DeliveryState = field(default=DeliveryState())
    """Whether the battery delivers what the flat has traded, or why not."""
    line_unknown: bool = False
    """Whether the battery is steered, or would be after an outage, and nobody says what the flat's line bears."""
    adopted: Adoption | None = None
    """That the flat went on from the log's end of its chain, since this agent was started."""
    acknowledged: int = field(default=0, compare=False)
    """Count of the last frame that the coordinator has. It grows each second, and is no news by itself."""

    @property
    def readings(self) -> Mapping[str, DeviceReading | None]:
        """What the devices said in this second, by their names."""
        return {
            "meter": self.meter,
            "inverter": self.inverter,
            "battery": self.battery,
            "relay": self.relay,
            "island relay": self.island_relay,
            "charger": self.charger,
            "gas": self.gas,
        }
