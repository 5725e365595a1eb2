"""https: the coordinator answers it, takes a renewed certificate, and whoever does not trust it is told why."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
import json
import os
from pathlib import Path
import signal
import ssl
import sys
import time

import aiohttp
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
import pytest

from coordinator.certificate import Certificate
from coordinator.config import BuildingConfig, ConfigError, TlsFiles, load
from coordinator.enrolment import issue_invite
from localvpp.clock import Clock
from localvpp.enrol import EnrolmentError, Why, enrol, fetch_building
from localvpp.etp import Ed25519Signer
from localvpp.guard import Guard
from localvpp.link import Link, LinkState
from localvpp.notebook import Notebook
from localvpp.store import FlatStore
from localvpp.wire import Membership
from tests.localvpp.small_coordinator import Ear, Waits

from .authority import Authority, serial_of
from .conftest import FILE, ORIGIN, House, open_house
from .flat import WAIT_S, ManualClock
from .test_cli import command, first_line, start
from .test_web import check, schema_of

type Mistake = Callable[[Authority, TlsFiles], None]


@pytest.fixture
def clock() -> ManualClock:
    """Certificates are checked by the clock of the machine, so here the building has it, too."""
    return ManualClock(time.time_ns() // 1_000_000)


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "building.yaml"
    path.write_text(
        FILE.replace("announce: false", "announce: false, tls: {certificate: fullchain.pem, key: privkey.pem}")
    )
    return path


@pytest.fixture
def files(authority: Authority, tmp_path: Path) -> TlsFiles:
    return authority.issue(tmp_path, "127.0.0.1")


@pytest.fixture
async def house(file: Path, files: TlsFiles, clock: ManualClock, socket_enabled: None) -> AsyncIterator[House]:
    async with open_house(load(file), clock) as opened:
        yield opened


@asynccontextmanager
async def trusting(house: House, authority: Authority) -> AsyncIterator[House]:
    """Give a house as a client sees it who trusts the authority."""
    connector = aiohttp.TCPConnector(ssl=authority.trusting())
    async with aiohttp.ClientSession(connector=connector) as session:
        yield House(house.coordinator, session, house.clock)


async def shown_at(url: str, authority: Authority) -> int:
    """Return the serial number of the certificate that a new connection is shown."""
    host, _, port = url.removeprefix("https://").partition(":")
    _, writer = await asyncio.open_connection(host, int(port), ssl=authority.trusting())
    data = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    await writer.wait_closed()
    return x509.load_der_x509_certificate(data).serial_number


# --- What is answered -------------------------------------------------------------------------------------------------


async def test_a_flat_enrols_and_sends_its_records_over_https(house: House, authority: Authority) -> None:
    assert house.url.startswith("https://127.0.0.1:")
    async with trusting(house, authority) as trusted:
        flat = await trusted.invited("101")
        house.clock.pass_ms(120_000)
        slot = house.clock.wall_ms() // 60_000 * 60 - 60
        async with trusted.link(flat) as client:
            results, _ = await client.log(flat.slot(slot, 5))
        assert [result.index for result in results] == [2, 3]
        health = await (await trusted.get("/healthz", token=False)).json()
        check(health, schema_of("Health"))
        assert health["checks"]["certificate"] == "ok"


async def test_the_managers_cookie_is_sent_over_https_alone(house: House, authority: Authority) -> None:
    async with trusting(house, authority) as trusted:
        token = house.coordinator.web_token
        async with trusted.session.get(f"{house.url}/?token={token}", allow_redirects=False) as response:
            assert "Secure" in response.headers["Set-Cookie"].split("; ")


def agreed(client: ssl.SSLContext, server: ssl.SSLContext) -> str | None:
    """Let two shake hands in memory; return the version that they agree on, or raise what the server says."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = (
        client.wrap_bio(to_client, to_server, server_hostname="127.0.0.1"),
        server.wrap_bio(to_server, to_client, server_side=True),
    )
    waiting = True
    while waiting:
        waiting = False
        for side in sides:
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                waiting = True
    return sides[1].version()


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1:DeprecationWarning")
async def test_older_versions_than_1_2_are_refused(files: TlsFiles, authority: Authority, clock: ManualClock) -> None:
    server = (await Certificate.load(files, clock)).context
    assert agreed(authority.trusting(), server) == "TLSv1.3"
    client = authority.trusting()
    client.maximum_version = ssl.TLSVersion.TLSv1_2
    assert agreed(client, server) == "TLSv1.2"
    client.set_ciphers("DEFAULT:@SECLEVEL=0")  # Or this client would not offer what is older.
    client.minimum_version, client.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError, match="UNSUPPORTED_PROTOCOL"):
        agreed(client, server)


