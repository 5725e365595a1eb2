"""The page on who else has signed and keeps the log, and on a resident's own proof, in a real browser."""

import hashlib
from pathlib import Path

from playwright.async_api import FilePayload, Locator, expect
import pytest

from localvpp import etp, tlog

from .building import FIRST_SLOT, Building
from .conftest import FLATS, INSECURE_HOST, Open, Opened, furnish
from .serving import Server, serving

# One loop for all tests, as they share the browser that lives in it.
pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

PHONE = {"width": 360, "height": 740}
WIDE = {"width": 1360, "height": 900}
MINUTE_MS = 60_000


@pytest.fixture
def witnessed(building: Building) -> Building:
    """The building with all flats as witnesses, of which six are needed and seven have signed."""
    building.appoint(*FLATS, needed=6)
    building.cosign(*FLATS[:7])
    return building


def etp_file(building: Building, index: int) -> FilePayload:
    return {"name": f"{index}.etp", "mimeType": "application/octet-stream", "buffer": building.sealed[index]}


def proof_file(building: Building, index: int) -> FilePayload:
    return {"name": f"{index}.tlog-proof", "mimeType": "text/plain", "buffer": building.proof(index)}


def step(page: Opened, name: str) -> Locator:
    return page[f'proof-check li[data-step="{name}"]']


# --- Witnesses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("locale", "flats", "quorum", "here"),
    [
        ("en-GB", "7 of 8 flats have signed this head, 6 needed", "Quorum since 11:00 for 39 entries", "verified here"),
        (
            "ja-JP",
            "最新の状態に 8 戸中 7 戸が連署(必要数 6 戸)",
            "11:00 に 39 件までの連署が定足数に到達",
            "この画面で検証済み",
        ),
    ],
)
async def test_how_many_flats_have_signed_is_told_and_verified_here(
    server: Server, witnessed: Building, open_page: Open, locale: str, flats: str, quorum: str, here: str
) -> None:
    page = await open_page(server.url, locale=locale)
    await page.ready()
    await expect(page["witness-panel .flats"]).to_contain_text(flats)
    await expect(page["witness-panel .flats"]).to_have_attribute("data-here", "true")
    await expect(page["witness-panel .quorum"]).to_contain_text(quorum)
    await expect(page["witness-panel .quorum"]).to_have_attribute("data-here", "true")
    await expect(page["witness-panel h3"].first).to_contain_text(here)
    await expect(page["witness-panel .warning"]).to_have_count(0)
    await page.assert_clean()


async def test_a_signature_that_comes_later_is_counted_without_a_reload(
    server: Server, witnessed: Building, open_page: Open
) -> None:
    page = await open_page(server.url)
    await page.ready()
    await expect(page["witness-panel .flats"]).to_contain_text("8 戸中 7 戸")
    witnessed.cosign("204")
    server.tell_state()
    await expect(page["witness-panel .flats"]).to_contain_text("8 戸中 8 戸")
    await expect(page["witness-panel .flats"]).to_have_attribute("data-here", "true")
    await page.assert_clean()


async def test_a_quorum_of_more_than_the_published_signatures_is_verified_here_and_proves_a_record(
    open_page: Open, socket_enabled: None
) -> None:
    names = [f"{floor}{flat:02}" for floor in range(1, 6) for flat in range(1, 7)]
    building = Building(names)
    furnish(building, 2)
    building.appoint(*names, needed=21)
    building.cosign(*names[:22])
    shown = tlog.Note.parse(building.log.note)
    assert len(shown.signatures) == 1 + tlog.MAX_PUBLISHED
    async with serving(building) as server:
        page = await open_page(server.url, locale="en-GB")
        await page.ready()
        await expect(page["witness-panel .flats"]).to_contain_text("22 of 30 flats have signed this head, 21 needed")
        await expect(page["witness-panel .flats"]).to_have_attribute("data-here", "true")
        await expect(page["witness-panel .quorum"]).to_have_attribute("data-here", "true")
        await page["proof-check input"].set_input_files([proof_file(building, 33), etp_file(building, 33)])
        await expect(page["proof-check .verdict"]).to_have_class("verdict proven")
        await expect(step(page, "witnesses")).to_have_attribute("data-outcome", "passed")
        await page.assert_clean()


