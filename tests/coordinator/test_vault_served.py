"""What the vault gives to whoever asks: as little work as can be, no size that tells, and nothing that was erased."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from coordinator.config import BuildingConfig
from coordinator.config.auditors import Auditor
from coordinator.vault import KEPT_BYTES, make_recovery_key
from coordinator.witnesses import KEPT_HEADS
from localvpp import tlog
from localvpp.vault import AUDITOR, RECOVERY, Opening, SecretKey, open_bodies, sealed_for
from localvpp.vaultcopies import vault_path

from .conftest import ORIGIN, SLOT, House, open_house
from .flat import Flat, ManualClock

SECRET = SecretKey(RECOVERY, b"7" * 32)
HIM = SecretKey(AUDITOR, b"9" * 32)
OTHERS = 50
"""Mirrors of a building."""


@pytest.fixture
def sealing(config: BuildingConfig) -> BuildingConfig:
    keys = config.data / "keys"
    keys.mkdir(parents=True, mode=0o700)
    make_recovery_key(keys, SECRET)
    return replace(config, auditors=(Auditor("him", HIM.public),))


@pytest.fixture
async def house(sealing: BuildingConfig, clock: ManualClock, socket_enabled: None) -> AsyncIterator[House]:
    async with open_house(sealing, clock) as opened:
        yield opened


async def submit(house: House, flat: Flat, slot: int, *energies: int) -> int:
    """Log the records of a slot; return the log's size."""
    house.clock.pass_until((slot + 61) * 1000)
    ledger = house.coordinator.ledger
    records = [record.encode() for record in flat.slot(slot, *energies)]
    assert all(result.index is not None for result in (await ledger.submit(flat.device, records)).results)
    return ledger.size


