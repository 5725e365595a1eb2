"""The terminal's picture of the running building."""

from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from .findings import Finding

_UNKNOWN = "–"


def picture(state: dict[str, Any] | None, head: dict[str, Any] | None, links: list[tuple[str, str]]) -> RenderableType:
    """Return the live summary: links, building, log, and a line for each flat."""
    return Group(_links(links), _building(state, head), _flats(state))


def report(findings: list[Finding]) -> RenderableType:
    """Return the table of a check."""
    table = Table(title="Check", title_justify="left", show_header=False, box=None, pad_edge=False)
    for finding in findings:
        mark = Text("✓", style="bold green") if finding.holds else Text("✗", style="bold red")
        table.add_row(mark, Text(finding.claim), Text(finding.figure, style="dim" if finding.holds else "red"))
    return table


def _links(links: list[tuple[str, str]]) -> RenderableType:
    table = Table(show_header=False, box=None, pad_edge=False)
    for name, link in links:
        table.add_row(Text(name, style="bold"), Text(link, overflow="fold"))
    return table


def _building(state: dict[str, Any] | None, head: dict[str, Any] | None) -> RenderableType:
    if state is None:
        return Text("The building comes up …", style="dim")
    building, latency = state["building"], state["latency_ms"]
    size = head["size"] if head else None
    return Text(
        f"Bulk {_watts(building['bulk_w'])}   common {_watts(building['common_w'])}   "
        f"log {_UNKNOWN if size is None else size} entries   "
        f"frames p50 {_number(latency['p50'])} ms, p99 {_number(latency['p99'])} ms",
        style="cyan",
    )


def _flats(state: dict[str, Any] | None) -> RenderableType:
    table = Table("Flat", "Grid", "PV", "Battery", "SoC", "Import", "Export", "Age", box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    for flat in state["flats"] if state else []:
        table.add_row(
            Text(flat["flat"], style="bold" if flat["online"] else "dim"),
            _watts(flat["grid_w"]),
            _watts(flat["pv_w"]),
            _watts(flat["battery_w"]),
            _number(flat["soc"], " %"),
            _number(flat["import_wh"], " Wh"),
            _number(flat["export_wh"], " Wh"),
            _number(flat["age_ms"], " ms"),
        )
    return table


def _watts(value: float | None) -> str:
    return _UNKNOWN if value is None else f"{value:.0f} W"


def _number(value: float | None, unit: str = "") -> str:
    return _UNKNOWN if value is None else f"{value:g}{unit}"
