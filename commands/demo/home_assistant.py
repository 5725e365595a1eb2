"""A real Home Assistant for one flat: started headless, onboarded and configured through its own API."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
import importlib.util
import json
import os
from pathlib import Path
import secrets
import sys
from typing import Any, Final

import aiohttp

from localvpp.etp import DeviceId

from ..errors import CommandError
from ..heldport import held_port
from . import vendor
from .processes import Processes

USER: Final = "resident"
_START_S: Final = 120
"""It starts in four seconds on a desk machine; small computers under load take longer."""
_ANSWERED: Final = ("core_config", "analytics", "integration")
"""Steps of the onboarding that the configuration below has answered."""
_STAND_INS: Final = "stand-ins"
_VOICE: Final = {"pymicro_vad": "MicroVad", "pyspeex_noise": "AudioProcessor"}
"""Native packages of the voice assistant, which every Home Assistant sets up, and what it takes from them."""
_NO_VOICE: Final = '''\
"""Stands in for a native package that has no wheel for this Python: the demonstration has no microphone."""


class {name}:
    """Cannot be used."""

    def __init__(self, *_):
        raise RuntimeError("there is no voice in this demonstration")
'''
_CONFIGURATION: Final = """\
homeassistant:
  name: Flat {flat}
  time_zone: Asia/Tokyo
  country: JP
  currency: JPY
  unit_system: metric
api:
config:
diagnostics:
energy:
frontend:
history:
logbook:
recorder:
repairs:
websocket_api:
logger:
  default: warning
  logs:
    custom_components.local_vpp: info
"""


@dataclass(frozen=True, slots=True)
class HomeAssistant:
    """A running Home Assistant, whose it is, and how to speak to it."""

    flat: str
    folder: Path
    url: str
    user: str
    password: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """The authorisation of its owner."""
        return {"Authorization": f"Bearer {self.token}"}


async def start(processes: Processes, session: aiohttp.ClientSession, folder: Path, flat: str) -> HomeAssistant:
    """Start Home Assistant in a folder of its own, with the integration, and create its owner."""
    paths = [str(folder / _STAND_INS), *filter(None, [os.environ.get("PYTHONPATH")])]
    # It imports for seconds, on small computers for a minute, before it listens; flats and others connect meanwhile.
    with held_port() as port:
        await asyncio.to_thread(_prepare, folder, flat, port)
        url = f"http://127.0.0.1:{port}"
        await processes.start(
            f"home-assistant-{flat}",
            [
                sys.executable,
                "-m",
                "homeassistant",
                "--config",
                str(folder),
                "--skip-pip",
                "--log-file",
                str(folder / "home-assistant.log"),
            ],
            environment={"PYTHONPATH": os.pathsep.join(paths)},
        )
        await _until_up(session, url)
    password = secrets.token_urlsafe(9)
    token = await _onboard(session, url, flat, password)
    return HomeAssistant(flat, folder, url, USER, password, token)


def integration_folder() -> Path:
    """The integration beside this command, as a checkout has it."""
    folder = Path(__file__).resolve().parents[2] / "custom_components" / "local_vpp"
    if not (folder / "manifest.json").is_file():
        raise CommandError(f"{folder} is not there: Home Assistant needs a checkout; or use --home-assistants 0")
    return folder


def database_of(folder: Path) -> tuple[Path, DeviceId]:
    """Return where the flat in a Home Assistant keeps its records, and which device it is. Blocking."""
    (file,) = (folder / ".storage").glob("local_vpp.*.db")
    return file, DeviceId(bytes.fromhex(file.stem.removeprefix("local_vpp.")))


def _prepare(folder: Path, flat: str, port: int) -> None:
    components = folder / "custom_components"
    components.mkdir(parents=True)
    (components / "local_vpp").symlink_to(integration_folder(), target_is_directory=True)
    (folder / "configuration.yaml").write_text(
        _CONFIGURATION.format(flat=flat) + vendor.CONFIGURATION, encoding="utf-8"
    )
    storage = folder / ".storage"
    storage.mkdir()
    # The port could come by an environment variable, but then it would listen on every interface.
    http = {
        "server_port": port,
        "server_host": ["127.0.0.1"],
        "cors_allowed_origins": [],
        "login_attempts_threshold": -1,
        "ip_ban_enabled": True,
        "ssl_profile": "modern",
        "use_x_frame_options": True,
        "created_at": "2026-01-01T00:00:00+00:00",
        "error": None,
        "error_message": None,
    }
    (storage / "http").write_text(
        json.dumps(
            {
                "version": 2,
                "minor_version": 2,
                "key": "http",
                "data": {"stable": http, "pending": None, "yaml_migration_done": True},
            }
        ),
        encoding="utf-8",
    )
    # What the owner would be asked besides a name: it would look for things on the Internet.
    steps = {"version": 4, "minor_version": 1, "key": "onboarding", "data": {"done": list(_ANSWERED)}}
    (storage / "onboarding").write_text(json.dumps(steps), encoding="utf-8")
    # Without them the voice assistant cannot be imported, and the list of services, which the page waits for, neither.
    for package, name in _VOICE.items():
        if importlib.util.find_spec(package) is None:
            (folder / _STAND_INS).mkdir(exist_ok=True)
            (folder / _STAND_INS / f"{package}.py").write_text(_NO_VOICE.format(name=name), encoding="utf-8")


async def _until_up(session: aiohttp.ClientSession, url: str) -> None:
    try:
        async with asyncio.timeout(_START_S):
            while True:
                try:
                    async with session.get(f"{url}/api/onboarding") as response:
                        if response.status == 200:
                            return
                except aiohttp.ClientError:
                    pass  # not listening yet: that is what is waited for
                await asyncio.sleep(0.25)
    except TimeoutError as error:
        raise CommandError(f"Home Assistant did not answer at {url} within {_START_S} s") from error


async def _onboard(session: aiohttp.ClientSession, url: str, flat: str, password: str) -> str:
    client = f"{url}/"
    owner = await call(
        session,
        f"{url}/api/onboarding/users",
        {"name": f"Resident of {flat}", "username": USER, "password": password, "client_id": client, "language": "en"},
        None,
    )
    form = {"grant_type": "authorization_code", "code": owner["auth_code"], "client_id": client}
    async with session.post(f"{url}/auth/token", data=form) as response:
        response.raise_for_status()
        return str((await response.json())["access_token"])


async def call(
    session: aiohttp.ClientSession, url: str, body: Mapping[str, Any], headers: dict[str, str] | None
) -> dict[str, Any]:
    """POST to Home Assistant's API and return its answer.

    Raises CommandError with what it answered when it refuses.
    """
    async with session.post(url, json=body, headers=headers) as response:
        text = await response.text()
        if response.status >= 400:
            raise CommandError(f"Home Assistant answered {response.status} to {url}: {text[:500]}")
        told = json.loads(text)
        assert isinstance(told, dict), "every call used here answers with an object"
        return told
