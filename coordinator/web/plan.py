"""The REST interface of the building's plan: for the manager, who hands it to whom it concerns."""

import asyncio
from dataclasses import dataclass, replace
import datetime as dt
from types import MappingProxyType
from typing import Final

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from localvpp.clock import Clock
from localvpp.forecast import ForecastError
from localvpp.plan import Day, Plan, PlanError, check, default_table, to_csv, to_xml, zone_named
from localvpp.plan.plain import read_date

from ..config import BuildingConfig, ConfigError, tenancies_known
from ..ledger import Ledger
from ..planning import PlannedDay, imbalance_plain, plan_view, read_day
from ..store import snapshot
from .errors import ApiError
from .reading import Routes
from .security import Access

_ZONE: Final = "Asia/Tokyo"
_CSV: Final = "text/csv"
_XML: Final = "application/xml"


@dataclass(frozen=True, slots=True)
class PlanApi:
    """The handlers."""

    config: BuildingConfig
    engine: AsyncEngine
    ledger: Ledger
    clock: Clock

    async def plan(self, request: web.Request) -> web.Response:
        """Give the plan of a day: JSON with what is wrong with it, or, where nothing is, CSV or XML for others."""
        form = request.query.get("format", "json")
        if form not in {"json", "csv", "xml"}:
            raise ApiError(400, "bad_query", f"format: {form[:20]!r} is none: write json, csv or xml", "format")
        plan = (await self._day(request)).plan
        if request.query.get("flats", "no") != "yes":
            plan = plan.whole  # Its flats are its residents' private lives.
        if form == "json":
            return web.json_response(await asyncio.to_thread(plan_view, plan))
        body = await asyncio.to_thread(_written, form, _coded(plan, request))
        name = f"plan-{plan.date.isoformat()}-{plan.number}.{form}"
        return web.Response(
            body=body,
            content_type=_CSV if form == "csv" else _XML,
            charset="utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    async def imbalance(self, request: web.Request) -> web.Response:
        """Say how far a day was from its plan."""
        told = await self._day(request)
        return web.json_response(await asyncio.to_thread(imbalance_plain, told))

    async def _day(self, request: web.Request) -> PlannedDay:
        now = self.clock.wall_ms() // 1000
        zone = zone_named(_ZONE)
        try:
            told = request.query.get("day", dt.datetime.fromtimestamp(now, zone).date().isoformat())
            day = Day.of(read_date(told), zone, self.config.slot_seconds)
        except PlanError as error:
            raise ApiError(400, "bad_query", f"day: {error}", "day") from error
        members = list(self.ledger.directory.by_device.values())
        try:
            tenancies = await asyncio.to_thread(tenancies_known, self.config)
        except ConfigError as error:
            raise ApiError(409, "no_plan", f"who lives where is not known: {error}") from error
        try:
            async with snapshot(self.engine) as connection:
                return await read_day(connection, self.config.name, members, tenancies, day, now)
        except (PlanError, ForecastError) as error:
            raise ApiError(409, "no_plan", f"no plan can be made of {told}: {error}", "day") from error


def _coded(plan: Plan, request: web.Request) -> Plan:
    """Return a plan with the codes that the query names, which XML needs."""
    codes = {code.name: request.query[code.name] for code in default_table().codes if code.name in request.query}
    return replace(plan, codes=MappingProxyType(codes))


def _written(form: str, plan: Plan) -> bytes:
    try:
        for finding in check(plan):
            raise PlanError(finding)
        return to_csv(plan) if form == "csv" else to_xml(plan)
    except PlanError as error:
        raise ApiError(409, "no_plan", f"the plan is not written: {error}", "format") from error


def plan_routes(api: PlanApi) -> Routes:
    """Return the routes, all for the manager only."""
    return [
        ("GET", "/api/v1/market/plan", api.plan, Access.MANAGER),
        ("GET", "/api/v1/market/imbalance", api.imbalance, Access.MANAGER),
    ]
