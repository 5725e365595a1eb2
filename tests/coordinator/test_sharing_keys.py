"""A slot is settled by the key that its building has chosen, told and written down; a flat believes no other."""

from dataclasses import replace

import pytest

from coordinator.config import BuildingConfig
from coordinator.members import Action
from coordinator.store import Role, entries as entry_store
from localvpp.audit import AuditedLog, audit_slot
from localvpp.devices import parse_address
from localvpp.etp import Kind, Record, load_or_create
from localvpp.lineage import Lineage
from localvpp.settled import SettlementError, check_word
from localvpp.settlement import (
    WHOLE,
    Coefficients,
    KeyName,
    KeyRule,
    KnownPrices,
    MaxMin,
    Share,
    SharingKey,
    SlotPrices,
    Static,
    Times,
    Traded,
    Use,
    first_prices,
    settle,
)
from localvpp.wire import Membership, SlotResult

from .conftest import ORIGIN, SLOT, House, open_house
from .flat import Flat, ManualClock
from .test_settlement import believes, log, settled, three_flats

PARTS = {"101": 500_000, "102": 400_000, "103": 100_000}
USES = {"101": Use(0, 90), "102": Use(60, 0), "103": Use(70, 0)}
CHOSEN: dict[str, tuple[KeyRule, SharingKey[str]]] = {
    "static": (KeyRule(KeyName.STATIC, PARTS), Static(PARTS)),
    "coefficients": (KeyRule(KeyName.COEFFICIENTS, times=(Times(PARTS),)), Coefficients(PARTS)),
    "max-min": (KeyRule(KeyName.MAX_MIN), MaxMin()),
    "trades": (KeyRule(KeyName.TRADES), Traded(())),
}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(SLOT * 1000 - 60_000)


async def audited(house: House, prices: SlotPrices, rule: KeyRule) -> tuple[str, ...]:
    """What an auditor who knows the key finds wrong with the slot."""
    async with house.coordinator.engine.connect() as connection:
        entries = await entry_store.span(connection, 0, house.coordinator.ledger.size)
    told = [(entry.index, Record.decode(entry.sealed)) for entry in entries if entry.sealed is not None]
    return audit_slot(AuditedLog.of(ORIGIN, told), SLOT, [], prices, rule)


@pytest.mark.parametrize("name", CHOSEN)
async def test_a_slot_is_shared_by_the_chosen_key_and_a_flat_believes_no_other(
    config: BuildingConfig, clock: ManualClock, socket_enabled: None, name: str
) -> None:
    rule, key = CHOSEN[name]
    async with open_house(replace(config, sharing=rule), clock) as house:
        one, two, three = await three_flats(house)
        house.clock.pass_until((SLOT + 61) * 1000)
        own = {}
        for flat in (one, two, three):
            use = USES[flat.name]
            own[flat.name] = await log(house, flat, flat.slot(SLOT, use.import_wh, use.export_wh))
        (slot,) = await settled(house)
        assert slot.key == rule.word
        (told,) = await (await house.get("/api/v1/slots")).json()
        assert (told["settled_by"], told["key"]) == ("sharing_key", rule.word)
        by_name = {flat.name: slot.shares[flat.device] for flat in (one, two, three)}
        assert by_name == settle(USES, config.prices, key).shares
        assert await audited(house, config.prices, rule) == ()
        assert "and dynamic was announced" in "; ".join(await audited(house, config.prices, KeyRule()))
        async with house.link(two) as client:
            assert client.terms.prices == first_prices(config.prices, rule)
            word = await client.next(SlotResult)
            assert await believes(house, client, word, own["102"])
            terms = client.terms
        # Had the flat been told of another key, or of none, it would not believe this one.
        other = KeyRule(KeyName.STATIC, {**PARTS, "103": 1})
        of_slot = [each for each in own["102"] if each.record.kind is Kind.INTERVAL]
        membership = Membership(house.url, ORIGIN, two.name, two.device, house.key, house.next_key)
        for told in (other, KeyRule()):
            known = KnownPrices(first_prices(config.prices, told), terms.signed_ms)
            lineage, log_key = Lineage.of(membership), await house.log_key()
            with pytest.raises(SettlementError, match=f"with the sharing key {rule.word}, that announced"):
                check_word(word, two.device, lineage, of_slot, terms, log_key, known)


