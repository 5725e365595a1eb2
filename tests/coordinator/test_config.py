"""A building's file: what is right is a value, and what is wrong is told with place and remedy."""

from datetime import time
from pathlib import Path
import re

import pytest

from coordinator.config import ConfigError, DrillLimits, LineLimit, PeakHours, load
from localvpp.settlement import DYNAMIC, KeyName, read_rule
from localvpp.tlog import SignatureType, SignerKey
from localvpp.vault import SecretKey

GOOD = (Path(__file__).parents[2] / "examples" / "building.yaml").read_text()


def written(folder: Path, text: str) -> Path:
    file = folder / "building.yaml"
    file.write_text(text)
    return file


def test_the_example_is_sound_and_prices_are_exact_ticks(tmp_path: Path) -> None:
    config = load(written(tmp_path, GOOD))
    assert (config.prices.inside, config.prices.grid, config.prices.feed_in) == (2200, 3150, 850)
    assert config.flats[:2] == ("101", "102")
    assert config.data == tmp_path / "data"
    assert config.slot_seconds == 1800
    assert config.database_url == f"sqlite+aiosqlite:///{tmp_path}/data/building.db"
    assert config.meters.bulk is not None
    assert config.meters.bulk.unit == 1


def test_meters_and_listening_may_be_left_out(tmp_path: Path) -> None:
    text = GOOD[: GOOD.index("meters:")].replace(GOOD[GOOD.index("listen:") : GOOD.index("# database")], "")
    config = load(written(tmp_path, text))
    assert config.meters.bulk is None
    assert config.listen.port == 8470


@pytest.mark.parametrize("name", ["init", "example"])
def test_the_example_that_ships_is_the_one_of_the_examples(name: str, tmp_path: Path) -> None:
    import coordinator.cli

    shipped = coordinator.cli.EXAMPLE.read_text()
    assert load(written(tmp_path, shipped)).flats == load(written(tmp_path, GOOD)).flats, name


