"""How a headless flat bids is read from a file, in the residents' words; what cannot be kept is refused by name."""

import argparse
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from commands.errors import CommandError
from commands.flatmarket import add_run_arguments, market_of, read_settings
from localvpp.bidder import MarketSettings
from localvpp.market.bidding import AgreedWord, Wishes

TOKYO = ZoneInfo("Asia/Tokyo")
ALL = """\
trades: true
strategy: battery-aware
zone: Europe/Berlin
wishes: {sell not below: 12.50, buy not above: 28, green only: true, my neighbour first: 青鷺と自転車, keep reserve: 30}
deliver: true
line_w: 6000
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "market.yaml"
    file.write_text(text)
    return file


def test_all_that_can_be_wished_is_read(tmp_path: Path) -> None:
    assert read_settings(written(tmp_path, ALL)) == MarketSettings(
        zone=ZoneInfo("Europe/Berlin"),
        strategy="battery-aware",
        wishes=Wishes(
            sell_not_below=1250,
            buy_not_above=2800,
            green_only=True,
            neighbour=AgreedWord("青鷺と自転車"),
            reserve_percent=30,
        ),
        deliver=True,
        line_w=6000,
    )


async def test_without_a_file_a_flat_trades_by_the_default() -> None:
    parser = argparse.ArgumentParser()
    add_run_arguments(parser)
    assert await market_of(parser.parse_args([])) == MarketSettings(zone=TOKYO)


def test_it_can_be_switched_off(tmp_path: Path) -> None:
    assert read_settings(written(tmp_path, "trades: false\n")) == MarketSettings(zone=TOKYO, trades=False)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("strategy: greedy", "'strategy' is 'greedy': choose one of true-limit"),
        ("zone: Mars/Olympus", "write a zone as Asia/Tokyo"),
        ("zone: ../etc/passwd", "write a zone as Asia/Tokyo"),
        ("wishes: {sell not below: 12.505}", "two decimals"),
        ("wishes: {sell everything: true}", "there is no such wish"),
        ("wishes: {my neighbour first: '102'}", "'my neighbour first' is too short, and soon guessed: agree with"),
        ("wishes: {my neighbour first: 102}", "'my neighbour first' is no text: write it in quotes"),
        ("trade: false", "trade"),
        ("trades: 1", "trades"),
        ("deliver: 1", "deliver"),
        ("line_w: 60", "write 500 to 72000 W"),
        ("- trades", "expected names and values"),
        ("trades: [", "--market"),
        ("trades: 2026-13-01", "--market .*month must be in 1..12"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_the_reason(text: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=reason):
        read_settings(written(tmp_path, text + "\n"))


@pytest.mark.parametrize(
    "text",
    [
        "wishes: {my neighbour first: blue heron kettle",
        "wishes: {my neighbor first: blue heron kettle}",
        "wish: {my neighbour first: blue heron kettle}",
        "wishes: [my neighbour first, blue heron kettle]",
        "wishes: {my neighbour first: [blue heron kettle]}",
        'wishes: {my neighbour first: "blue heron kettle\\u0007"}',
    ],
)
def test_no_error_tells_what_two_have_agreed_on(text: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError) as refused:
        read_settings(written(tmp_path, text + "\n"))
    assert "heron" not in str(refused.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="nowhere"):
        read_settings(tmp_path / "nowhere.yaml")
