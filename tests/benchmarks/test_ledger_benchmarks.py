"""The benchmarks of the ledger run, and tell figures that fit together. How fast they are is not a test's business."""

import json
from pathlib import Path

import pytest

from benchmarks.figures import Figure, number, quantile
from benchmarks.ledger.__main__ import BENCHMARKS, TINY, main, measure
from benchmarks.ledger.proof import build, entry
from localvpp import tlog


def measured(name: str, folder: Path) -> dict[str, Figure]:
    figures = {figure.name: figure for figure in measure(name, TINY[name], folder)}
    for figure in figures.values():
        assert all(value >= 0 for value in figure.beside.values()), figure
        json.dumps(figure.plain(), allow_nan=False)
    assert list(folder.iterdir()) == [], "what a benchmark wrote is gone"
    return figures


def test_throughput(tmp_path: Path) -> None:
    one, busy, two, syncs = measured("throughput", tmp_path).values()
    assert one.value == pytest.approx(one.beside["records/s"] / one.beside["Ed25519 verify/s"])
    assert busy.value == pytest.approx(busy.beside["records per busy s"] / busy.beside["verify per busy s"])
    assert two.value == pytest.approx(two.beside["records/s"] / one.beside["records/s"])
    assert 0 <= syncs.value < 1
    assert 0 < syncs.beside["records per commit"] <= 16
    assert (one.at_least, two.at_least) == (0.70, 1.7)


def test_parts(tmp_path: Path) -> None:
    # A difference of two measurements this small may be anything, so the parts are not looked at one by one.
    figures = {figure.name: figure for figure in measure("parts", TINY["parts"], tmp_path)}
    whole = figures.pop("all parts: signatures verified per record's cost")
    assert sum(figure.value for figure in figures.values()) == pytest.approx(whole.beside["µs per record"])
    assert sum(figure.beside["% of all"] for figure in figures.values()) == pytest.approx(100)


def test_acknowledgements(tmp_path: Path) -> None:
    half, most = measured("acknowledge", tmp_path).values()
    # An answer comes no sooner than its records: at most the whole of the gathering time earlier than its end.
    assert -half.beside["ms to gather"] < half.value <= most.value
    assert 2 <= most.beside["records per commit"] <= 20


def test_quorum(tmp_path: Path) -> None:
    (figure,) = measured("quorum", tmp_path).values()
    assert figure.beside["flats needed"] == 3
    assert 0 < figure.beside["half within s"] <= figure.value <= figure.beside["slowest s"]


def test_proofs(tmp_path: Path) -> None:
    figures = measured("proof", tmp_path)
    reads = {name.partition(":")[0]: figure.value for name, figure in figures.items() if "tiles" in name}
    # Of 70,000 entries: three tiles at the edge, which the ledger has, one full tile above, and the entry's own.
    assert (
        reads["after others"] <= reads["the first after a commit"] == reads["the first after a commit, cold disk"] <= 2
    )
    assert 3 <= reads["by somebody who has the files alone"] <= 5


@pytest.mark.parametrize("size", [1, 255, 256, 257, 1_000, 65_536, 65_800])
def test_tiles_that_were_built_quickly_are_those_of_the_log(size: int, tmp_path: Path) -> None:
    hashes, frontier = tlog.StoredHashes(), tlog.Frontier()
    for index in range(size):
        hashes.extend(frontier.append(tlog.leaf_hash(entry(index))))
    assert build(tmp_path, size) == frontier.root()
    wanted = {tile.path: tlog.tile_content(tile, hashes) for tile in tlog.tiles_to_write(0, size)}
    found = {str(file.relative_to(tmp_path)): file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    assert found == wanted


def test_storage(tmp_path: Path) -> None:
    ratio, memory = measured("storage", tmp_path).values()
    # Each entry has its length, 2 bytes, and its hash, 32; of a log this small, partial files are most of the rest.
    size = ratio.beside["bytes per entry"]
    assert (size + 2 + 32) / size < ratio.value < ratio.beside["in whole disk blocks"]
    assert memory.beside["MiB held at first"] > 0


def test_the_command_tells_figures_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["quorum", "--tiny", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told["figures"]) == ["quorum"]
    assert told["figures"]["quorum"][0]["met"] in {True, False}


def test_the_command_names_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["speed"])
    assert "there is no speed: there are throughput" in capsys.readouterr().err
    assert TINY.keys() == BENCHMARKS.keys()


def test_a_target_is_reached_or_not() -> None:
    least, most = Figure(name="a", value=2, unit="", at_least=2), Figure(name="b", value=2, unit="", at_most=1)
    assert [each.is_met for each in (least, most, Figure(name="c", value=2, unit=""))] == [True, False, None]
    assert (least.target, most.target) == ("≥ 2", "≤ 1")
    assert [number(value) for value in (12_345.6, 0.12345, 3.0)] == ["12,346", "0.123", "3"]
    assert [quantile([3, 1, 2, 4], share) for share in (0.5, 0.99, 0.0)] == [2, 4, 1]