async def test_behind_a_proxy_that_ends_https_the_cookie_is_no_less_secure(
    config: BuildingConfig, clock: ManualClock, socket_enabled: None
) -> None:
    for url, secure in (("https://vpp.example", True), ("http://vpp.example", False), (None, False)):
        listen = replace(config.listen, public_url=url)
        async with open_house(replace(config, listen=listen), clock) as house:
            address = f"{house.url}/?token={house.coordinator.web_token}"
            async with house.session.get(address, allow_redirects=False) as response:
                assert ("Secure" in response.headers["Set-Cookie"].split("; ")) is secure


# --- Who does not trust it --------------------------------------------------------------------------------------------


async def refused(session: aiohttp.ClientSession, url: str) -> EnrolmentError:
    with pytest.raises(EnrolmentError) as caught:
        await fetch_building(session, url)
    return caught.value


async def test_a_flat_that_does_not_trust_the_authority_is_told_what_to_do(house: House) -> None:
    invite = await issue_invite(house.coordinator.engine, house.coordinator.config, "101", house.clock)
    with pytest.raises(EnrolmentError) as caught:
        await enrol(house.session, house.url, invite, Ed25519Signer.generate(), software="test")
    assert (caught.value.why, caught.value.certain) == (Why.UNTRUSTED, True)
    assert "no authority that this machine trusts has issued it: ask the building manager" in str(caught.value)
    assert house.url in str(caught.value)
    assert house.coordinator.ledger.size == 1


@pytest.mark.parametrize(
    ("name", "days", "told"),
    [
        ("vpp.example", (-30, 60), "it is for another name: use the address with the name"),
        ("192.0.2.7", (-30, 60), "it is for another name: use the address with the name"),
        ("127.0.0.1", (-60, -1), "it has expired: ask the building manager to renew it"),
        ("127.0.0.1", (1, 60), "it is not good yet: set this machine's clock"),
    ],
)
async def test_a_certificate_that_is_not_good_here_and_now_is_told_with_its_remedy(
    name: str,
    days: tuple[int, int],
    told: str,
    file: Path,
    authority: Authority,
    clock: ManualClock,
    socket_enabled: None,
) -> None:
    authority.issue(file.parent, name, days=days)
    async with open_house(load(file), clock) as house, trusting(house, authority) as trusted:
        error = await refused(trusted.session, house.url)
        assert error.why is Why.UNTRUSTED
        assert told in str(error)


async def test_a_flat_says_why_it_does_not_connect_and_does_when_the_certificate_is_a_good_one(
    house: House, authority: Authority, files: TlsFiles, tmp_path: Path
) -> None:
    certificate = house.coordinator.certificate
    assert certificate is not None
    async with trusting(house, authority) as trusted:
        flat = await trusted.invited("101")
        Authority().issue(files.certificate.parent, "127.0.0.1")
        await certificate.renew(forced=False)
        ear, waits = Ear(), Waits()
        membership = Membership(house.url, ORIGIN, "101", flat.device, house.key, house.next_key)
        store = await FlatStore.open(tmp_path / "flat.db", flat.device, ORIGIN)
        connector = aiohttp.TCPConnector(ssl=authority.trusting())
        async with aiohttp.ClientSession(connector=connector) as session:
            guard = Guard(ORIGIN, flat.device, Notebook(store), house.clock, ear)
            link = Link(session, membership, flat.signer, store, guard, house.clock, ear, "test", waits)
            task = asyncio.create_task(link.run())
            status = await ear.status(LinkState.CONNECTING)
            assert "no authority that this machine trusts has issued it" in status.reason
            authority.issue(files.certificate.parent, "127.0.0.1")
            await certificate.renew(forced=False)
            await waits.pass_one()
            await ear.status(LinkState.ONLINE)
            task.cancel()
            await asyncio.wait([task])
        await store.close()


