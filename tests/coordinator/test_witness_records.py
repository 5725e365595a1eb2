"""Flats name the keys that they witness with in their own chains: the log keeps to one key for one of them."""

import asyncio

from coordinator.config import BuildingConfig
from coordinator.store import Role
from localvpp import tlog
from localvpp.etp import Directory, Ed25519Signer, Kind, PublicKey, parse_envelope
from localvpp.wire import Code

from .conftest import ORIGIN, SLOT, House, on_both_databases, open_house
from .flat import Flat, ManualClock


def fresh() -> PublicKey:
    return Ed25519Signer.generate().public


async def named(house: House, flat: Flat, key: PublicKey) -> tuple[Code | None, str]:
    """Have a flat name a key; return why it was refused, and what was said."""
    logged = await house.coordinator.ledger.submit(flat.device, [flat.witness(SLOT, key).encode()])
    (result,) = logged.results
    return result.refused, result.message


def replayed(house: House) -> Directory:
    """Read the whole log as an auditor does, who believes nobody; it ends where the coordinator's log does."""
    directory = Directory(ORIGIN)
    folder, size = house.coordinator.ledger.folder, house.coordinator.ledger.size
    for bundle in tlog.bundles_to_write(0, size):
        for entry in tlog.read_bundle(folder, bundle):
            signed = parse_envelope(entry)
            directory.take(signed, directory.check(signed))
    return directory


@on_both_databases
async def test_a_named_key_is_a_witness_from_then_on_and_after_a_restart(
    config: BuildingConfig, clock: ManualClock, socket_enabled: None
) -> None:
    first, second = fresh(), fresh()
    async with open_house(config, clock) as house:
        flat, other = await house.invited("101"), await house.invited("102")
        assert house.coordinator.ledger.directory.witnesses == {}
        assert await named(house, flat, fresh()) == (None, "")
        assert await named(house, other, second) == (None, "")
        assert await named(house, flat, first) == (None, "")  # The newest one counts.
        assert house.coordinator.ledger.directory.witnesses == {flat.device: first, other.device: second}
    async with open_house(config, clock) as house:
        assert house.coordinator.ledger.directory.witnesses == {flat.device: first, other.device: second}
        assert replayed(house).cosigning(Kind.WITNESS) == {flat.device: first, other.device: second}


async def test_a_key_that_speaks_for_something_else_is_no_witness(house: House) -> None:
    flat, other = await house.invited("101"), await house.invited("102")
    key = fresh()
    assert await named(house, other, key) == (None, "")
    chain = flat.chain
    for taken in (key, flat.key, other.key, house.key):
        flat.chain = chain
        refused, told = await named(house, flat, taken)
        assert refused is Code.BAD_RECORD
        assert "make a fresh one" in told
    flat.chain = chain
    assert await named(house, flat, fresh()) == (None, "")
    assert replayed(house).cosigning(Kind.WITNESS).keys() == {flat.device, other.device}


async def test_of_two_flats_that_name_one_key_at_once_the_first_has_it(house: House) -> None:
    flat, other = await house.invited("101"), await house.invited("102")
    key = fresh()
    answers = await asyncio.gather(named(house, flat, key), named(house, other, key))
    assert [refused for refused, _ in answers] == [None, Code.BAD_RECORD]
    assert house.coordinator.ledger.directory.witnesses == {flat.device: key}
    assert replayed(house).cosigning(Kind.WITNESS) == {flat.device: key}


async def test_a_key_moves_no_energy(house: House) -> None:
    flat = await house.invited("101")
    logged = await house.coordinator.ledger.submit(flat.device, [flat.witness(SLOT, fresh(), energy=7).encode()])
    assert logged.results[0].refused is Code.BAD_RECORD
    assert "moves no energy, this one says 7 Wh" in logged.results[0].message


async def test_naming_a_key_does_not_tell_how_far_the_meter_has_come(
    config: BuildingConfig, clock: ManualClock, socket_enabled: None
) -> None:
    """Else a slot would be settled without the flat's records of it, which may still be on their way."""
    async with open_house(config, clock) as house:
        flat = await house.invited("101")
        house.clock.pass_ms(120_000)
        ledger = house.coordinator.ledger
        await ledger.submit(flat.device, [record.encode() for record in flat.slot(SLOT, 5)])
        assert ledger.reached_ms(flat.device) == (SLOT + 60) * 1000
        house.clock.pass_ms(60_000)
        await ledger.submit(flat.device, [flat.witness(SLOT + 120, fresh()).encode()])
        assert ledger.reached_ms(flat.device) == (SLOT + 60) * 1000
    async with open_house(config, clock) as house:
        assert house.coordinator.ledger.reached_ms(flat.device) == (SLOT + 60) * 1000


async def test_a_restart_keeps_the_signatures_under_the_published_head(
    config: BuildingConfig, clock: ManualClock, socket_enabled: None
) -> None:
    async with open_house(config, clock) as house:
        ledger = house.coordinator.ledger
        assert ledger.published is not None
        signed = ledger.published.checkpoint + "— witness.example AAAAAAAA\n".encode()
        await ledger.publish_again(ledger.size, signed)
        await ledger.publish_again(ledger.size + 1, b"of another size")
    async with open_house(config, clock) as house:
        assert house.coordinator.ledger.folder.read_checkpoint() == signed
    (config.data / "log" / "checkpoint").write_bytes(b"damaged")
    async with open_house(config, clock) as house:
        assert signed.startswith(house.coordinator.ledger.folder.read_checkpoint())
        assert house.coordinator.ledger.directory.named(Role.BUILDING.value) is not None