MISTAKES = {
    "a bare price": ('"22.00"', "22.00", 21, ["prices.inside", "22.0", "quotes", '"22.00"']),
    "three decimals": ('"22.00"', '"22.005"', 21, ["prices.inside", "22.005", "two decimals"]),
    "a negative price": ('"8.50"', '"-8.50"', 23, ["prices.feed_in", "-8.50", "no price"]),
    "prices that do not rise": ('"22.00"', '"42.00"', 21, ["prices.inside", "42.00", "prices.grid of 31.50", "rise"]),
    "an odd slot": ("slot_minutes: 30", "slot_minutes: 25", 17, ["slot_minutes", "25", "20, 30, 60"]),
    "a slot in words": ("slot_minutes: 30", "slot_minutes: half", 17, ["slot_minutes", "'half'", "1 to 60"]),
    "a misspelt key": ("  inside:", "  insde:", 21, ["prices.insde", "did you mean inside?"]),
    "a stranger": ("name: Sakura", "colour: red\nname: Sakura", 4, ["colour", "known are"]),
    "a missing name": ("name: Sakura Heights\n", "", None, ["name is missing", "name: Sakura Heights"]),
    "a scheme": ("vpp.example/", "https://vpp.example/", 5, ["origin", "https://vpp.example/sakura-heights", "scheme"]),
    "a flat as number": ('["101"', "[101", 25, ["flats[0]", "101", '"101"']),
    "a flat twice": ('"102"', '"101"', 25, ["flats[1]", "'101'", "twice"]),
    "a flat twice in full width": ('"102"', '"１０１"', 25, ["flats[1]", "'１０１'", "same as '101'", "keep one"]),
    "a flat twice in small digits": ('["101", "102"', '["12", "1²"', 25, ["flats[1]", "'1²'", "same as '12'"]),
    "a reserved flat in full width": ('"102"', '"ｂｕｌｋ"', 25, ["flats[1]", "'ｂｕｌｋ'", "otherwise"]),
    "a reserved flat": ('"102"', '"bulk"', 25, ["flats[1]", "'bulk'", "otherwise"]),
    "no list of flats": ('["101"', '"101" #', 25, ["flats", "write a list"]),
    "no unit": ("?unit=1", "", 28, ["meters.bulk", "has no unit", "add unit=N"]),
    "one meter twice": ("?unit=2", "?unit=1", 29, ["meters.common", "same device as meters.bulk"]),
    "a host in quotes only": ("  port: 8470", "  port: '8470'", 11, ["listen.port", "'8470'", "0 to 65535"]),
    "yes in quotes": ("announce: true", "announce: 'yes'", 12, ["listen.announce", "'yes'", "true or false"]),
    "listen as number": ("listen:", "listen: 5\nother:", 9, ["listen: 5", "indented"]),
    "a foreign database": (
        "# database: postgresql+asyncpg",
        "database: mysql+x",
        16,
        ["database", "mysql+x", "asyncpg"],
    ),
    "a key twice": ("data: ./data", "data: ./data\ndata: ./x", 7, ["data is written twice", "line 6"]),
    "a list in itself": ('["101", "102"', '&a [*a, "102"', 25, ["*a refers to another place", "write it out"]),
    "an alias of a price": ('"31.50"', '&p "31.50"\n  feed_in: *p\nx:', 23, ["*p refers", "write it out"]),
    "a deep list": ('["101"', f'[{"[" * 3000}"101"{"]" * 3000}', 25, ["9 deep", "brackets"]),
    "deep maps": ("name: Sakura Heights", "name: " + "{a: " * 3000 + "1" + "}" * 3000, 3, ["9 deep", "brackets"]),
    "deep dashes": ("flats: [", "flats:\n  " + "- " * 3000 + "[", 26, ["9 deep", "brackets"]),
    "no YAML": ("name: Sakura", "name: 'Sakura", None, ["is not YAML", "quotes"]),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_with_line_field_value_and_remedy(mistake: str, tmp_path: Path) -> None:
    old, new, line, parts = MISTAKES[mistake]
    assert old in GOOD
    file = written(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(ConfigError) as caught:
        load(file)
    told = str(caught.value)
    assert told.startswith(f"{file}:")
    for part in parts:
        assert part in told
    if line is not None:
        lines = [int(each.removeprefix(f"{file}:").partition(":")[0]) for each in told.splitlines()]
        assert abs(lines[0] - line) <= 1, told


SEED = bytes(range(32))
WITNESS, POST_QUANTUM, LOG = (
    SignerKey(name, kind, SEED).verifier_key.encode()
    for name, kind in (
        ("witness.example", SignatureType.COSIGNATURE),
        ("second.example", SignatureType.MLDSA_COSIGNATURE),
        ("witness.example", SignatureType.ED25519),
    )
)


def with_witnesses(*witnesses: str) -> str:
    return GOOD + "witnesses:\n" + "".join(f"  - {each}\n" for each in witnesses)


def test_outside_witnesses_are_read_with_keys_of_both_kinds(tmp_path: Path) -> None:
    text = with_witnesses(
        f"{{name: witness.example, key: {WITNESS}, url: 'https://witness.example/vpp/'}}",
        f"{{name: second.example, key: {POST_QUANTUM}, url: 'http://192.0.2.5:8471'}}",
    )
    first, second = load(written(tmp_path, text)).witnesses
    assert (first.name, first.key.encode(), first.url) == ("witness.example", WITNESS, "https://witness.example/vpp")
    assert (second.key.kind, second.url) == (SignatureType.MLDSA_COSIGNATURE, "http://192.0.2.5:8471")
    assert load(written(tmp_path, GOOD)).witnesses == ()


ONE = f"{{name: witness.example, key: {WITNESS}, url: 'https://witness.example'}}"
WRONG_WITNESSES = {
    "no list": (["5"], "witnesses[0]", ["5", "indented"]),
    "no key": (["{name: a, url: 'http://a'}"], "witnesses[0].key is missing", ["add a line `key: …`"]),
    "a misspelt field": ([ONE.replace("name:", "nme:")], "witnesses[0].nme", ["did you mean name?"]),
    "another name": (
        [ONE.replace("name: w", "name: W")],
        "witnesses[0].name",
        ["'Witness.example'", "'witness.example'"],
    ),
    "a taken name": (
        [ONE.replace("name: witness.example", "name: flats")],
        "witnesses[0].name",
        ["'flats'", "another"],
    ),
    "no key at all": ([ONE.replace(WITNESS, "witness.example")], "witnesses[0].key", ["'witness.example'", "copy it"]),
    "a number": ([ONE.replace(WITNESS, "12")], "witnesses[0].key", ["12 is not text"]),
    "a log's key": ([ONE.replace(WITNESS, LOG)], "witnesses[0].key", ["type 0x01", "0x04 or 0x06"]),
    "no url": ([ONE.replace("https://", "ftp://")], "witnesses[0].url", ["ftp://witness.example", "https://"]),
    "one twice": ([ONE, ONE], "witnesses[1].name", ["witness.example", "already"]),
}


@pytest.mark.parametrize("mistake", WRONG_WITNESSES)
def test_a_witness_that_cannot_be_one_is_told_with_line_field_value_and_remedy(mistake: str, tmp_path: Path) -> None:
    witnesses, field, parts = WRONG_WITNESSES[mistake]
    text = with_witnesses(*witnesses)
    file = written(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load(file)
    line = len(text.splitlines())
    assert f"{file}:{line}: {field}" in str(caught.value)
    for part in parts:
        assert part in str(caught.value)


def test_witnesses_are_a_list(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"witnesses: 'witness\.example': write a list, each item behind a dash"):
        load(written(tmp_path, GOOD + "witnesses: witness.example\n"))


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    file = written(
        tmp_path, GOOD.replace('"22.00"', "22.0").replace("unit=2", "unit=250").replace("minutes: 30", "minutes: 31")
    )
    with pytest.raises(ConfigError) as caught:
        load(file)
    assert [part in str(caught.value) for part in ("slot_minutes", "prices.inside", "meters.common")] == [True] * 3


AUDITOR_KEY = SecretKey("AUDITOR", b"a" * 32).public.data.hex()


def with_auditors(*auditors: str) -> str:
    return GOOD + "auditors:\n" + "".join(f"  - {each}\n" for each in auditors)


def test_auditors_are_read_with_their_public_keys(tmp_path: Path) -> None:
    (auditor,) = load(written(tmp_path, with_auditors(f'{{name: Tanaka Audit, key: "{AUDITOR_KEY}"}}'))).auditors
    assert (auditor.name, auditor.key.data.hex()) == ("Tanaka Audit", AUDITOR_KEY)
    assert load(written(tmp_path, GOOD)).auditors == ()


SECRET_TEXT = SecretKey("AUDITOR", b"a" * 32).text
HIM = f'{{name: him, key: "{AUDITOR_KEY}"}}'
WRONG_AUDITORS = {
    "no list": (["5"], "auditors[0]", ["5", "indented"]),
    "no key": (["{name: him}"], "auditors[0].key is missing", ["add a line `key: …`"]),
    "no name": ([f'{{key: "{AUDITOR_KEY}"}}'], "auditors[0].name is missing", ["add a line `name: …`"]),
    "a misspelt field": ([HIM.replace("name:", "nme:")], "auditors[0].nme", ["did you mean name?"]),
    "a number": (["{name: him, key: 5}"], "auditors[0].key", ["5 is not text", "64 hex digits"]),
    "a cut key": (["{name: him, key: ab12}"], "auditors[0].key", ["'ab12' is no public key", "64 hex digits"]),
    "a low order": ([f'{{name: him, key: "{"0" * 64}"}}'], "auditors[0].key", ["low order", "64 hex digits"]),
    "the secret": ([f"{{name: him, key: {SECRET_TEXT}}}"], "auditors[0].key", ["secret key", "renew that key"]),
    "one key twice": ([HIM, HIM.replace("him", "her")], "auditors[1].key", ["has the key of 'him' already", "once"]),
    "one name twice": (
        [HIM, f'{{name: him, key: "{AUDITOR_KEY[:-2]}00"}}'],
        "auditors[1].name",
        ["has the name of 'him' already"],
    ),
}


@pytest.mark.parametrize("mistake", WRONG_AUDITORS)
def test_an_auditor_that_cannot_be_one_is_told_with_line_field_value_and_remedy(mistake: str, tmp_path: Path) -> None:
    auditors, field, parts = WRONG_AUDITORS[mistake]
    text = with_auditors(*auditors)
    file = written(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load(file)
    assert f"{file}:{len(text.splitlines())}: {field}" in str(caught.value)
    for part in parts:
        assert part in str(caught.value)
    assert SECRET_TEXT not in str(caught.value)


def test_more_auditors_than_a_building_takes_are_told(tmp_path: Path) -> None:
    many = [
        f'{{name: "{number}", key: "{SecretKey("A", bytes([number]) * 32).public.data.hex()}"}}' for number in range(9)
    ]
    with pytest.raises(ConfigError, match="auditors: list at most 8 auditors"):
        load(written(tmp_path, with_auditors(*many)))


@pytest.mark.parametrize(("text", "part"), [("", "is empty"), ("- 1\n", "`key: value`"), ("5\n", "`key: value`")])
def test_what_is_no_building_at_all_is_told_so(text: str, part: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=part):
        load(written(tmp_path, text))


def test_a_file_that_is_not_there_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        load(tmp_path / "none.yaml")


DRILLS = """
drills:
  contract_kw: 120
  most: 1
  peak: ["17:00-20:00", "23:30-00:30"]
  lines:
    - {name: riser A, kw: 40, flats: ["101", "201"]}
"""


def test_what_bounds_a_drill_is_read_and_without_it_nobody_is_separated(tmp_path: Path) -> None:
    assert load(written(tmp_path, GOOD)).drills == DrillLimits()
    drills = load(written(tmp_path, GOOD + DRILLS)).drills
    assert (drills.contract_kw, drills.most, drills.flat_kw, drills.recharge_kw) == (120, 1, 6, 3)
    assert drills.peak == (PeakHours(time(17), time(20)), PeakHours(time(23, 30), time(0, 30)))
    assert drills.lines == (LineLimit("riser A", 40, ("101", "201")),)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("contract_kw: 120", "contract_kw: 0", "drills.contract_kw: 0: write a whole number of kW from 1 to 10000"),
        ("most: 1", "most: 0", "drills.most: 0: write a whole number of flats from 1 to 1000"),
        ("most: 1", "most: 2", "drills.most: 2 is more than a tenth of the 8 flats: write 1 at most"),
        ('"17:00-20:00"', '"5pm"', "'5pm' is no time of the day: write begin and end, as in \"17:00-20:00\""),
        ('"17:00-20:00"', '"17:00-17:00"', "'17:00-17:00' is no time at all: write another end"),
        ('"101", "201"', '"101", "999"', "'999' is not among the flats: check its number"),
        ("kw: 40, ", "", "kw is missing"),
        ("peak:", "peek:", "did you mean peak?"),
    ],
)
def test_what_cannot_bound_a_drill_is_refused(before: str, after: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=re.escape(told)):
        load(written(tmp_path, GOOD + DRILLS.replace(before, after)))


# --- sharing ---------------------------------------------------------------------------------------------------------

PARTS = '{"101": 400000, "102": 350000, "103": 250000}'


@pytest.mark.parametrize(
    ("sharing", "named"),
    [
        ("{key: luck}", "sharing.key: 'luck': write one of dynamic, static, coefficients, max-min, trades"),
        ("{}", "sharing.key is missing: add a line `key: …`, as in key: dynamic"),
        ("{key: static}", "sharing.key: static needs sharing.parts"),
        ("{key: coefficients}", "sharing.key: coefficients needs sharing.times"),
        (f"{{key: max-min, parts: {PARTS}}}", "sharing.parts: is nothing of the key max-min"),
        ("{key: trades}", "sharing.key: trades shares nothing but what is traded: add `market`"),
        ('{key: static, parts: {"101": 1}}', "sharing.parts: lacks 102, 103: give each flat a part, 0 for none"),
        (f"{{key: static, parts: {PARTS.replace('103', '999')}}}", "sharing.parts: '999' is not among the flats"),
        (
            '{key: static, parts: {"101": 1.5, "102": 1, "103": 1}}',
            "sharing.parts.101: 1.5: write a whole number of parts",
        ),
        ('{key: static, parts: {"101": 0, "102": 0, "103": 0}}', "sharing.parts: are all 0"),
        (
            f"{{key: coefficients, times: [{{parts: {PARTS.replace('400000', '400001')}}}]}}",
            r"sharing.times\[0\].parts: sum to 1000001: write millionths that sum to 1000000",
        ),
        (
            f'{{key: coefficients, times: [{{hours: "09:00-16:00", parts: {PARTS}}}]}}',
            r"sharing.times\[0\]: the last times, and no others",
        ),
        (
            f"{{key: coefficients, times: [{{days: [monday], parts: {PARTS}}}, {{parts: {PARTS}}}]}}",
            r"sharing.times\[0\].days: \['monday'\]: write a list of mon, tue",
        ),
        (
            f'{{key: coefficients, times: [{{hours: "09:10-16:00", parts: {PARTS}}}, {{parts: {PARTS}}}]}}',
            "sharing.times: hours begin or end within a slot of 1800 s",
        ),
    ],
)
def test_a_sharing_key_that_cannot_be_is_told_with_its_remedy(tmp_path: Path, sharing: str, named: str) -> None:
    file = tmp_path / "building.yaml"
    file.write_text(SHARING_FILE + f"sharing: {sharing}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=named):
        load(file)


@pytest.mark.parametrize(
    ("sharing", "name"),
    [
        ("{key: dynamic}", KeyName.DYNAMIC),
        ("{key: max-min}", KeyName.MAX_MIN),
        (f"{{key: static, parts: {PARTS}}}", KeyName.STATIC),
        (
            f'{{key: coefficients, times: [{{days: [sat], hours: "22:00-06:00", parts: {PARTS}}}, '
            f"{{parts: {PARTS}}}]}}",
            KeyName.COEFFICIENTS,
        ),
        ("{key: trades}\nmarket: {}", KeyName.TRADES),
    ],
)
def test_each_of_the_five_keys_can_be_chosen(tmp_path: Path, sharing: str, name: KeyName) -> None:
    file = tmp_path / "building.yaml"
    file.write_text(SHARING_FILE, encoding="utf-8")
    assert load(file).sharing == DYNAMIC
    file.write_text(SHARING_FILE + f"sharing: {sharing}\n", encoding="utf-8")
    rule = load(file).sharing
    assert rule.name is name
    assert read_rule(rule.document) == rule
    if name is KeyName.COEFFICIENTS:
        assert rule.times[0].hours == (22 * 60, 6 * 60)


SHARING_FILE = """
name: Test
origin: vpp.example/test
prices: {inside: "22.00", grid: "31.50", feed_in: "8.50"}
flats: ["101", "102", "103"]
"""
