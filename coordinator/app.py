"""The coordinator: all rooms of one building, wired together, until it is told to stop."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib.metadata import version
import logging
from typing import Final

import aiohttp
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from localvpp.clock import Clock, SystemClock
from localvpp.devices import DeviceAddress
from localvpp.devices.backend import ModbusLinks
from localvpp.etp import DeviceId, NextKey, Signer
from localvpp.settlement import PriceList, first_prices
from localvpp.slots import MeterPlace
from localvpp.tlog import VerifierKey
from localvpp.wire import Terms

from .announce import announced
from .certificate import Certificate
from .config import BuildingConfig, Listen, make_data
from .drills.filing import Filing
from .drills.herald import Herald
from .drills.lookout import Lookout
from .drills.service import Drills
from .enrolment import Enrolment
from .erasure import Erasure
from .founding import device_of, found, open_ledger, own_keys, unfounded
from .holding import Hold
from .keys import BuildingKeys
from .ledger import GATHER_S, Committed, FolderLock, Ledger, LedgerError, LedgerUnavailableError, Scribe
from .link import Hub, LinkServices, LiveFrames
from .market.herald import Herald as MarketHerald
from .market.service import Market
from .members import Members
from .meters import MeterPost, OwnMeters, Watch
from .metrics import Metrics
from .nextkey import SheetWatch
from .payments import Payments
from .settlement import Papers, Settler
from .site import REBUILT
from .store import Role, close_database, open_database, prices as price_store
from .store.payments import Bookings
from .store.slots import SettledSlot
from .vault import Vault, recovery_recipient
from .web import (
    Api,
    DrillApi,
    Gate,
    LiveStream,
    MarketApi,
    PlanApi,
    PublicLog,
    StateView,
    WalletApi,
    load_openapi,
    make_application,
    record_event,
    slot_event,
)
from .witnesses import Cosigning, HttpAsk, Mirrors, OutsideWitness, witness_policy

KW_PER_FLAT: Final = 10
"""A building's most, if its file does not say: a Japanese flat's lamp contract (従量電灯) ends at 10 kVA."""
RETRY_S: Final = 5.0
"""A ledger that could not take the building's own enrolments is asked again after this."""
STOPPING_S: Final = 5.0
"""How long open connections may take to end."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Coordinator:
    """A running coordinator; what tests and the command line look at."""

    url: str
    """Where it answers on this machine."""
    config: BuildingConfig
    engine: AsyncEngine
    ledger: Ledger
    settler: Settler
    papers: Papers
    hub: Hub
    web_token: str
    certificate: Certificate | None
    """What it shows when it answers https."""
    cosigning: Cosigning
    log_key: str
    """What the log signs with, in note form."""
    live: LiveStream
    members: Members
    hold: Hold
    drills: Drills
    meters: OwnMeters
    market: Market | None
    """None where flats do not trade."""


async def run(
    config: BuildingConfig,
    ready: Callable[[Coordinator], None] = lambda _: None,
    clock: Clock | None = None,
    *,
    gather_s: float = GATHER_S,
) -> None:
    """Run a building's coordinator until cancelled.

    `ready` is called once it answers; a commit waits `gather_s` for company. Raises ConfigError, LedgerError,
    StoreError, BadKeyError, TlsError or OSError when it cannot start.
    """
    async with serving(config, clock or SystemClock(), gather_s=gather_s) as (coordinator, tasks):
        ready(coordinator)
        try:
            async with asyncio.TaskGroup() as group:
                for task in tasks:
                    group.create_task(task())
        except* LedgerError as errors:
            raise errors.exceptions[0] from None


type Work = Callable[[], Coroutine[None, None, None]]


@asynccontextmanager
async def serving(
    config: BuildingConfig, clock: Clock, *, gather_s: float = GATHER_S
) -> AsyncIterator[tuple[Coordinator, list[Work]]]:
    """Open everything and answer requests while the context lasts; the caller runs the work that goes on beside."""
    await asyncio.to_thread(make_data, config)
    async with AsyncExitStack() as stack:
        await asyncio.to_thread(stack.enter_context, FolderLock(config.data))
        certificate = None if config.listen.tls is None else await Certificate.load(config.listen.tls, clock)
        engine = await open_database(config.database_url)
        stack.push_async_callback(close_database, engine)
        metrics = Metrics()
        keys, founder = await own_keys(config, engine, clock)
        ledger = await stack.enter_async_context(
            open_ledger(config, keys.checkpoints, founder, engine, clock, gather_s)
        )
        scribe = Scribe(ledger, keys.building, founder.device, config.origin)
        hub = Hub()
        log = VerifierKey.parse(keys.log_key)
        cosigning = Cosigning(ledger, log, lambda: witness_policy(log, ledger.witnesses, config.witnesses), clock)
        if ledger.published is not None:
            cosigning.head_moved(ledger.published.checkpoint)
        hold = Hold(ledger, cosigning, hub, config.data, config.file.name)
        hold.begin(rebuilt=await asyncio.to_thread((config.data / REBUILT).exists))
        work = await _founding(config, keys, ledger, scribe, clock, hold)
        if ledger.published is not None:
            cosigning.head_moved(ledger.published.checkpoint)
        prices = await _announced_prices(config, engine, ledger, clock)
        links = await stack.enter_async_context(ModbusLinks())
        meters, meter_work = await _meters(config, keys, ledger, scribe, engine, metrics, clock, links)
        papers = Papers(engine, ledger, hub, clock, config.origin)
        settler = Settler(
            engine,
            ledger,
            scribe,
            papers,
            slot_seconds=config.slot_seconds,
            settle_after=config.settle_after,
            prices=prices,
            clock=clock,
        )
        mirrors = Mirrors(config.origin, lambda: ledger.directory.mirrors, cosigning.text, clock)
        cosigning.subscribe(lambda cosigned: mirrors.must_hold(cosigned.quorum_size))
        vault = Vault(
            engine,
            config.origin,
            config.data / "keys",
            prices,
            await asyncio.to_thread(recovery_recipient, config.data / "keys"),
            [auditor.key for auditor in config.auditors],
        )
        frames = LiveFrames(config.origin, clock)
        sheet = SheetWatch(config.data, config.origin, partial(_standing, ledger, founder.device))
        await sheet.look()
        release = await asyncio.to_thread(version, "local-vpp")
        lookout = Lookout(config, lambda: ledger.directory, hub, frames, meters, clock, _here)
        software = f"local-vpp {release}"
        herald = Herald(keys.building, founder.device, config.origin)
        filing = Filing(
            engine, scribe, clock, origin=config.origin, slot_seconds=config.slot_seconds, software=software
        )
        drills = Drills(config, engine, lambda: ledger.directory, hub, lookout, herald, filing, clock)
        await drills.resume()
        market: Market | None = None
        if config.market is not None:
            trader = MarketHerald(keys.building, founder.device, config.origin)
            market = Market(config, config.market, engine, ledger, hub, scribe, trader, clock)
            await market.resume()
            stack.push_async_callback(market.close)
        state = StateView(ledger, cosigning, hub, frames, meters, config.flats, clock, mirrors, sheet, drills)
        live = LiveStream(state)
        _connect(ledger, cosigning, hold, settler, papers, market, hub, live, metrics, clock)
        services = LinkServices(
            engine,
            ledger,
            hub,
            frames,
            metrics,
            clock,
            _terms(config, keys, scribe.device, prices, clock),
            keys.building,
            cosigning,
            mirrors,
            drills,
            market,
            papers,
        )
        members = Members(ledger, scribe, hub, config, clock)
        bookings = Bookings(engine)
        ledger.on_conflict(members.conflicting)
        api = Api(
            config=config,
            engine=engine,
            ledger=ledger,
            enrolment=Enrolment(engine, ledger, scribe, config, keys.building, clock),
            link=services,
            cosigning=cosigning,
            mirrors=mirrors,
            hold=hold,
            settler=settler,
            papers=papers,
            meters=meters,
            metrics=metrics,
            certificate=certificate,
            state=state,
            live=live,
            log=PublicLog(ledger, cosigning, vault),
            members=members,
            erasure=Erasure(engine, ledger, scribe, members, vault, config, clock),
            payments=Payments(bookings, ledger, scribe, members, config, clock),
            keys=keys,
            sheet=sheet,
            drills=DrillApi(drills, engine),
            market=MarketApi(engine, ledger),
            plan=PlanApi(config, engine, ledger, clock),
            wallets=WalletApi(engine, ledger, bookings),
            log_key=keys.log_key,
            openapi=await asyncio.to_thread(load_openapi),
            version=release,
        )
        application = make_application(
            api,
            Gate(keys.web_token, ledger, always_secure=config.listen.is_secret),
        )

        async def leave(_application: web.Application) -> None:
            live.close()
            hub.close()

        application.on_shutdown.append(leave)
        listen = config.listen
        port = await _listen(stack, application, listen, certificate)
        if listen.announce:
            await stack.enter_async_context(announced(config.name, config.origin, keys.building.public, listen, port))
        host = listen.host
        shown = f"[{host}]" if ":" in host else "127.0.0.1" if host == "0.0.0.0" else host
        url = f"{listen.scheme}://{shown}:{port}"
        coordinator = Coordinator(
            url,
            config,
            engine,
            ledger,
            settler,
            papers,
            hub,
            keys.web_token,
            certificate,
            cosigning,
            keys.log_key,
            live,
            members,
            hold,
            drills,
            meters,
            market,
        )
        _log.info("The coordinator of %s answers at %s", config.origin, listen.public_url or url)
        work += [
            ledger.join,
            hold.run,
            members.run,
            live.run,
            live.run_heads,
            sheet.run,
            drills.run,
            settler.run,
            papers.run,
            *meter_work,
        ]
        if market is not None:
            work.append(market.run)
        if certificate is not None:
            work.append(certificate.run)
        if config.witnesses:
            session = await stack.enter_async_context(aiohttp.ClientSession())
            work += [_asking(cosigning, each, session) for each in config.witnesses]
        yield coordinator, work


def _here() -> datetime:
    """Return the time of day where this runs."""
    return datetime.now().astimezone()


def _asking(cosigning: Cosigning, witness: OutsideWitness, session: aiohttp.ClientSession) -> Work:
    return lambda: cosigning.ask(witness.name, HttpAsk(session, witness.url))


def _standing(ledger: Ledger, building: DeviceId) -> NextKey | None:
    """Return what the building has committed to; None before it is founded."""
    member = ledger.directory.get(building)
    return None if member is None else member.next_key


async def _founding(
    config: BuildingConfig, keys: BuildingKeys, ledger: Ledger, scribe: Scribe, clock: Clock, hold: Hold
) -> list[Work]:
    """Enrol what is the building's own and not enrolled yet; return the work of doing so when the ledger is free."""
    missing = unfounded(config, keys, ledger)
    if ledger.held is None:
        await found(config, keys, ledger, scribe, clock)
        return []

    async def later() -> None:
        while unfounded(config, keys, ledger):
            await hold.free()
            try:
                await found(config, keys, ledger, scribe, clock)
            except LedgerUnavailableError as error:
                _log.debug("The building's own devices are not enrolled yet: %s", error)
                await asyncio.sleep(RETRY_S)

    return [later] if missing else []


