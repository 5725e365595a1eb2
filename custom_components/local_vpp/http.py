"""The flats' witnesses over HTTP, for whoever else asks them (C2SP tlog-witness).

    POST /api/local_vpp/witness/<flat's pseudonym>/add-checkpoint
    GET  /api/local_vpp/witness/<flat's pseudonym>/<SHA-256 of the log's origin>/checkpoint

Other witnesses and auditors have no account here, and need none: what is not signed by the building's log is refused
after checking one signature, and what a witness has signed is meant for everybody.
"""

from aiohttp import web
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView

from .blackout_web import DrillReportView
from .const import DOMAIN
from .coordinator import LocalVppConfigEntry
from .lib.localvpp.guard import Guard
from .lib.localvpp.witness_web import answer_add_checkpoint, answer_checkpoint

_PREFIX = f"/api/{DOMAIN}/witness/{{device:[0-9a-f]{{32}}}}"


@callback
def async_register_views(hass: HomeAssistant) -> None:
    """Serve the witnesses of all flats, and the reports of their drills."""
    hass.http.register_view(AddCheckpointView())
    hass.http.register_view(CheckpointView())
    hass.http.register_view(DrillReportView())


class AddCheckpointView(HomeAssistantView):
    """Takes checkpoints to be witnessed."""

    url = f"{_PREFIX}/add-checkpoint"
    name = f"api:{DOMAIN}:witness:add_checkpoint"
    requires_auth = False

    async def post(self, request: web.Request, device: str) -> web.Response:
        """Answer `add-checkpoint`."""
        return await answer_add_checkpoint(request, _witness(request.app[KEY_HASS], device))


class CheckpointView(HomeAssistantView):
    """Shows what was witnessed."""

    url = f"{_PREFIX}/{{origin_hash:[0-9a-f]{{64}}}}/checkpoint"
    name = f"api:{DOMAIN}:witness:checkpoint"
    requires_auth = False

    async def get(self, request: web.Request, device: str, origin_hash: str) -> web.Response:
        """Answer the request for the newest head that a flat has signed."""
        return await answer_checkpoint(origin_hash, _witness(request.app[KEY_HASS], device))


def _witness(hass: HomeAssistant, device: str) -> Guard:
    """Return the witness of a flat.

    Raises HTTPNotFound when there is none here, HTTPServiceUnavailable while it does not run.
    """
    entry: LocalVppConfigEntry | None = hass.config_entries.async_entry_for_domain_unique_id(DOMAIN, device)
    if entry is None:
        raise web.HTTPNotFound(text="there is no such witness here\n")
    if entry.state is not ConfigEntryState.LOADED:
        raise web.HTTPServiceUnavailable(text="this witness does not run now\n")
    return entry.runtime_data.coordinator.flat.witness