async def test_another_key_holds_for_slots_to_come_and_the_old_one_for_those_that_wait(
    config: BuildingConfig, clock: ManualClock, socket_enabled: None
) -> None:
    rule = CHOSEN["static"][0]
    async with open_house(config, clock) as house:
        one, two, three = await three_flats(house)
        clock.pass_until((SLOT + 61) * 1000)
        for flat in (one, two, three):
            await log(house, flat, flat.slot(SLOT, USES[flat.name].import_wh, USES[flat.name].export_wh))
    async with open_house(replace(config, sharing=rule), clock) as house:
        (slot,) = await settled(house)
        assert slot.key == "dynamic"
        since = SLOT + 180
        clock.pass_until((since + 61) * 1000)
        for flat in (one, two, three):
            await log(house, flat, flat.slot(since, USES[flat.name].import_wh, USES[flat.name].export_wh))
        (slot,) = await settled(house)
        assert (slot.slot, slot.key) == (since, rule.word)


async def test_the_part_of_a_flat_that_is_not_there_goes_to_nobody_else(
    config: BuildingConfig, clock: ManualClock, socket_enabled: None
) -> None:
    """201 has no device yet: its part is nobody's, and the whole is still the whole."""
    parts = {"101": 0, "102": WHOLE // 4, "103": WHOLE // 4, "201": WHOLE // 2}
    rule = KeyRule(KeyName.COEFFICIENTS, times=(Times(parts),))
    async with open_house(replace(config, sharing=rule), clock) as house:
        one, two, three = await three_flats(house)
        house.clock.pass_until((SLOT + 61) * 1000)
        for flat, use in ((one, (0, 80)), (two, (60, 0)), (three, (60, 0))):
            await log(house, flat, flat.slot(SLOT, *use))
        (slot,) = await settled(house)
        assert slot.shares[two.device].shared_in_wh == slot.shares[three.device].shared_in_wh == 20
        assert slot.shares[one.device].sold_wh == 40


async def test_a_flat_whose_box_was_exchanged_keeps_its_part(
    config: BuildingConfig, clock: ManualClock, socket_enabled: None
) -> None:
    rule = CHOSEN["static"][0]
    async with open_house(replace(config, sharing=rule), clock) as house:
        one, two, _ = await three_flats(house)
        await house.coordinator.members.say("102", Action.REVOKE, {"reason": "the box is broken"})
        again = await house.invited("102")
        assert again.device != two.device
        house.clock.pass_until((SLOT + 121) * 1000)
        await log(house, one, one.slot(SLOT + 60, 0, 100))
        await log(house, again, again.slot(SLOT + 60, 60))
        house.clock.pass_ms(601_000)
        (slot,) = await settled(house)
        assert slot.shares[again.device].shared_in_wh == 40


async def test_the_roof_gives_to_flats_by_its_own_meter(
    config: BuildingConfig, clock: ManualClock, socket_enabled: None
) -> None:
    """Its meter is read by the coordinator; here its records are written as that does."""
    roofed = replace(config, meters=replace(config.meters, roof=parse_address("tcp://127.0.0.1:9?unit=3")))
    async with open_house(roofed, clock) as house:
        one, two, _ = await three_flats(house)
        roof = house.coordinator.ledger.directory.named("roof")
        assert roof is not None
        assert roof.role is Role.ROOF
        key = load_or_create(config.data / "keys" / "roof")
        device = Flat("roof", ORIGIN, house.key.device_id, key)
        house.clock.pass_until((SLOT + 61) * 1000)
        await log(house, one, one.slot(SLOT, 30))
        await log(house, two, two.slot(SLOT, 50))
        await log(house, device, device.slot(SLOT, 0, 100))
        house.clock.pass_ms(601_000)
        (slot,) = await settled(house)
        assert slot.missing == ("103",)
        assert slot.shares[one.device].shared_in_wh == 30
        assert slot.shares[two.device].shared_in_wh == 50
        assert slot.shares[roof.device] == Share(0, 100, 0, 80, 80 * 2200, 20 * 850)
        assert await audited(house, config.prices, KeyRule()) == ()
        async with house.link(two) as client:
            word = await client.next(SlotResult)
            assert (word.shared_in_wh, word.shared_out_wh, word.inside_money) == (50, 0, -50 * 2200)