async def test_numbers_that_only_the_coordinator_tells_are_not_called_verified(
    server: Server, witnessed: Building, open_page: Open
) -> None:
    # It tells of seven signatures and gives out a list that cannot be read.
    witnessed.policy = b"quorum nobody\n"
    page = await open_page(server.url)
    await expect(page["witness-panel .warning"]).to_have_attribute("data-kind", "failed")
    await expect(page["witness-panel .flats"]).to_contain_text("8 戸中 7 戸")
    await expect(page["witness-panel .here"]).to_have_count(0)


async def test_what_the_coordinator_overstates_is_not_believed(
    server: Server, building: Building, open_page: Open
) -> None:
    building.appoint(*FLATS, needed=6)
    building.cosign("101")
    building.told = {"cosigners": 8, "quorum_size": 39, "quorum_ms": building.time_ms}
    page = await open_page(server.url)
    await page.ready()
    await expect(page["witness-panel .flats"]).to_contain_text("8 戸中 1 戸")
    # The quorum is the coordinator's word alone.
    await expect(page["witness-panel .quorum"]).to_contain_text("39 件")
    await expect(page["witness-panel .quorum"]).to_have_attribute("data-here", "false")
    await expect(page["witness-panel .here"]).to_have_count(1)
    await expect(page["witness-panel .flats .here"]).to_have_count(1)


async def test_a_wrong_signature_is_named_and_does_not_count(
    server: Server, building: Building, open_page: Open
) -> None:
    building.appoint(*FLATS, needed=6)
    building.cosign("103", wrong=True)
    building.cosign("101", "102")
    page = await open_page(server.url, locale="en-GB")
    await page.ready()
    await expect(page["witness-panel .wrong"]).to_contain_text("Flat 103 is not theirs")
    await expect(page["witness-panel .flats"]).to_contain_text("2 of 8 flats")
    await page.assert_clean()


async def test_a_head_that_waits_is_told_calmly_and_only_after_a_while(
    server: Server, witnessed: Building, open_page: Open
) -> None:
    page = await open_page(server.url, locale="en-GB")
    await page.ready()
    since = witnessed.time_ms
    witnessed.time_ms = witnessed.head_ms = since + 9 * MINUTE_MS
    record = witnessed.interval("101", FIRST_SLOT, 5)
    server.tell_state()
    server.tell_records(record)
    await expect(page["witness-panel .flats"]).to_contain_text("0 of 8 flats")
    await expect(page["witness-panel .quorum"]).to_contain_text("39 entries")
    await expect(page["witness-panel .warning"]).to_have_count(0)
    witnessed.time_ms += MINUTE_MS + 1000
    server.tell_state()
    await expect(page["witness-panel .warning"]).to_have_attribute("data-kind", "old")
    await expect(page["witness-panel .warning"]).to_contain_text("No new quorum since 11:00")
    witnessed.cosign(*FLATS)
    server.tell_state()
    await expect(page["witness-panel .warning"]).to_have_count(0)
    await expect(page["witness-panel .quorum"]).to_contain_text("40 entries")
    await page.assert_clean()


async def test_an_old_quorum_of_the_newest_head_is_nothing_to_warn_of(
    server: Server, witnessed: Building, open_page: Open
) -> None:
    witnessed.time_ms += 29 * MINUTE_MS
    page = await open_page(server.url)
    await page.ready()
    await expect(page["witness-panel .quorum"]).to_have_attribute("data-here", "true")
    await expect(page["witness-panel .warning"]).to_have_count(0)


async def test_a_building_without_witnesses_says_so(server: Server, open_page: Open) -> None:
    page = await open_page(server.url, locale="en-GB")
    await page.ready()
    await expect(page["witness-panel .witnesses"]).to_have_attribute("data-kind", "none")
    await expect(page["witness-panel .witnesses"]).to_contain_text("has no witnesses yet")
    await expect(page["witness-panel .copies"]).to_contain_text("No flat keeps a copy yet")
    await page.assert_clean()


async def test_copies_are_told_with_how_far_they_are(server: Server, building: Building, open_page: Open) -> None:
    building.mirrors = [
        {"flat": "101", "size": 39, "signed_ms": building.time_ms},
        {"flat": "203", "size": 31, "signed_ms": building.time_ms - 90_000},
    ]
    page = await open_page(server.url, locale="en-GB")
    await page.ready()
    await expect(page["witness-panel .copies p"]).to_have_text("2 copies, 1 of them with all 39 entries")
    await expect(page["witness-panel .copies li"]).to_have_text(["Flat 101 ✓", "Flat 203: 8 behind"])


