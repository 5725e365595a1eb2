"""The signed records behind the month: of each meter's half hours, and of what moved between flats.

They are made as in a building, but for what makes them secret: keys and salts follow from names, so that whoever makes
the month again comes to the same bytes. The log has them in this order; orders and rounds it has not.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
import hashlib
from typing import Any, Final

from coordinator.settlement.transfers import trade_bodies, transfer_bodies
from localvpp.etp import (
    Body,
    Chain,
    DeviceId,
    Ed25519Signer,
    Enrolled,
    Kind,
    Record,
    Register,
    Signer,
    Source,
    foresee,
)
from localvpp.meterslot import MeterSlot, Told, meter_slot
from localvpp.settlement import SlotPrices, deliver, left_over, settle
from localvpp.settlement.month import Reference
from localvpp.traded import Made

from ..demo.building import ORIGIN
from .living import SLOT_S, HalfHour

BUILDING: Final = "building"
_NEXT: Final = "building's next"


def signer_of(name: str) -> Ed25519Signer:
    """Return the key that somebody of the demonstration signs the month with."""
    return Ed25519Signer(_drawn(name))


def _drawn(name: str) -> bytes:
    return hashlib.sha256(f"demonstration {name}".encode()).digest()


def _salts(name: str) -> Callable[[int], bytes]:
    drawn = 0

    def draw(length: int) -> bytes:
        nonlocal drawn
        drawn += 1
        return _drawn(f"{name} salt {drawn}")[:length]

    return draw


class Records:
    """The log of the month, as it grows. `names` are those of the meters."""

    def __init__(self, names: Sequence[str], begin: int) -> None:
        self.records: list[Record] = []
        self._signers: dict[str, Signer] = {name: signer_of(name) for name in (BUILDING, *names)}
        self._chains = {
            name: Chain(signer.public.device_id, ORIGIN, salts=_salts(name)) for name, signer in self._signers.items()
        }
        self.devices = {name: signer.public.device_id for name, signer in self._signers.items()}
        """By name."""
        self._told: dict[DeviceId, list[Told]] = {}
        """Of the newest half hour."""
        for name, signer in self._signers.items():
            next_key = foresee(signer_of(_NEXT).public, ORIGIN) if name == BUILDING else None
            body = self._body(begin, begin, BUILDING, name, 0, ())
            enrolled = Enrolled(self.devices[name], signer.public)
            self._seal(BUILDING, Kind.ENROL, begin, body, enrolled=enrolled, next_key=next_key)

    def meter(
        self, name: str, begin: int, imported: Register, exported: Register, behind: HalfHour | None = None
    ) -> tuple[MeterSlot, list[Reference]]:
        """Sign what a meter counted in a half hour, and what a flat's inverter did; return what it proves, and where.

        Of a flat `behind` has what was counted behind the meter.
        """
        told, places = [], []
        sides = ((BUILDING, name, imported.moved, Source.GRID), (name, BUILDING, exported.moved, Source.SOLAR))
        for sender, receiver, energy, source in sides:
            body = self._body(begin, begin + SLOT_S, sender, receiver, energy, ((source, energy),) if energy else ())
            body = replace(body, imported=imported, exported=exported)
            if behind is not None and sender == BUILDING:
                body = replace(
                    body,
                    generated=behind.generated,
                    charged=behind.charged,
                    discharged=behind.discharged,
                )
            record, place = self._seal(name, Kind.INTERVAL, begin, body)
            told.append(Told(record.hash, record.body))
            places.append(place)
        self._told[self.devices[name]] = told
        proven = meter_slot(self.devices[name], begin, SLOT_S, told)
        assert proven is not None, "it was told whole"
        return proven, places

    def shared(
        self, begin: int, meters: Mapping[DeviceId, MeterSlot], made: Sequence[Made[DeviceId]], prices: SlotPrices
    ) -> Mapping[tuple[DeviceId, DeviceId], tuple[Reference, ...]]:
        """Sign what moved between flats in a half hour; return where that stands, by giver and taker."""
        uses = {device: meter.use for device, meter in meters.items()}
        if made:
            delivered = deliver(tuple(each.trade for each in made), *left_over(uses))
            numbered = [(each, trade.numbers) for each, trade in zip(delivered, made, strict=True)]
            bodies = trade_bodies(begin, SLOT_S, numbered, meters, self._told)
        else:
            bodies = transfer_bodies(begin, SLOT_S, prices.inside, settle(uses, prices).transfers, meters)
        found: dict[tuple[DeviceId, DeviceId], tuple[Reference, ...]] = {}
        for kind, slot, body in bodies:
            _, place = self._seal(BUILDING, kind, slot, body)
            if body.energy_wh:
                found[body.sender, body.receiver] = (*found.get((body.sender, body.receiver), ()), place)
        return found

    def _body(
        self, begin: int, end: int, sender: str, receiver: str, energy_wh: int, colours: tuple[tuple[Source, int], ...]
    ) -> Body:
        return Body(
            start_ms=begin * 1000,
            end_ms=end * 1000,
            slot_seconds=SLOT_S,
            sender=self.devices[sender],
            receiver=self.devices[receiver],
            energy_wh=energy_wh,
            attributes=colours,
        )

    def _seal(self, name: str, kind: Kind, slot: int, body: Body, **more: Any) -> tuple[Record, Reference]:
        record, self._chains[name] = self._chains[name].seal(self._signers[name], kind, slot, body, **more)
        self.records.append(record)
        return record, Reference(len(self.records) - 1, record.hash)