async def _meters(
    config: BuildingConfig,
    keys: BuildingKeys,
    ledger: Ledger,
    scribe: Scribe,
    engine: AsyncEngine,
    metrics: Metrics,
    clock: Clock,
    links: ModbusLinks,
) -> tuple[OwnMeters, list[Work]]:
    watched: list[tuple[MeterPost, DeviceAddress, int]] = []

    def post(role: Role, signer: Signer, address: DeviceAddress | None, most_kw: int | None) -> MeterPost | None:
        if address is None:
            return None
        most_w = (most_kw or KW_PER_FLAT * len(config.flats)) * 1000
        device = device_of(ledger, signer)
        place = MeterPlace(
            device=device,
            building=scribe.device,
            slot_seconds=config.slot_seconds,
            serial=None,
            place=role.value,
        )
        own = Scribe(ledger, signer, device, config.origin)
        meter = MeterPost(role.value, place, own, engine, clock, metrics, pv_alone=role is Role.ROOF)
        watched.append((meter, address, most_w))
        return meter

    meters = OwnMeters(
        post(Role.BULK, keys.bulk, config.meters.bulk, config.meters.bulk_kw),
        post(Role.COMMON, keys.common, config.meters.common, config.meters.common_kw),
        post(Role.ROOF, keys.roof, config.meters.roof, config.meters.roof_kw),
    )
    return meters, [Watch(watched, links).run] if watched else []