@pytest.mark.parametrize(
    ("locale", "words"),
    [("en-GB", "entries that no flat has a copy of"), ("ja-JP", "いまサーバーが失われると台帳は復旧できません")],
)
async def test_what_nobody_has_a_copy_of_is_warned_of_after_a_minute(
    locale: str, words: str, server: Server, building: Building, open_page: Open
) -> None:
    building.unmirrored_ms = building.time_ms - 120_000
    page = await open_page(server.url, locale=locale)
    await page.ready()
    await expect(page["witness-panel .unmirrored"]).to_contain_text(words)
    await page.assert_clean()


async def test_what_nobody_has_a_copy_of_yet_is_no_warning(server: Server, building: Building, open_page: Open) -> None:
    building.unmirrored_ms = building.time_ms - 5_000
    page = await open_page(server.url, locale="en-GB")
    await page.ready()
    await expect(page["witness-panel .unmirrored"]).to_have_count(0)


async def test_a_coordinator_of_an_earlier_version_tells_of_no_copies_and_nothing_breaks(
    server: Server, building: Building, open_page: Open
) -> None:
    building.mirrors = None
    page = await open_page(server.url)
    await page.ready()
    await expect(page["witness-panel .copies"]).to_have_count(0)


async def test_who_is_not_the_manager_verifies_the_witnesses_too(
    server: Server, witnessed: Building, open_page: Open
) -> None:
    server.public = False
    page = await open_page(server.url)
    await expect(page.log).to_have_attribute("data-kind", "verified")
    await expect(page["witness-panel .flats"]).to_have_attribute("data-here", "true")
    await expect(page["witness-panel .quorum"]).to_have_attribute("data-here", "true")
    await page.assert_clean(network=False)


# --- A list of witnesses that changes ---------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", ["ja-JP", "en-GB"])
async def test_another_list_of_witnesses_is_shown_and_counts_only_once_it_is_taken_over(
    server: Server, witnessed: Building, open_page: Open, locale: str
) -> None:
    page = await open_page(server.url, locale=locale)
    await page.ready()
    await expect(page["witness-panel .flats"]).to_have_attribute("data-here", "true")
    await expect(page["witness-panel .changed"]).to_have_count(0)
    pinned = witnessed.policy
    assert pinned is not None
    # The coordinator names itself seven times over, and drops who does not sign for it.
    witnessed.dismiss("201", "202")
    witnessed.appoint("201", needed=1, secret=b"of the coordinator's own")
    server.tell("head", witnessed.head())
    await page.page.reload()
    changed = page["witness-panel .changed"]
    await expect(changed).to_be_visible()
    await expect(changed).to_have_class("changed wrong")
    for policy in (pinned, witnessed.policy):
        digits = hashlib.sha256(policy).hexdigest()[:32]
        await expect(changed).to_contain_text(" ".join(digits[at : at + 4] for at in range(0, 32, 4)))
    flat = "{} 号室" if locale == "ja-JP" else "Flat {}"
    await expect(changed.locator("dd").nth(2)).to_have_text(flat.format(202))
    await expect(changed.locator("dd").nth(3)).to_have_text(flat.format(201))
    # By the list that is known, seven of eight have signed, and six are needed.
    await expect(page["witness-panel .flats"]).to_contain_text("8 戸中 7 戸" if locale == "ja-JP" else "7 of 8 flats")
    await changed.locator("button").click()
    await expect(changed).to_have_count(0)
    await expect(page["witness-panel .flats"]).to_contain_text("7 戸中 5 戸" if locale == "ja-JP" else "5 of 7 flats")
    await page.page.reload()
    await expect(page["witness-panel .flats"]).to_contain_text("7 戸中 5 戸" if locale == "ja-JP" else "5 of 7 flats")
    await expect(page["witness-panel .changed"]).to_have_count(0)
    await page.assert_clean()


async def test_a_list_that_grew_as_the_log_says_is_told_so(server: Server, building: Building, open_page: Open) -> None:
    building.appoint(*FLATS[:4], needed=3)
    building.cosign(*FLATS[:4])
    page = await open_page(server.url, locale="en-GB")
    await page.ready()
    await expect(page["witness-panel .flats"]).to_contain_text("4 of 4 flats")
    building.appoint("201", needed=4, logged=True)
    building.cosign(*FLATS[:3])
    server.tell("head", building.head())
    changed = page["witness-panel .changed"]
    await expect(changed).to_have_class("changed warning")
    await expect(changed).to_contain_text("The verified log itself names these flats")
    await expect(page["witness-panel .flats"]).to_contain_text("3 of 4 flats")
    await page.assert_clean()


