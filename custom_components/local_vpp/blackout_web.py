"""The reports of a flat's drills, for who has an account here.

    GET /api/local_vpp/drill/<flat's pseudonym>/last.json
    GET /api/local_vpp/drill/<flat's pseudonym>/<SHA-256 of the report>.json
    GET /api/local_vpp/drill/<flat's pseudonym>/<either of them>.pdf

A report is what was signed, byte for byte: `local-vpp drill verify` checks it against the building's log. Its sheet is
drawn from it where Home Assistant has a font and the library for that, in Japanese or in English; elsewhere
`local-vpp drill pdf` draws it from the report.
"""

from datetime import timedelta, tzinfo
from functools import partial
from typing import Final

from aiohttp import web
from homeassistant.components.http.auth import async_sign_path
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .coordinator import LocalVppConfigEntry
from .lib.localvpp.blackout import Blackout
from .lib.localvpp.blackout.document import decode
from .lib.localvpp.blackout.pdf import Language, PdfError, pdf
from .lib.localvpp.blackout.reading import DocumentError
from .lib.localvpp.store import StoreError

_LAST: Final = "last"
_SHARED_FOR: Final = timedelta(days=7)
"""So long the link in a notification works: whoever reads that is logged in, and a browser's download is not."""


@callback
def signed_report_path(hass: HomeAssistant, device: str, report: bytes) -> str:
    """Return the address of a drill's report, as a browser can follow it for a while."""
    return async_sign_path(hass, f"/api/{DOMAIN}/drill/{device}/{report.hex()}.json", _SHARED_FOR)


class DrillReportView(HomeAssistantView):
    """Gives the report of a drill."""

    url = f"/api/{DOMAIN}/drill/{{device:[0-9a-f]{{32}}}}/{{report:{_LAST}|[0-9a-f]{{64}}}}.{{form:json|pdf}}"
    name = f"api:{DOMAIN}:drill"

    async def get(self, request: web.Request, device: str, report: str, form: str) -> web.Response:
        """Return the document, or the sheet that is drawn from it, as a file."""
        hass = request.app[KEY_HASS]
        blackout = _blackout(hass, device)
        last = blackout.state.last_drill
        wanted = (None if last is None else last.report) if report == _LAST else bytes.fromhex(report)
        try:
            document = None if wanted is None else await blackout.report(wanted)
        except StoreError as error:
            raise web.HTTPServiceUnavailable(text=f"this flat's records cannot be read: {error}\n") from error
        if wanted is None or document is None:
            raise web.HTTPNotFound(text="this flat has no such report\n")
        body, content_type = document, "application/json"
        if form == "pdf":
            draw = partial(_drawn, document, language_of(hass), dt_util.get_default_time_zone())
            try:
                body, content_type = await hass.async_add_executor_job(draw), "application/pdf"
            except (DocumentError, PdfError) as error:
                raise web.HTTPNotImplemented(text=f"{error}\n") from error
        name = f"drill-{wanted.hex()[:16]}.{form}"
        return web.Response(
            body=body,
            content_type=content_type,
            headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private"},
        )


@callback
def language_of(hass: HomeAssistant) -> Language:
    """Return which of the languages of a report the household reads."""
    return Language.JAPANESE if hass.config.language == "ja" else Language.ENGLISH


def _drawn(document: bytes, language: Language, zone: tzinfo) -> bytes:
    """Return the sheet of a document. Raises DocumentError for one of another release, PdfError."""
    return pdf(decode(document), language, zone=zone)


def _blackout(hass: HomeAssistant, device: str) -> Blackout:
    """Return a flat's blackout logic.

    Raises HTTPNotFound when there is none here, HTTPServiceUnavailable while it does not run.
    """
    entry: LocalVppConfigEntry | None = hass.config_entries.async_entry_for_domain_unique_id(DOMAIN, device)
    if entry is None:
        raise web.HTTPNotFound(text="there is no such flat here\n")
    if entry.state is not ConfigEntryState.LOADED:
        raise web.HTTPServiceUnavailable(text="this flat does not run now\n")
    if (blackout := entry.runtime_data.coordinator.flat.blackout) is None:
        raise web.HTTPNotFound(text="this flat has no such report\n")
    return blackout
