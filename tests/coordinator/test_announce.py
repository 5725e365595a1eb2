"""The announcement: only of addresses that the network reaches, and never a reason to end."""

import asyncio
from pathlib import Path

import pytest
from zeroconf import ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from coordinator.announce import SERVICE, addresses_of, announced, registered, service
from coordinator.config import Listen, TlsFiles
from localvpp.etp import Ed25519Signer
from localvpp.wire import PROTOCOL

from .flat import WAIT_S


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
async def test_loopback_is_not_announced(host: str, caplog: pytest.LogCaptureFixture, socket_enabled: None) -> None:
    assert addresses_of(host) == []
    listen = Listen(host, 8470, announce=True)
    async with announced("House", "vpp.example/house", Ed25519Signer.generate().public, listen, 8470):
        assert caplog.text.count("is not announced") == 1


async def test_an_address_that_does_not_resolve_is_told_and_done_without(
    caplog: pytest.LogCaptureFixture, socket_enabled: None
) -> None:
    listen = Listen("fe80::1%nowhere", 8470, announce=True)
    async with announced("House", "vpp.example/house", Ed25519Signer.generate().public, listen, 8470):
        assert caplog.text.count("cannot be announced") == 1


def test_an_address_is_announced_as_it_is() -> None:
    assert addresses_of("192.0.2.7") == ["192.0.2.7"]


def test_an_announcement_tells_the_scheme_and_the_address_that_others_are_to_use() -> None:
    key = Ed25519Signer.generate().public
    files = TlsFiles(Path("certificate"), Path("key"))

    def told(listen: Listen) -> tuple[str | None, str | None]:
        told = service("House", "vpp.example/house", key, listen, ["192.0.2.7"], 8470).decoded_properties
        return told["scheme"], told.get("url")

    assert told(Listen("0.0.0.0", 8470, announce=True)) == ("http", None)
    assert told(Listen("0.0.0.0", 8470, announce=True, tls=files)) == ("https", None)
    behind = Listen("127.0.0.1", 8470, announce=True, public_url="https://vpp.example")
    assert told(behind) == ("http", "https://vpp.example")


async def test_whoever_looks_for_coordinators_finds_it_and_loses_it_when_it_ends(socket_enabled: None) -> None:
    key = Ed25519Signer.generate().public
    listen = Listen("0.0.0.0", 8470, announce=True)
    announcement = service("さくら Heights 2.0", "vpp.example/house", key, listen, ["127.0.0.1"], 8470)
    seen: asyncio.Queue[tuple[ServiceStateChange, str]] = asyncio.Queue()

    def changed(zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        seen.put_nowait((state_change, name))

    looking = AsyncZeroconf(interfaces=["127.0.0.1"])
    browser = AsyncServiceBrowser(looking.zeroconf, [SERVICE], handlers=[changed])
    try:
        async with asyncio.timeout(WAIT_S):
            async with registered(announcement, ["127.0.0.1"]):
                change, name = await seen.get()
                assert (change, name) == (ServiceStateChange.Added, f"さくら Heights 2 0.{SERVICE}")
                found = AsyncServiceInfo(SERVICE, name)
                assert await found.async_request(looking.zeroconf, 3_000)
                assert (found.parsed_addresses(), found.port) == (["127.0.0.1"], 8470)
                assert found.decoded_properties == {
                    "origin": "vpp.example/house",
                    "fingerprint": key.fingerprint,
                    "scheme": "http",
                    "path": "/",
                    "protocol": str(PROTOCOL),
                }
            while change is not ServiceStateChange.Removed:
                change, _ = await seen.get()
    finally:
        await browser.async_cancel()
        await looking.async_close()
