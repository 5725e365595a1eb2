"""Plans as XML, in the shape of 計画値同時同量 files, as a table of codes says. UNVERIFIED: see `codes`.

For a retailer's or an aggregator's programs to start from; a building files nothing itself. Of trades inside only what
a flat has more of one kind than of the other is told: a building's cancel out. Values are counted in the table's unit:
demand and sales are each rounded so that their sum from the day's begin on is right to half a unit, for rounding each
slot by itself would make a small building's night vanish. What is procured is their sum: 需要計画 + 販売計画 = 調達計画
holds after rounding as before.
"""

from xml.etree import ElementTree as ET

import numpy as np

from .check import GATE_SECONDS, check
from .codes import CodeTable, default_table
from .errors import PlanError, wrong
from .plan import Plan
from .sheet import Field, Ints


def to_xml(plan: Plan, table: CodeTable | None = None, gate_seconds: int = GATE_SECONDS) -> bytes:
    """Write a plan by a table of codes; its flats are left out.

    Raises PlanError for the first that `check` finds, with the gate that is given, and when the plan lacks a code of
    the table.
    """
    table = table or default_table()
    for finding in check(plan, table=table, gate_seconds=gate_seconds):
        raise PlanError(finding)
    for code in table.codes:
        if code.name not in plan.codes:
            raise wrong("codes", dict(plan.codes), f"{code.name} is missing: {code.remedy}")
    root = ET.Element(table.root[0])
    root.append(ET.Comment(f" {table.status} "))
    head = root
    for name in table.root[1:]:
        head = ET.SubElement(head, name)
    for code in table.codes:
        ET.SubElement(head, code.element).text = plan.codes[code.name]
    ET.SubElement(head, table.date).text = f"{plan.date:%Y%m%d}"
    for section, values in zip(table.sections, counted(plan, table), strict=True):
        place = head
        for name in section.path:
            place = ET.SubElement(place, name)
        for number, value in enumerate(values, 1):
            slot = ET.SubElement(place, section.slot)
            ET.SubElement(slot, section.number).text = f"{number:02}"
            ET.SubElement(slot, section.value).text = str(value)
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return written + b"\n"


def counted(plan: Plan, table: CodeTable) -> list[list[int]]:
    """Return the values of each section, in the table's unit: the last is the sum of the others in each slot."""
    wh = plan.sheet.wh.copy()
    inside = np.minimum(wh[Field.SOLD.row], wh[Field.BOUGHT.row])
    wh[[Field.SOLD.row, Field.BOUGHT.row]] -= inside
    sums = [_total(wh, section.fields) for section in table.sections]
    rounded = [_rounded(section, table.unit_wh) for section in sums[:-1]]
    return [each.tolist() for each in (*rounded, np.sum(rounded, axis=0))]


def _rounded(wh: Ints, unit_wh: int) -> Ints:
    until: Ints = (wh.cumsum() + unit_wh // 2) // unit_wh
    return np.diff(until, prepend=np.int64(0))


def _total(wh: Ints, fields: tuple[Field, ...]) -> Ints:
    total: Ints = wh[[field.row for field in fields]].sum(axis=0)
    return total
