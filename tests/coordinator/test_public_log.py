"""What the log tells whoever has it: two buildings that live differently write the same of it, but for what is hashed.

Everything that a mirror gets is compared: the envelopes, their number, order and sizes, and the sizes of what is sealed
beside them, at every length that can be asked for. Left out are only names and keys, commitments, the hashes of chains
and signatures, which are random to whoever does not know what is in them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
import secrets

import pytest

from coordinator.config import BuildingConfig, load
from coordinator.store import entries as entry_store
from coordinator.vault import Vault
from localvpp import tlog
from localvpp.etp import DeviceId, Kind, Record, parse_envelope
from localvpp.settlement import SlotPrices, first_prices
from localvpp.slots import Interval, MeterPlace, Reading, Seconds, Why, bodies
from localvpp.vault import RECOVERY, SecretKey

from .conftest import FILE, ORIGIN, SLOT, House, open_house
from .flat import Flat, ManualClock

NAMES = ("101", "102", "103", "104", "105")
SLOTS = 8
PARTS = {("102", 1): 3, ("104", 2): 5, ("101", 3): 2, ("105", 3): 9}
"""In how many parts a flat tells a slot, by its name and the slot's number: that is in the log, however it lives."""

type Use = tuple[int, int]
"""Wh in and out."""
type Life = Mapping[str, tuple[Use, ...]]
"""What each flat uses in slots that come round again and again."""

LIVES: dict[str, Life] = {
    "at night": {name: ((150 + at, 0),) for at, name in enumerate(NAMES)},
    "at noon": {
        "101": ((0, 2500),),
        "102": ((0, 900), (3, 1)),
        "103": ((700, 0),),
        "104": ((1900, 0), (70_000, 0)),
        "105": ((300, 0),),
    },
    "nobody at home": dict.fromkeys(NAMES, ((0, 0),)),
    "one is away, one lives off his battery": {
        "101": ((0, 4000),),
        "102": ((0, 0),),
        "103": ((1, 1),),
        "104": ((250, 0), (0, 0)),
        "105": ((40, 0),),
    },
    "all give": {name: ((0, 500 + at),) for at, name in enumerate(NAMES)},
}


@dataclass(frozen=True)
class Public:
    """An entry as a neighbour sees it; of names only who is who is left."""

    who: int
    epoch: int
    seq: int
    kind: Kind
    slot: int
    size: int
    names_key_of: int | None
    concerns: DeviceId | None


@dataclass(frozen=True)
class Seen:
    """All that a mirror gets of a log."""

    entries: tuple[Public, ...]
    sealed: tuple[int, ...]
    """Sizes of what is sealed, for each number of entries."""
    heads: tuple[int, ...]


def told(flat: Flat, slot: int, use: Use, parts: int) -> list[Record]:
    """What a real flat's meter gives of a slot, in parts when its computer was started again in between."""
    return [record for part in range(parts) for record in told_part(flat, slot, use, part, parts)]


