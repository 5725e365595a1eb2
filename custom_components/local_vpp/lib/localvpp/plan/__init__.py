"""What a flat or a building means to take and give in the slots of a day: made, checked, revised, exported, judged.

Pure: values in, values out, whole Wh. docs/plans.md says for managers what it is good for.
"""

from .check import GATE_SECONDS, check
from .codes import Code, CodeTable, Section, default_table, read_table
from .day import Day, clock, zone_named
from .errors import Fault, Finding, PlanError
from .imbalance import Imbalance, ImbalancePrice, Sum, imbalances, summed
from .making import Deal, Needs, deals_of, gather, plan_flat, responding
from .metered import LOOKS_BACK_S, Metered, made_at, plan_metered
from .plain import from_json, plain_plan, read_plan, to_json
from .plan import Kind, Part, Plan
from .revision import check_revision, renewed
from .sheet import Field, Sheet
from .table import from_csv, to_csv
from .xml import to_xml

__all__ = [
    "GATE_SECONDS",
    "LOOKS_BACK_S",
    "Code",
    "CodeTable",
    "Day",
    "Deal",
    "Fault",
    "Field",
    "Finding",
    "Imbalance",
    "ImbalancePrice",
    "Kind",
    "Metered",
    "Needs",
    "Part",
    "Plan",
    "PlanError",
    "Section",
    "Sheet",
    "Sum",
    "check",
    "check_revision",
    "clock",
    "deals_of",
    "default_table",
    "from_csv",
    "from_json",
    "gather",
    "imbalances",
    "made_at",
    "plain_plan",
    "plan_flat",
    "plan_metered",
    "read_plan",
    "read_table",
    "renewed",
    "responding",
    "summed",
    "to_csv",
    "to_json",
    "to_xml",
    "zone_named",
]
