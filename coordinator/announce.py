"""Telling the local network where the coordinator is (DNS-SD, RFC 6763), so that Home Assistant finds it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address
import logging
import socket
from typing import Final

from zeroconf import Error as ZeroconfError, InterfaceChoice, ServiceInfo
from zeroconf.asyncio import AsyncZeroconf

from localvpp.etp import PublicKey
from localvpp.wire import PROTOCOL

from .config import Listen

SERVICE: Final = "_local-vpp._tcp.local."
_ANYWHERE_4: Final = "0.0.0.0"
_ANYWHERE: Final = frozenset({_ANYWHERE_4, "::", ""})
_LABEL_MOST: Final = 63
"""Bytes of one label of DNS."""

_CANNOT: Final = "The coordinator cannot be announced"
_REMEDY: Final = "give flats its address by hand"

_log = logging.getLogger(__name__)


@asynccontextmanager
async def announced(name: str, origin: str, key: PublicKey, listen: Listen, port: int) -> AsyncIterator[None]:
    """Announce a coordinator while the context lasts. A network that cannot is told once, and done without.

    One with a public URL is announced by that: its listener may answer a proxy on this machine alone.
    """
    host = _ANYWHERE_4 if listen.public_url else listen.host
    try:
        addresses = await asyncio.to_thread(addresses_of, host)
    except OSError as error:
        _log.warning("%s (%s): %s", _CANNOT, error, _REMEDY)
        yield
        return
    if not addresses:
        _log.warning("The coordinator is not announced: %s is not reached from the network", host)
        yield
        return
    async with registered(service(name, origin, key, listen, addresses, port), InterfaceChoice.All):
        yield


@asynccontextmanager
async def registered(info: ServiceInfo, interfaces: InterfaceChoice | list[str]) -> AsyncIterator[None]:
    """Answer questions for a service on some interfaces while the context lasts."""
    try:
        zeroconf = AsyncZeroconf(interfaces=interfaces)
    except OSError as error:
        _log.warning("%s (%s): %s", _CANNOT, error, _REMEDY)
        yield
        return
    try:
        try:
            announcing = await zeroconf.async_register_service(info, allow_name_change=True)
            await announcing  # Three times within a second, as RFC 6762 wants it.
        except (ZeroconfError, OSError) as error:
            _log.warning("%s (%s): %s", _CANNOT, error, _REMEDY)
        yield
    finally:
        await zeroconf.async_unregister_all_services()
        await zeroconf.async_close()


def service(name: str, origin: str, key: PublicKey, listen: Listen, addresses: list[str], port: int) -> ServiceInfo:
    """Return the announcement of a coordinator.

    `url`, if there, is its address; else that is made of `scheme`, an address of the machine, the port and `path`.
    """
    label = name.replace(".", " ").encode()[:_LABEL_MOST].decode(errors="ignore")
    properties = {
        "origin": origin,
        "fingerprint": key.fingerprint,
        "scheme": listen.scheme,
        "path": "/",
        "protocol": str(PROTOCOL),
    }
    if listen.public_url is not None:
        properties["url"] = listen.public_url
    return ServiceInfo(
        SERVICE,
        f"{label}.{SERVICE}",
        port=port,
        properties=properties,
        parsed_addresses=addresses,
        server=f"{socket.gethostname().partition('.')[0]}.local.",
    )


def addresses_of(host: str) -> list[str]:
    """Return the addresses under which a listener on `host` is reached from the network; loopback is not. Blocking.

    Raises OSError for a name that does not resolve.
    """
    if host not in _ANYWHERE:
        found = {str(address[0]) for *_, address in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
        return sorted(each for each in found if not ip_address(each.partition("%")[0]).is_loopback)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Nothing is sent: connecting a datagram socket only asks the routing table. The address is TEST-NET-1.
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return []
        return [str(probe.getsockname()[0])]