def told_part(flat: Flat, slot: int, use: Use, part: int, parts: int) -> list[Record]:
    begin = Reading(slot * 1000 + 60_000 * part // parts, flat.imported, flat.exported)
    given = use[1] * (part + 1) // parts - use[1] * part // parts
    flat.imported += use[0] * (part + 1) // parts - use[0] * part // parts
    flat.exported += given
    end = Reading(slot * 1000 + 60_000 * (part + 1) // parts, flat.imported, flat.exported)
    interval = Interval(
        slot, Why.BOUNDARY, begin, end, solar=3 * given, battery=given, frequency_sum=60 * 50_010, frequency_count=60
    )
    place = MeterPlace(
        device=flat.device, building=flat.building, slot_seconds=60, serial="SDM120-4711", place=flat.name
    )
    seconds = Seconds(secrets.token_bytes(32), 60)
    return [flat.seal(kind, slot, body) for kind, body in bodies(interval, place, seconds)]


async def live(house: House, life: Life) -> list[int]:
    """Live for some slots; return the sizes of the heads there were."""
    house.clock.pass_until(SLOT * 1000 - 10_000)
    flats = [await house.invited(name) for name in NAMES]
    heads: list[int] = []
    house.coordinator.ledger.subscribe(lambda committed: heads.append(committed.size))
    for number in range(SLOTS):
        slot = SLOT + 60 * number
        house.clock.pass_until((slot + 61) * 1000)
        for flat in flats:
            uses = life[flat.name]
            records = told(flat, slot, uses[number % len(uses)], PARTS.get((flat.name, number), 1))
            await house.coordinator.ledger.submit(flat.device, [record.encode() for record in records])
        assert len(await house.coordinator.settler.settle_ripe()) == 1
    return heads


async def seen(house: House, heads: list[int]) -> Seen:
    """Return what a mirror gets."""
    folder, size = house.coordinator.ledger.folder, house.coordinator.ledger.size
    data = [each for bundle in tlog.bundles_to_write(0, size) for each in tlog.read_bundle(folder, bundle)]
    envelopes = [parse_envelope(each).envelope for each in data]
    order: dict[DeviceId, int] = {}
    entries = []
    for entry, envelope in zip(data, envelopes, strict=True):
        if envelope.enrolled is not None:
            order.setdefault(envelope.enrolled.device, len(order))
        entries.append(
            Public(
                order[envelope.device],
                envelope.epoch,
                envelope.seq,
                envelope.kind,
                envelope.slot,
                len(entry),
                None if envelope.enrolled is None else order[envelope.enrolled.device],
                envelope.concerns,
            )
        )
    prices = first_prices(SlotPrices(2200, 3150, 850))
    recovery = SecretKey.generate(RECOVERY).public
    vault = Vault(house.coordinator.engine, ORIGIN, Path(), prices, recovery)
    sealed = [len(await vault.bodies(tlog.Bundle(0, width))) for width in range(1, min(size, 256) + 1)]
    return Seen(tuple(entries), tuple(sealed), tuple(heads))


def building(folder: Path) -> BuildingConfig:
    folder.mkdir()
    file = folder / "building.yaml"
    file.write_text(FILE.replace('"103"]', '"103", "104", "105"]'))
    return load(file)


async def lived(folder: Path, life: Life) -> Seen:
    async with open_house(building(folder), ManualClock(SLOT * 1000 - 60_000)) as house:
        return await seen(house, await live(house, life))


@pytest.mark.usefixtures("socket_enabled")
async def test_buildings_that_live_differently_have_logs_that_look_the_same(tmp_path: Path) -> None:
    one, *others = [await lived(tmp_path / name, life) for name, life in LIVES.items()]
    assert sum(each.kind is Kind.TRANSFER for each in one.entries) == SLOTS * (len(NAMES) - 1)
    for name, other in zip([*LIVES][1:], others, strict=True):
        for at, (ours, theirs) in enumerate(zip(one.entries, other.entries, strict=True)):
            assert ours == theirs, f"{name}: entry {at}"
        assert one == other, name


@pytest.mark.usefixtures("socket_enabled")
async def test_a_flat_does_not_learn_from_the_place_of_its_transfer_who_else_gives(tmp_path: Path) -> None:
    async with open_house(building(tmp_path / "noon"), ManualClock(SLOT * 1000 - 60_000)) as house:
        await live(house, LIVES["at noon"])
        places: set[tuple[tuple[DeviceId, DeviceId], ...]] = set()
        async with house.coordinator.engine.connect() as connection:
            for number in range(0, SLOTS, 2):
                logged = [
                    each.opened() for each in await entry_store.of_kind(connection, SLOT + 60 * number, Kind.TRANSFER)
                ]
                places.add(tuple((body.sender, body.receiver) for body in logged if body is not None))
    # Four slots of one life: by chance they all have one order of four records once in 13,824 times.
    assert len(places) > 1