# --- What somebody has found out --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("locale", "texts"),
    [
        (
            "en-GB",
            [
                "Flat 104 has signed a log of 57 entries",
                "outsider does not sign the newest head",
                "Flat 203: two different records with number 812",
            ],
        ),
        (
            "ja-JP",
            [
                "104 号室は、いまのログより長い 57 件のログに署名済みです",
                "outsiderは、最新の状態が署名済みの状態の続きではない",
                "203 号室の鍵で、番号 812 の記録が 2 通り署名されました",
            ],
        ),
    ],
)
async def test_what_witnesses_and_flats_have_found_out_stands_above_everything(
    server: Server, witnessed: Building, open_page: Open, locale: str, texts: list[str]
) -> None:
    page = await open_page(server.url, locale=locale)
    await page.ready()
    await expect(page["alarm-list section"]).to_have_count(0)
    conflict = {"flat": "203", "seq": 812, "seen_ms": witnessed.time_ms, "hash": "ab" * 32, "suspended": True}
    witnessed.conflicts = [conflict, conflict | {"flat": "204", "suspended": False}]
    witnessed.objections = [
        {"witness": witnessed.flats["104"].id.hex(), "kind": "ahead", "size": 57},
        {"witness": "outsider", "kind": "fork", "size": None},
    ]
    server.tell_state()
    alarms = page["alarm-list li"]
    await expect(alarms).to_have_count(3)
    for at, text in enumerate(texts):
        await expect(alarms.nth(at)).to_contain_text(text)
    await expect(page["alarm-list section"]).to_be_in_viewport()
    witnessed.next_key_here = True
    server.tell_state()
    await expect(alarms).to_have_count(4)
    await expect(alarms.nth(3)).to_contain_text("next-key.sheet")
    witnessed.conflicts, witnessed.objections = [conflict | {"suspended": False}], []
    witnessed.next_key_here = False
    server.tell_state()
    await expect(page["alarm-list section"]).to_have_count(0)
    await page.assert_clean()


@pytest.mark.parametrize(
    ("locale", "waits", "set_back"),
    [
        (
            "en-GB",
            "No record is taken until enough witnesses have signed",
            "Stop the coordinator, and put back a newer",
        ),
        ("ja-JP", "必要な数の証人がログの先頭に署名するまで", "コーディネーターを止め"),
    ],
)
async def test_a_log_that_takes_no_record_says_why_and_what_to_do(
    server: Server, witnessed: Building, open_page: Open, locale: str, waits: str, set_back: str
) -> None:
    page = await open_page(server.url, locale=locale)
    await page.ready()
    notice = page["[data-kind=held]"]
    await expect(notice).to_have_count(0)
    witnessed.held = "a quorum of the witnesses has yet to sign"
    server.tell_state()
    await expect(notice).to_contain_text(waits)
    witnessed.objections = [{"witness": witnessed.flats["104"].id.hex(), "kind": "ahead", "size": 57}]
    server.tell_state()
    await expect(notice).to_contain_text(set_back)
    await expect(notice).to_contain_text("local-vpp ledger rebuild building.yaml --from MIRROR --recovery-key FILE")
    witnessed.held, witnessed.objections = None, []
    server.tell_state()
    await expect(notice).to_have_count(0)
    await page.assert_clean()


# --- A resident's own proof -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", ["ja-JP", "en-GB"])
async def test_a_resident_proves_a_record_from_two_files_and_sends_nothing(
    server: Server, witnessed: Building, open_page: Open, locale: str
) -> None:
    server.public = False
    page = await open_page(server.url, locale=locale)
    await expect(page.log).to_have_attribute("data-kind", "verified")
    sent: list[str] = []
    page.page.on("request", lambda request: sent.append(request.method))
    await page["proof-check input"].set_input_files([proof_file(witnessed, 12), etp_file(witnessed, 12)])
    await expect(page["proof-check .verdict"]).to_have_class("verdict proven")
    await expect(page["proof-check li[data-outcome=passed]"]).to_have_count(10)
    await expect(step(page, "browser")).to_contain_text("WebCrypto")
    record = next(record for record in witnessed.records if record["index"] == 12)
    await expect(page['proof-check [data-value="energy"]']).to_have_text(f"{record['energy_wh']} Wh")
    await expect(page["proof-check dl"]).to_contain_text(record["device"])
    await expect(page["proof-check"]).to_contain_text(
        "どこにも送信されません" if locale == "ja-JP" else "Nothing is uploaded"
    )
    assert set(sent) <= {"GET"}
    await page.assert_clean(network=False)


