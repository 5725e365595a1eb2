"""A building's drill is drawn up once, when all of it is known, and named by a record of the building in the log."""

from typing import Any

import pypdfium2
import pytest

from coordinator.drills.drawing_up import DrawingUp
from localvpp.blackout import pdf_font
from localvpp.blackout.building_document import BuildingDocument, Outcome, decode_building
from localvpp.blackout.document import digest, encode
from localvpp.blackout.pdf_font import find_font
from localvpp.drill_record import drill_problem
from localvpp.etp import Record
from localvpp.islanding.report import Gap
from localvpp.wire import DrillAnswer, DrillDocument, DrillKept, DrillNews

from ...localvpp.blackout.drills import document
from ..conftest import ORIGIN
from .conftest import DrillHouse


async def documents(drilling: DrillHouse, drill: bytes) -> tuple[int, bytes, str]:
    response = await drilling.house.get(f"/api/v1/drills/{drill.hex()}/document")
    return response.status, await response.read(), response.headers.get("Local-VPP-Record", "")


async def records(drilling: DrillHouse) -> list[Record]:
    """The building's records of drills, as the manager has them."""
    events = await (await drilling.house.get("/api/v1/records?limit=100")).json()
    found = []
    for event in events:
        if event["kind"] == "drill":
            response = await drilling.house.get(f"/api/v1/records/{event['index']}")
            found.append(Record.decode(await response.read()))
    return found


async def held(drilling: DrillHouse) -> tuple[bytes, dict[str, bytes]]:
    """A drill of three flats: one is passed with its report, one refuses, one is not home."""
    for name in ("101", "102", "103"):
        await drilling.enter(name)
    drill, reports = await drilling.begin(), {}
    first, word = await drilling.called()
    reports[first.flat.name] = encode(document(flat=first.flat.name))
    told = digest(reports[first.flat.name])
    await first.say(DrillAnswer(word.call, True, (), None))
    await first.say(DrillNews(word.call, "connected", True, True, None, "≤ 3.0 s", told))
    await first.say(DrillDocument(word.call, reports[first.flat.name]))
    await first.client.next(DrillKept)
    second, word = await drilling.called()
    await second.say(DrillAnswer(word.call, False, ("declined",), "来客中"))
    await second.client.next(DrillKept)
    third, word = await drilling.called()
    await third.say(DrillAnswer(word.call, True, (), None))
    await drilling.stands(third.flat.name, accepted=True)
    await drilling.drills.stop(drill)
    return drill, reports


async def test_a_drill_is_drawn_up_when_the_last_flat_is_home_and_never_twice(drilling: DrillHouse) -> None:
    drill, reports = await held(drilling)
    drawing: DrawingUp = drilling.house.coordinator.drawing_up
    await drawing.look()
    assert (await documents(drilling, drill))[0] == 404
    assert await records(drilling) == []
    (name,) = [flat.flat for flat in drilling.drills.flats.values() if flat.is_out]
    tenant, call = drilling.tenants[name], drilling.drills.flats[name].call
    await tenant.say(DrillNews(call, "connected", True, False, "battery", None, None))
    await tenant.client.next(DrillKept)
    for _ in range(2):
        await drawing.look()
    status, data, named = await documents(drilling, drill)
    told = decode_building(data)
    (record,) = await records(drilling)
    building = drilling.house.key
    record.verify(building, ORIGIN)
    assert (status, named, record.body.evidence) == (200, record.hash.hex(), (digest(data),))
    assert drill_problem(record.envelope.slot, record.body, building.device_id) is None
    assert (record.body.reason, told.device, told.drill, told.passed) == ("lb", building.device_id, drill, False)
    came_out = {flat.outcome: flat for flat in told.flats}
    assert set(came_out) == {Outcome.PASSED, Outcome.REFUSED, Outcome.ABORTED}
    assert came_out[Outcome.REFUSED].reasons == ("declined", "来客中")
    assert came_out[Outcome.ABORTED].reasons == ("battery",)
    passed = came_out[Outcome.PASSED]
    assert (passed.report, passed.transfer) == (digest(reports[passed.flat]), Gap(3.0, 1.0))


async def test_a_flat_that_is_lost_does_not_keep_the_report_from_being_drawn_up(drilling: DrillHouse) -> None:
    drill, _ = await held(drilling)
    await drilling.house.coordinator.drawing_up.look()
    assert (await documents(drilling, drill))[0] == 404
    drilling.house.clock.pass_ms((3600 + 300) * 1000)
    await drilling.house.coordinator.drawing_up.look()
    status, data, _ = await documents(drilling, drill)
    told: BuildingDocument = decode_building(data)
    assert (status, told.count(Outcome.UNREPORTED), len(await records(drilling))) == (200, 1, 1)


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_the_reports_are_had_as_pdf(
    drilling: DrillHouse, language: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    drill, reports = await held(drilling)
    drilling.house.clock.pass_ms((3600 + 300) * 1000)
    await drilling.house.coordinator.drawing_up.look()
    (flat,) = reports
    paths = {
        "document": f"/api/v1/drills/{drill.hex()}/document.pdf?language={language}",
        "flat": f"/api/v1/drills/{drill.hex()}/flats/{flat}/report.pdf?language={language}",
    }
    if find_font() is not None:
        _, data, record = await documents(drilling, drill)
        texts = {}
        for name, path in paths.items():
            response = await drilling.house.get(path)
            assert (response.status, response.content_type) == (200, "application/pdf")
            texts[name] = "".join(
                page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(await response.read())
            )
        assert digest(data).hex() in texts["document"]
        assert record in texts["document"]
        assert digest(reports[flat]).hex() in texts["flat"]
    monkeypatch.setattr(pdf_font, "_FOLDERS", (tmp_path,))
    response = await drilling.house.get(paths["document"])
    assert response.status == 501
    assert "install fonts-noto-cjk" in (await response.json())["error"]["message"]
    assert (await drilling.house.get(paths["flat"].replace(language, "de"))).status == 400
    assert (await drilling.house.get(f"/api/v1/drills/{drill.hex()}/flats/102x/report.pdf")).status == 404