async def test_an_address_with_the_wrong_scheme_is_told_so(
    config: BuildingConfig, file: Path, files: TlsFiles, clock: ManualClock, socket_enabled: None
) -> None:
    async with open_house(load(file), clock) as house:
        error = await refused(house.session, house.url.replace("https:", "http:"))
        assert error.why is Why.UNREACHABLE
        assert "may speak https" in str(error)
    async with open_house(config, clock) as house:
        error = await refused(house.session, house.url.replace("http:", "https:"))
        assert error.why is Why.UNREACHABLE
        assert "may speak plain http" in str(error)


# --- A renewed certificate --------------------------------------------------------------------------------------------


@asynccontextmanager
async def watched(files: TlsFiles, clock: Clock, look_s: float) -> AsyncIterator[tuple[Certificate, str]]:
    """Give a watched certificate, and the URL of something that shows it."""
    certificate = await Certificate.load(files, clock, look_s)

    async def gone(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(gone, "127.0.0.1", 0, ssl=certificate.context)
    task = asyncio.create_task(certificate.run())
    try:
        yield certificate, f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        task.cancel()
        await asyncio.wait([task])
        server.close()
        await server.wait_closed()


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(WAIT_S):
        while not await condition():
            await asyncio.sleep(0.01)


async def test_a_renewed_certificate_is_shown_to_whoever_connects_next(
    files: TlsFiles, authority: Authority, clock: ManualClock, socket_enabled: None
) -> None:
    async with watched(files, clock, 0.01) as (_, url):
        old = serial_of(files.certificate)
        assert await shown_at(url, authority) == old
        authority.issue(files.certificate.parent, "127.0.0.1")
        new = serial_of(files.certificate)

        async def is_shown() -> bool:
            return await shown_at(url, authority) == new

        assert new != old
        await until(is_shown)


async def test_while_key_and_certificate_do_not_fit_the_old_ones_stay_and_it_is_told_once(
    files: TlsFiles, authority: Authority, clock: ManualClock, socket_enabled: None, caplog: pytest.LogCaptureFixture
) -> None:
    async with watched(files, clock, 3600.0) as (certificate, url):
        old, kept = serial_of(files.certificate), files.key.read_bytes()
        for _ in range(2):  # Half renewed: the certificate is new, the key still the old one.
            authority.issue(files.certificate.parent, "127.0.0.1")
            fitting = files.key.read_bytes()
            files.key.write_bytes(kept)
            await certificate.renew(forced=False)
            assert certificate.trouble == "the new certificate cannot be used: the log says why"
            assert await shown_at(url, authority) == old
        files.key.write_bytes(fitting)
        await certificate.renew(forced=False)
        assert certificate.trouble is None
        assert await shown_at(url, authority) == serial_of(files.certificate) != old
        await certificate.renew(forced=False)
    assert caplog.text.count(f"{files.key} is not the key of {files.certificate}") == 1
    assert caplog.text.count("A new certificate is in use") == 1


async def test_files_that_vanish_and_come_back_are_told_of_both_times(
    files: TlsFiles, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    certificate = await Certificate.load(files, clock)
    aside = files.key.rename(files.key.with_suffix(".aside"))
    await certificate.renew(forced=False)
    assert certificate.trouble is not None
    aside.rename(files.key)
    await certificate.renew(forced=False)
    assert certificate.trouble is None
    for told in ("privkey.pem cannot be read", "The files of the certificate in use are back"):
        assert caplog.text.count(told) == 1


async def test_a_certificate_that_ends_soon_or_has_ended_is_told_until_it_is_renewed(
    files: TlsFiles, authority: Authority, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    certificate = await Certificate.load(files, clock)
    assert certificate.trouble is None
    clock.pass_ms(47 * 86_400_000)
    assert "ends on" in (certificate.trouble or "")
    clock.pass_ms(14 * 86_400_000)
    assert "has ended on" in (certificate.trouble or "")
    for _ in range(2):
        await certificate.renew(forced=False)
    authority.issue(files.certificate.parent, "127.0.0.1", days=(0, 120))
    await certificate.renew(forced=False)
    assert certificate.trouble is None
    assert caplog.text.count("flats refuse it: renew it") == 1


@pytest.mark.slow
async def test_a_service_takes_a_renewed_certificate_when_it_is_told_and_a_flat_enrols_by_the_command(
    file: Path, files: TlsFiles, authority: Authority, socket_enabled: None
) -> None:
    process = await start("run", str(file))
    try:
        url = (await first_line(process))["url"]
        assert await shown_at(url, authority) == serial_of(files.certificate)
        authority.issue(files.certificate.parent, "127.0.0.1")
        process.send_signal(signal.SIGHUP)

        async def is_shown() -> bool:
            return await shown_at(url, authority) == serial_of(files.certificate)

        await until(is_shown)
        trusted = file.parent / "authority.pem"
        trusted.write_bytes(authority.pem)
        inviting = await start("invite", str(file), "101", "--json")
        out, _ = await inviting.communicate()
        invite = json.loads(out)["invite"]
        code, told = await flat_enrols(url, invite, file.parent / "flat", None)
        assert code != 0
        assert "no authority that this machine trusts" in told
        code, told = await flat_enrols(url, invite, file.parent / "flat", trusted)
        assert code == 0, told
    finally:
        process.terminate()
        async with asyncio.timeout(60):
            _, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    assert "Traceback" not in err.decode()


async def flat_enrols(url: str, invite: str, data: Path, authority: Path | None) -> tuple[int | None, str]:
    """Run the command with which a flat enrols, on a machine that trusts an authority or not."""
    environment = os.environ | ({} if authority is None else {"SSL_CERT_FILE": str(authority)})
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "commands.main", "flat", "enrol", url, "--invite", invite, "--data", str(data)),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await process.communicate()
    return process.returncode, out.decode()


# --- What stands in the file ------------------------------------------------------------------------------------------


def no_certificate(_authority: Authority, files: TlsFiles) -> None:
    files.certificate.unlink()


def no_key(_authority: Authority, files: TlsFiles) -> None:
    files.key.unlink()


def swapped(_authority: Authority, files: TlsFiles) -> None:
    files.certificate.write_bytes(files.key.read_bytes())


def key_is_a_certificate(_authority: Authority, files: TlsFiles) -> None:
    files.key.write_bytes(files.certificate.read_bytes())


def key_of_another(authority: Authority, files: TlsFiles) -> None:
    kept = files.certificate.read_bytes()
    authority.issue(files.certificate.parent, "127.0.0.1")
    files.certificate.write_bytes(kept)


def chain_upside_down(authority: Authority, files: TlsFiles) -> None:
    files.certificate.write_bytes(authority.pem + files.certificate.read_bytes())


def locked(authority: Authority, files: TlsFiles) -> None:
    authority.issue(files.certificate.parent, "127.0.0.1", password=b"hush")


def readable_by_all(_authority: Authority, files: TlsFiles) -> None:
    files.key.chmod(0o644)


def weak(authority: Authority, files: TlsFiles) -> None:
    key = rsa.generate_private_key(65_537, 1024)  # noqa: S505  # weak, which is to be refused
    authority.issue(files.certificate.parent, "127.0.0.1", key=key)


MISTAKES: dict[str, tuple[Mistake, str, str]] = {
    "no certificate": (no_certificate, "certificate", "fullchain.pem cannot be read (No such file or directory)"),
    "no key": (no_key, "key", "privkey.pem cannot be read (No such file or directory): check the path"),
    "a key for a certificate": (swapped, "certificate", "holds no certificate in PEM: give the file that begins with"),
    "a certificate for a key": (key_is_a_certificate, "key", "holds no private key in PEM: give the file with"),
    "another's key": (key_of_another, "key", "fullchain.pem: give the one that it was issued for"),
    "the authority first": (chain_upside_down, "key", "the server's own certificate comes first"),
    "a locked key": (locked, "key", "is locked with a passphrase"),
    "a key for all eyes": (readable_by_all, "key", "can be read by all users: chmod o-rwx it"),
    "a weak key": (weak, "certificate", "is refused by OpenSSL (EE_KEY_TOO_SMALL): have one issued"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_files_that_cannot_serve_are_told_with_place_and_remedy(
    mistake: str, file: Path, files: TlsFiles, authority: Authority
) -> None:
    make, field, told = MISTAKES[mistake]
    make(authority, files)
    with pytest.raises(ConfigError) as caught:
        load(file)
    assert str(caught.value).startswith(f"{file}:5: listen.tls.{field}: {files.certificate.parent}/")
    assert told in str(caught.value)
    authority.issue(file.parent, "127.0.0.1")
    assert load(file).listen.scheme == "https"


@pytest.mark.parametrize("key", [ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65_537, 2048)])
def test_keys_of_usual_kinds_serve(
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, file: Path, authority: Authority
) -> None:
    authority.issue(file.parent, "vpp.example", key=key)
    assert load(file).listen.is_secret


LISTEN = {
    "a certificate alone": ("tls: {certificate: a.pem}", ["listen.tls.key is missing", "key: tls/privkey.pem"]),
    "a word for files": ("tls: yes", ["listen.tls: True", "indented"]),
    "a stranger": ("tls: {certificate: a, key: b, keys: c}", ["listen.tls.keys", "did you mean key?"]),
    "no scheme": ("public_url: vpp.example", ["listen.public_url", "'vpp.example'", "https://vpp.example"]),
    "another scheme": ("public_url: ftp://vpp.example", ["listen.public_url", "http:// or https://"]),
    "a token in it": ('public_url: "https://vpp.example/?token=x"', ["listen.public_url", "nothing else"]),
    "a password in it": ('public_url: "https://a:b@vpp.example"', ["listen.public_url", "nothing else"]),
    "no port": ('public_url: "https://vpp.example:x"', ["listen.public_url", "no URL"]),
    "letters that no URL has": ('public_url: "https://さくら.example"', ["listen.public_url", "ASCII"]),
}


@pytest.mark.parametrize("mistake", LISTEN)
def test_a_mistake_in_how_it_listens_is_told_with_place_and_remedy(mistake: str, file: Path) -> None:
    line, parts = LISTEN[mistake]
    file.write_text(FILE.replace("announce: false", f"announce: false, {line}"))
    with pytest.raises(ConfigError) as caught:
        load(file)
    for part in (f"{file}:5: ", *parts):
        assert part in str(caught.value)


def test_a_public_address_without_tls_contradicts_tls(file: Path, files: TlsFiles) -> None:
    text = file.read_text()
    file.write_text(text.replace("tls:", 'public_url: "http://vpp.example", tls:'))
    with pytest.raises(ConfigError, match=r"listen\.public_url: 'http://vpp\.example' is not what listen\.tls answers"):
        load(file)
    file.write_text(text.replace("tls:", 'public_url: "https://vpp.example/", tls:'))
    assert load(file).listen.public_url == "https://vpp.example"


def test_the_public_address_is_told_with_each_invite_and_with_the_token(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(FILE.replace("announce: false", 'announce: false, public_url: "https://vpp.example/"'))
    assert command("invite", str(file), "101") == 0
    assert "The coordinator's address: https://vpp.example\n" in capsys.readouterr().err
    assert command("invite", str(file), "101", "--json") == 0
    assert json.loads(capsys.readouterr().out)["url"] == "https://vpp.example"
    assert command("token", str(file)) == 0
    told = capsys.readouterr()
    assert "https://vpp.example/?token=…" in told.err
    assert told.out.strip() not in told.err