async def grown(house: House, flat: Flat, size: int) -> None:
    """Let the log grow to a size at least, in few commits."""
    slot = SLOT
    while (more := size - house.coordinator.ledger.size) > 0:
        records = []
        for _ in range(-(-min(more, 100) // 2)):
            records += flat.slot(slot, 1)
            slot += 60
        house.clock.pass_until((slot + 1) * 1000)
        await house.coordinator.ledger.submit(flat.device, [record.encode() for record in records])


async def ask(house: House, bundle: tlog.Bundle) -> tuple[int, bytes]:
    response = await house.get(f"/log/{vault_path(bundle)}", token=False)
    return response.status, await response.read()


def opened(bundle: tlog.Bundle, data: bytes, secret: SecretKey = SECRET) -> list[Opening | None]:
    return open_bodies(secret, ORIGIN, bundle.index * tlog.TILE_WIDTH, bundle.width, data)


async def test_only_full_bundles_and_the_widths_of_heads_are_sealed(house: House) -> None:
    flat = await house.invited("101")
    await submit(house, flat, SLOT, 1)
    size = await submit(house, flat, SLOT + 60, 1)
    heads = {width for width in range(1, size + 1) if house.coordinator.cosigning.text(width) is not None}
    assert {size - 2, size} <= heads
    assert size - 1 not in heads, "two records came together"
    for width in range(1, size + 1):
        status, data = await ask(house, tlog.Bundle(0, width))
        if width in heads:
            assert status == 200
            assert None not in opened(tlog.Bundle(0, width), data)
        else:
            assert status == 404
            assert b"ends where none of the last" in data
    for bundle in (tlog.Bundle(0, size + 1), tlog.Bundle(0), tlog.Bundle(7)):
        status, data = await ask(house, bundle)
        assert (status, b"is beyond" in data) == (404, True)
    for place in ("000.p/0", "000.p/256", "0", "../keys/log", "001.p/01"):
        assert (await house.get(f"/log/vault/{place}", token=False)).status == 404


async def test_a_full_bundle_is_sealed_once_for_all_mirrors_and_an_old_partial_one_no_more(house: House) -> None:
    flat = await house.invited("101")
    old = await submit(house, flat, SLOT, 1)
    assert (await ask(house, tlog.Bundle(0, old)))[0] == 200
    await grown(house, flat, 257)
    for bundle in tlog.bundles_to_write(0, house.coordinator.ledger.size):
        answers = await asyncio.gather(*(ask(house, bundle) for _ in range(OTHERS)))
        assert len(set(answers)) == 1, "sealed twice, it would be another each time"
        assert len(given(answers[0])) < KEPT_BYTES // 100
    assert len({await (await house.get("/log/vault/building", token=False)).read() for _ in range(3)}) == 1
    full = await ask(house, tlog.Bundle(0))
    for number in range(KEPT_HEADS):
        await submit(house, flat, SLOT + 60 * (400 + number), 1)
    assert (await ask(house, tlog.Bundle(0, old)))[0] == 404
    assert await ask(house, tlog.Bundle(0)) == full


def given(answer: tuple[int, bytes]) -> bytes:
    assert answer[0] == 200
    return answer[1]


async def test_the_size_of_what_is_sealed_tells_nothing_of_what_was_used(house: House) -> None:
    little, much = await house.invited("101"), await house.invited("102")
    sizes = []
    for slot, flat, energies in (
        (SLOT, little, (0, 0)),
        (SLOT, much, (10**12, 10**12)),
        (SLOT + 60, little, (23, 24)),
        (SLOT + 60, much, (255, 256)),
    ):
        before = house.coordinator.ledger.size
        size = await submit(house, flat, slot, *energies)
        one, other = [len((await ask(house, tlog.Bundle(0, width)))[1]) for width in (before, size)]
        sizes.append((size - before, other - one))
    assert {count for count, _ in sizes} == {2}
    assert all(grown in (0, 1024) for _, grown in sizes), "two buckets of 384 bytes, in whole kilobytes"
    status, data = await ask(house, tlog.Bundle(0, house.coordinator.ledger.size))
    assert (status, (len(data) - len(data) % 1024)) == (
        200,
        -(-(4 + 384 * house.coordinator.ledger.size) // 1024) * 1024,
    )


async def test_what_is_kept_is_given_no_more_once_a_body_in_it_was_erased(house: House) -> None:
    flat = await house.invited("101")
    await grown(house, flat, 256)
    house.clock.pass_until((SLOT + 60 * 300) * 1000)
    await house.coordinator.settler.settle_ripe()
    assert None not in opened(tlog.Bundle(0), given(await ask(house, tlog.Bundle(0))))
    size = house.coordinator.ledger.size

    async def keep_asking() -> None:
        """Once the log says that bodies were erased, no answer has them any more."""
        while True:
            said = house.coordinator.ledger.size > size
            data = given(await ask(house, tlog.Bundle(0)))
            if said:
                assert None in opened(tlog.Bundle(0), data)
                return

    asking = [asyncio.create_task(keep_asking()) for _ in range(4)]
    response = await house.session.post(
        f"{house.url}/api/v1/members/101/erase",
        json={"until_ms": (SLOT + 60 * 200) * 1000},
        headers={"Authorization": f"Bearer {house.coordinator.web_token}"},
    )
    assert response.status == 200, await response.text()
    erased = (await response.json())["erased"]
    assert erased > 100
    await asyncio.gather(*asking)
    assert opened(tlog.Bundle(0), given(await ask(house, tlog.Bundle(0)))).count(None) == erased


async def test_an_auditor_opens_the_bodies_and_not_the_buildings_own_part(house: House) -> None:
    flat = await house.invited("101")
    bundle = tlog.Bundle(0, await submit(house, flat, SLOT, 7))
    data = given(await ask(house, bundle))
    assert sealed_for(data) == {SECRET.public.id, HIM.public.id}
    assert opened(bundle, data, HIM) == opened(bundle, data)
    own = await (await house.get("/log/vault/building", token=False)).read()
    assert sealed_for(own) == {SECRET.public.id}


async def test_without_a_recovery_key_an_auditor_reads_and_nothing_is_kept_for_a_rebuild(
    config: BuildingConfig, clock: ManualClock, socket_enabled: None
) -> None:
    async with open_house(replace(config, auditors=(Auditor("him", HIM.public),)), clock) as house:
        bundle = tlog.Bundle(0, house.coordinator.ledger.size)
        assert None not in opened(bundle, given(await ask(house, bundle)), HIM)
        response = await house.get("/log/vault/building", token=False)
        assert response.status == 404
        assert "has no recovery key" in await response.text()
