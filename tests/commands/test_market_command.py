"""`local-vpp market`: what a person at a terminal gets, and the same bytes from whatever Python."""

import json
import os
from pathlib import Path
import random
import subprocess
import sys
from typing import Any

import pytest

from commands.main import main
from localvpp.market import Objective, PriceRule, plain_book
from tests.localvpp.market import books

BOOK: dict[str, Any] = {
    "seed": "00ff",
    "orders": [
        {"id": "roof", "flat": "101", "side": "ask", "wh": 400, "limit": 900, "attributes": ["solar"]},
        {"id": "car", "flat": "102", "side": "bid", "wh": 300, "limit": 2600, "requires": ["green"]},
        {"id": "wash", "flat": "103", "side": "bid", "wh": 200, "limit": 2000},
    ],
}


def written(path: Path, plain: object) -> str:
    path.write_text(json.dumps(plain), encoding="utf-8")
    return str(path)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["market", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_a_book_is_cleared_and_its_result_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = written(tmp_path / "book.json", BOOK)
    code, out, _ = run(capsys, "clear", book)
    result = json.loads(out)
    assert code == 0
    assert (result["energy_wh"], result["gain"], result["gap"]) == (400, 300 * 1700 + 100 * 1100, 0)
    assert sorted((trade["seller"], trade["buyer"], trade["wh"]) for trade in result["trades"]) == [
        ("roof", "car", 300),
        ("roof", "wash", 100),
    ]
    code, out, _ = run(capsys, "check", book, written(tmp_path / "result.json", result))
    assert (code, json.loads(out)["ok"], json.loads(out)["findings"]) == (0, True, [])


@pytest.mark.parametrize("objective", list(Objective))
def test_every_objective_is_an_option(objective: Objective, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book, result = written(tmp_path / "book.json", BOOK), tmp_path / "result.json"
    assert run(capsys, "clear", book, "--objective", objective, "--out", str(result))[0] == 0
    assert run(capsys, "check", book, str(result), "--objective", objective)[0] == 0


def test_a_wrong_result_is_told_by_order_and_energy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = written(tmp_path / "book.json", BOOK)
    result = json.loads(run(capsys, "clear", book)[1])
    for trade in result["trades"]:
        if trade["buyer"] == "wash":
            trade["wh"] = 150
    code, out, _ = run(capsys, "check", book, written(tmp_path / "result.json", result))
    told = json.loads(out)
    assert (code, told["ok"]) == (1, False)
    assert {"fault": "order", "subject": "roof", "wh": 50} in [
        {key: finding[key] for key in ("fault", "subject", "wh")} for finding in told["findings"]
    ]


def test_the_goal_that_was_agreed_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = written(tmp_path / "book.json", BOOK)
    result = written(tmp_path / "result.json", json.loads(run(capsys, "clear", book)[1]))
    code, out, _ = run(capsys, "check", book, result, "--objective", "energy")
    assert code == 1
    assert "energy was agreed on" in out


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"limit": "cheap"}, ["order 'roof'", "limit is 'cheap'", "give ticks"]),
        ({"wh": 0.5}, ["order 'roof'", "wh is 0.5", "whole Wh"]),
        ({"side": "sell"}, ["order 'roof'", "side is 'sell'", "bid or ask"]),
        ({"colour": "red"}, ["order 'roof'", "colour is 'red'", "leave it out"]),
        ({"id": "car"}, ["order 'car'", "id is 'car'", "once"]),
    ],
)
def test_a_bad_order_is_told_in_one_sentence(
    change: dict[str, Any], says: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = BOOK | {"orders": [BOOK["orders"][0] | change, *BOOK["orders"][1:]]}
    code, out, err = run(capsys, "clear", written(tmp_path / "book.json", plain))
    assert (code, out) == (1, "")
    assert all(part in err for part in says), err
    assert err.count("\n") == 1


def test_a_rule_that_the_book_cannot_have(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "clear", written(tmp_path / "book.json", BOOK), "--price", "mcafee")
    assert code == 1
    assert "take another rule" in err


def test_what_is_no_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "book.json"
    path.write_text("{", encoding="utf-8")
    assert run(capsys, "clear", str(path))[0] == 1
    assert run(capsys, "clear", str(tmp_path / "none.json"))[0] == 1


@pytest.mark.parametrize(
    "deep",
    ["[" * 200_000 + "]" * 200_000, '{"a":' * 200_000 + "1" + "}" * 200_000, "[" * 10**6],
    ids=["lists", "objects", "open"],
)
def test_what_is_nested_without_end_is_told_in_one_sentence(
    deep: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book, path = written(tmp_path / "book.json", BOOK), tmp_path / "deep.json"
    path.write_text(deep, encoding="utf-8")
    for arguments, what in (
        (("clear", str(path)), "the book"),
        (("check", str(path), book), "the book"),
        (("check", book, str(path)), "the result"),
    ):
        code, out, err = run(capsys, *arguments)
        assert (code, out) == (1, "")
        assert f"{what} {path}" in err
        assert "nested too deeply" in err
        assert err.count("\n") == 1


@pytest.mark.parametrize("levels", [900, 20_000])
def test_what_is_nested_where_no_list_belongs_is_told_shortly(
    levels: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "book.json"
    deep = "[" * levels + "]" * levels
    path.write_text(f'{{"seed": "00", "orders": [{{"id": "a", "side": "ask", "wh": 1, "limit": {deep}}}]}}', "utf-8")
    code, _, err = run(capsys, "clear", str(path))
    assert code == 1
    assert "order 'a': limit is [[[[[" in err
    assert len(err) < 300


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            '{"seed": "00", "orders": [{"id": "a", "side": "ask", "limit": 1, "wh": 1},'
            ' {"id": "b", "side": "bid", "limit": 2, "wh": 1, "wh": 9}]}',
            "orders[1] has 'wh' twice",
        ),
        ('{"seed": "00", "seed": "01", "orders": []}', "the outermost object has 'seed' twice"),
        (
            '{"seed": "", "orders": [], "network": {"nodes": [{"id": "r"}], "flats": {"1": "r", "1": "r"}}}',
            "network.flats has '1' twice",
        ),
    ],
    ids=["amount", "seed", "flat"],
)
def test_a_key_that_is_given_twice_is_told_with_its_place(
    text: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, book = tmp_path / "book.json", written(tmp_path / "right.json", BOOK)
    path.write_text(text, encoding="utf-8")
    for arguments in (("clear", str(path)), ("check", str(path), book), ("check", book, str(path))):
        code, out, err = run(capsys, *arguments)
        assert (code, out) == (1, "")
        assert str(path) in err
        assert f"{says}: give it once" in err
        assert err.count("\n") == 1


def test_the_same_bytes_whatever_the_hash_seed_and_the_processor(tmp_path: Path) -> None:
    draw = random.Random(5)
    book = written(tmp_path / "book.json", plain_book(books.book(draw, 60, lines=True, green=True)))
    root = Path(__file__).parents[2]

    def told(hash_seed: str, rule: PriceRule, **more: str) -> bytes:
        command = [sys.executable, "-m", "commands.main", "market", "clear", book, "--price", rule]
        environment = os.environ | {"PYTHONHASHSEED": hash_seed} | more
        return subprocess.run(command, cwd=root, env=environment, capture_output=True, check=True).stdout

    # numpy sorts equal numbers in another order where it has no wide registers.
    narrow = {"NPY_DISABLE_CPU_FEATURES": "AVX2 AVX512F AVX512_SKX"}
    assert told("1", PriceRule.MID) == told("2", PriceRule.MID, **narrow)
    assert told("3", PriceRule.PAIR) != told("3", PriceRule.MID)
