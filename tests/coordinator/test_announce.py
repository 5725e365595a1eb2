"""The announcement: only of addresses that the network reaches, and never a reason to end."""

import pytest

from coordinator.announce import addresses_of, announced
from localvpp.etp import Ed25519Signer


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
async def test_loopback_is_not_announced(host: str, caplog: pytest.LogCaptureFixture, socket_enabled: None) -> None:
    assert addresses_of(host) == []
    async with announced("House", "vpp.example/house", Ed25519Signer.generate().public, host, 8470):
        assert caplog.text.count("is not announced") == 1


async def test_an_address_that_does_not_resolve_is_told_and_done_without(
    caplog: pytest.LogCaptureFixture, socket_enabled: None
) -> None:
    async with announced("House", "vpp.example/house", Ed25519Signer.generate().public, "fe80::1%nowhere", 8470):
        assert caplog.text.count("cannot be announced") == 1


def test_an_address_is_announced_as_it_is() -> None:
    assert addresses_of("192.0.2.7") == ["192.0.2.7"]
