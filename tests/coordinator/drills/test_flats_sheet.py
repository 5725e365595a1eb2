"""A flat's own report is had as PDF from the coordinator that keeps it."""

from pathlib import Path

import pypdfium2
import pytest

from localvpp.blackout.document import digest, encode
from localvpp.paper import font
from localvpp.wire import DrillAnswer, DrillDocument, DrillKept, DrillNews

from ...localvpp.blackout.drills import document
from .conftest import DrillHouse


async def reported(drilling: DrillHouse, report: bytes) -> str:
    """A drill of one flat, which has told its report; the path of it."""
    await drilling.enter("101")
    drill = await drilling.begin()
    flat, word = await drilling.called()
    await flat.say(DrillAnswer(word.call, True, (), None))
    await flat.say(DrillNews(word.call, "connected", True, True, None, "≤ 3.0 s", digest(report)))
    await flat.say(DrillDocument(word.call, report))
    await flat.client.next(DrillKept)
    return f"/api/v1/drills/{drill.hex()}/flats/101/report.pdf"


async def test_a_flats_report_is_printed(drilling: DrillHouse, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(font, "_FOLDERS", (tmp_path,))
    report = encode(document(flat="101"))
    path = await reported(drilling, report)
    response = await drilling.house.get(f"{path}?language=en")
    assert (response.status, response.content_type) == (200, "application/pdf")
    (page,) = pypdfium2.PdfDocument(await response.read())
    assert digest(report).hex() in page.get_textpage().get_text_bounded()
    status, told = await drilling.get(path)
    assert (status, told["error"]["code"]) == (503, "no_pdf")
    assert "install fonts-noto-cjk" in told["error"]["message"]
    assert (await drilling.get(f"{path}?language=de"))[1]["error"]["field"] == "language"
    assert (await drilling.get(path.replace("101", "102")))[0] == 404


async def test_what_is_no_report_is_not_printed(drilling: DrillHouse) -> None:
    path = await reported(drilling, b'{"passed": true}')
    status, told = await drilling.get(f"{path}?language=en")
    assert (status, told["error"]["code"]) == (409, "unreadable")