async def _announced_prices(config: BuildingConfig, engine: AsyncEngine, ledger: Ledger, clock: Clock) -> PriceList:
    """Return all announced prices; what the building's file says anew is announced for slots to come.

    Flats remember what they were told and when. A clock that was set back must not announce for a time that they
    have seen already: the newest checkpoint's time is the least that is now.
    """
    async with engine.begin() as connection:
        known = await price_store.every(connection)
        if known is None:
            prices = first_prices(config.prices, config.sharing)
        else:
            signed_ms = 0 if ledger.published is None else ledger.published.signed_ms
            now_ms = max(clock.wall_ms(), signed_ms)
            prices = known.announce(config.prices, now_ms, config.slot_seconds, config.sharing)
        if prices != known:
            await price_store.add(connection, prices.periods[-1], prices)
            newest = prices.periods[-1]
            _log.info("New prices hold for slots from %d on, with the sharing key %s", newest.since, newest.key)
    return prices


def _terms(config: BuildingConfig, keys: BuildingKeys, building: DeviceId, prices: PriceList, clock: Clock) -> Terms:
    return Terms(
        origin=config.origin,
        log_key=keys.log_key,
        slot_seconds=config.slot_seconds,
        prices=prices.told,
        building=building,
        signed_ms=clock.wall_ms(),
        held=False,
    )


