"""A flat keeps a copy of its building's log where its resident says so, and nowhere else."""

from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.aiohttp_client import async_get_clientsession
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.local_vpp.const import CONF_MIRROR
from localvpp import tlog
from localvpp.logfolder import COSIGNED, LogFolder

from .conftest import Building, connected, reloaded, until


async def asked(hass: HomeAssistant, entry: MockConfigEntry, folder: str) -> Any:
    """Give a folder in the form."""
    flow = await hass.config_entries.options.async_init(entry.entry_id)
    assert (flow["type"], flow["step_id"]) == (FlowResultType.MENU, "init")
    flow = await hass.config_entries.options.async_configure(flow["flow_id"], {"next_step_id": "mirror"})
    assert (flow["type"], flow["step_id"]) == (FlowResultType.FORM, "mirror")
    return await hass.config_entries.options.async_configure(flow["flow_id"], {CONF_MIRROR: folder})


async def test_the_copy_is_kept_in_the_folder_that_was_named(
    hass: HomeAssistant, building: Building, entry: MockConfigEntry, tmp_path: Path
) -> None:
    folder = tmp_path / "media" / "log"
    before = entry.runtime_data.coordinator
    result = await asked(hass, entry, f" {folder} ")
    assert (result["type"], result["data"]) == (FlowResultType.CREATE_ENTRY, {CONF_MIRROR: str(folder)})
    await reloaded(entry, before)
    await connected(entry)
    await until(lambda: (entry.runtime_data.coordinator.data.mirrored or 0) > 0)
    async with async_get_clientsession(hass).get(f"{building.url}/api/v1/building") as response:
        key = tlog.VerifierKey.parse((await response.json())["log_key"])
    assert tlog.check_log(LogFolder(folder), tlog.Ed25519Verifier(key)).fault is None
    # Once the building's witnesses have signed that head, it lies there with their lines.
    await until((folder / COSIGNED).exists)
    note = tlog.open_checkpoint((folder / COSIGNED).read_bytes(), tlog.Ed25519Verifier(key)).note
    assert [line.name.split("/")[-2] for line in note.unknown] == ["w"]
    # Taken back, the flat goes on without one; what it has stays for the resident to delete.
    before = entry.runtime_data.coordinator
    result = await asked(hass, entry, "")
    assert (result["type"], result["data"]) == (FlowResultType.CREATE_ENTRY, {})
    await reloaded(entry, before)
    assert entry.runtime_data.coordinator.data.mirrored is None
    assert (folder / "checkpoint").exists()


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda _: "media/log", "folder_relative"),
        (lambda folder: str(_with(folder / "full", "photo.jpg", "")), "folder_not_empty"),
        (lambda folder: str(_with(folder / "other", "checkpoint", "vpp.example/other\n1\n")), "folder_other_log"),
        (lambda folder: str(_with(folder, "file", "") / "file" / "log"), "folder_unusable"),
    ],
    ids=["relative", "not empty", "another log", "unusable"],
)
async def test_a_folder_that_cannot_hold_it_is_refused_and_can_be_put_right(
    make: Any, error: str, hass: HomeAssistant, building: Building, entry: MockConfigEntry, tmp_path: Path
) -> None:
    folder = tmp_path / "media"
    before = entry.runtime_data.coordinator
    result = await asked(hass, entry, make(folder))
    assert (result["type"], result["errors"]) == (FlowResultType.FORM, {CONF_MIRROR: error})
    result = await hass.config_entries.options.async_configure(
        result["flow_id"], {CONF_MIRROR: str(tmp_path / "empty")}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await reloaded(entry, before)


def _with(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    return folder