@pytest.mark.parametrize(("locale", "why"), [("ja-JP", "https で開いたとき"), ("en-GB", "on https only")])
async def test_on_plain_http_a_record_is_proven_without_the_browsers_own_cryptography(
    server: Server, witnessed: Building, open_page: Open, locale: str, why: str
) -> None:
    page = await open_page(server.url.replace("127.0.0.1", INSECURE_HOST), locale=locale)
    await page.ready()
    assert not await page.page.evaluate("isSecureContext")
    await page["proof-check input"].set_input_files([proof_file(witnessed, 12), etp_file(witnessed, 12)])
    await expect(page["proof-check .verdict"]).to_have_class("verdict proven")
    await expect(page["proof-check li[data-outcome=passed]"]).to_have_count(9)
    await expect(step(page, "browser")).to_have_attribute("data-outcome", "open")
    await expect(step(page, "browser")).to_contain_text(why)


async def test_one_file_waits_for_the_other_and_a_new_pair_begins_anew(
    server: Server, building: Building, open_page: Open
) -> None:
    page = await open_page(server.url, locale="en-GB")
    await page.ready()
    await page["proof-check input"].set_input_files([etp_file(building, 12)])
    await expect(page["proof-check .files"]).to_contain_text("The proof (.tlog-proof) is still missing")
    await page["proof-check input"].set_input_files([proof_file(building, 13)])
    await expect(page["proof-check .verdict"]).to_have_class("verdict refused")
    await expect(step(page, "place")).to_have_attribute("data-reason", "path")
    await expect(step(page, "here")).to_have_attribute("data-reason", "otherRecord")
    await page["proof-check input"].set_input_files([etp_file(building, 13), proof_file(building, 13)])
    await expect(page["proof-check .verdict"]).to_have_class("verdict proven")
    await expect(step(page, "witnesses")).to_have_attribute("data-reason", "noWitnesses")


async def test_a_changed_record_is_refused_with_what_is_wrong_with_it(
    server: Server, witnessed: Building, open_page: Open
) -> None:
    page = await open_page(server.url, locale="en-GB")
    await page.ready()
    changed = etp_file(witnessed, 12)
    parts = etp.cbor.decode(changed["buffer"], "the record")
    assert isinstance(parts, list)
    changed["buffer"] = etp.cbor.encode([*parts[:2], bytes(parts[2]).replace(b"\x18\x3c", b"\x18\x3d")])
    await page["proof-check input"].set_input_files([changed, proof_file(witnessed, 12)])
    await expect(step(page, "body")).to_have_attribute("data-reason", "commitment")
    await expect(step(page, "body")).to_contain_text("changed afterwards")
    await expect(step(page, "place")).to_have_attribute("data-outcome", "passed")
    await expect(page["proof-check .verdict"]).to_have_class("verdict refused")
    await page.assert_clean()


async def test_a_record_in_the_log_that_the_device_has_not_signed_is_refused(
    server: Server, building: Building, open_page: Open
) -> None:
    # The log has signed for it and proves that it holds it: only the device's key tells.
    device = building.flats["101"]
    forged = building.record(
        device, etp.Kind.INTERVAL, FIRST_SLOT, building.building, device, {etp.Source.GRID: 999}, forged=True
    )["index"]
    page = await open_page(server.url, locale="en-GB")
    await page.ready()
    await page["proof-check input"].set_input_files([etp_file(building, forged), proof_file(building, forged)])
    await expect(page["proof-check .verdict"]).to_have_class("verdict refused")
    await expect(step(page, "device")).to_have_attribute("data-reason", "notSigned")
    # Found by the page's library and by the browser's own cryptography, each for itself.
    await expect(step(page, "browser")).to_have_attribute("data-reason", "notSigned")
    await expect(page["proof-check li[data-outcome=failed]"]).to_have_count(2)
    await page.assert_clean()


async def test_files_may_be_dropped(server: Server, building: Building, open_page: Open) -> None:
    page = await open_page(server.url)
    await page.ready()
    files = [
        {"name": file["name"], "data": list(file["buffer"])}
        for file in (etp_file(building, 12), proof_file(building, 12))
    ]
    transfer = await page.page.evaluate_handle(
        """(files) => {
          const transfer = new DataTransfer();
          for (const { name, data } of files) transfer.items.add(new File([new Uint8Array(data)], name));
          return transfer;
        }""",
        files,
    )
    await page["proof-check label"].dispatch_event("drop", {"dataTransfer": transfer})
    await expect(page["proof-check .verdict"]).to_have_class("verdict proven")
    await page.assert_clean()