def _connect(
    ledger: Ledger,
    cosigning: Cosigning,
    hold: Hold,
    settler: Settler,
    papers: Papers,
    market: Market | None,
    hub: Hub,
    live: LiveStream,
    metrics: Metrics,
    clock: Clock,
) -> None:
    """Let each room hear of what the others do."""

    def logged(committed: Committed) -> None:
        cosigning.head_moved(committed.checkpoint)
        hold.look()  # With the members the policy changes.
        for entry in committed.entries:
            metrics.records.labels(entry.kind.name.lower()).inc()
        if not live.watched:
            return  # Opening every body for nobody would cost as much as checking its signature.
        live.publish("records", [record_event(entry, ledger.directory) for entry in committed.entries])
        live.publish_head()

    def settled(slot: SettledSlot) -> None:
        metrics.settled.inc()
        hub.results_ready()
        live.publish("slot", slot_event(slot, ledger.directory))

    ledger.subscribe(logged)
    settler.subscribe(settled)
    papers.subscribe(lambda _: settler.look())
    if market is not None:
        papers.subscribe(market.came_back)
    cosigning.subscribe(lambda _: live.head_signed())
    metrics.watch(metrics.log_size, lambda: ledger.size)
    metrics.watch(metrics.connected, lambda: len(hub))
    metrics.watch(metrics.papers, lambda: papers.lacking)
    metrics.watch(metrics.useless_papers, lambda: papers.useless)
    metrics.watch(
        metrics.checkpoint_age,
        lambda: _age_s(None if ledger.published is None else ledger.published.signed_ms, clock),
    )
    metrics.watch(metrics.witnesses, lambda: cosigning.state.witnesses)
    metrics.watch(metrics.cosigners, lambda: cosigning.state.signers)
    metrics.watch(metrics.quorum_age, lambda: _age_s(cosigning.state.quorum_ms, clock))


def _age_s(since_ms: int | None, clock: Clock) -> float:
    return float("nan") if since_ms is None else (clock.wall_ms() - since_ms) / 1000


async def _listen(
    stack: AsyncExitStack, application: web.Application, listen: Listen, certificate: Certificate | None
) -> int:
    """Answer requests; return the port."""
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=STOPPING_S)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    context = None if certificate is None else certificate.context
    site = web.TCPSite(runner, listen.host, listen.port, ssl_context=context)
    await site.start()
    port: int = runner.addresses[0][1]
    return port