async def test_a_file_far_too_large_is_not_read(
    server: Server, building: Building, open_page: Open, tmp_path: Path
) -> None:
    page = await open_page(server.url, locale="en-GB")
    await page.ready()
    large = tmp_path / "film.etp"
    large.write_bytes(bytes(3_000_000))
    await page["proof-check input"].set_input_files(large)
    await expect(page["proof-check .trouble"]).to_contain_text("far too large")
    await page["proof-check input"].set_input_files([etp_file(building, 12), proof_file(building, 12)])
    await expect(page["proof-check .trouble"]).to_have_count(0)
    await expect(page["proof-check .verdict"]).to_have_class("verdict proven")


async def test_the_manager_verifies_a_row_and_an_erased_one_says_so(
    server: Server, witnessed: Building, open_page: Open
) -> None:
    page = await open_page(server.url, locale="en-GB")
    await page.ready()
    index = witnessed.records[0]["index"]
    await page[f'record-table tr[data-index="{index}"] button.verify'].click()
    await expect(page["proof-check .verdict"]).to_have_class("verdict proven")
    await expect(page["proof-check .files"]).to_contain_text(f"{index}.etp")
    await expect(step(page, "place")).to_contain_text(f"Number {index} of 39 entries")
    await expect(page["proof-check .verdict"]).to_be_in_viewport()
    del witnessed.sealed[index - 1]
    await page[f'record-table tr[data-index="{index - 1}"] button.verify'].click()
    await expect(page["proof-check .trouble"]).to_contain_text("erased on request")
    await expect(page["proof-check .verdict"]).to_have_count(0)


# --- Records ----------------------------------------------------------------------------------------------------------


async def test_records_of_nothing_are_hidden_until_they_are_wanted(
    server: Server, building: Building, open_page: Open
) -> None:
    empty = building.interval("101", FIRST_SLOT, 0)
    page = await open_page(server.url)
    await page.ready()
    row = page[f'record-table tr[data-index="{empty["index"]}"]']
    await expect(page["record-table tbody tr"]).to_have_count(len(building.records) - 1)
    await expect(row).to_have_count(0)
    await page["record-table .all"].check()
    await expect(row).to_have_count(1)
    await page["record-table .all"].uncheck()
    await expect(row).to_have_count(0)
    await page.assert_clean()


@pytest.mark.parametrize(
    ("locale", "names"), [("ja-JP", ["精算", "ミラー鍵", "連署鍵"]), ("en-GB", ["settled", "copy key", "witness key"])]
)
async def test_kinds_of_the_log_itself_have_names(
    server: Server, building: Building, open_page: Open, locale: str, names: list[str]
) -> None:
    flat = building.flats["101"]
    for kind in (etp.Kind.WITNESS, etp.Kind.MIRROR):
        key = etp.Enrolled(flat.id, etp.Ed25519Signer.generate().public)
        building.record(flat, kind, FIRST_SLOT, flat, flat, {}, key)
    building.record(building.building, etp.Kind.SETTLED, FIRST_SLOT, building.building, building.building, {})
    page = await open_page(server.url, locale=locale)
    await page.ready()
    for row, name in enumerate(names):
        await expect(page["record-table tbody .kind"].nth(row)).to_have_text(name)


# --- Screens ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", ["ja-JP", "en-GB"])
@pytest.mark.parametrize("viewport", [PHONE, WIDE], ids=["phone", "wide"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_checked_proof_fits_every_screen(
    server: Server, witnessed: Building, open_page: Open, locale: str, viewport: dict[str, int], scheme: str
) -> None:
    witnessed.mirrors = [{"flat": flat, "size": 39, "signed_ms": witnessed.time_ms} for flat in FLATS[:5]]
    page = await open_page(server.url, locale=locale, viewport=viewport, color_scheme=scheme)
    await page.ready()
    await page["proof-check input"].set_input_files([etp_file(witnessed, 12), proof_file(witnessed, 13)])
    await expect(page["proof-check .verdict"]).to_have_class("verdict refused")
    assert await page.page.evaluate("document.documentElement.scrollWidth") == viewport["width"]
    inside = await page["proof-check section *"].evaluate_all(
        "all => all.every((one) => one.getBoundingClientRect().right <= document.documentElement.clientWidth)"
    )
    assert inside
    await page.assert_clean()
