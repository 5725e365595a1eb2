"""What the building pays the utility: tariffs as data, and the month's bill in exact fractions of yen."""

from .bill import Basic, Line, LineKind, MonthUse, UtilityBill, utility_bill
from .calendar import Month, Season, When, fiscal_year
from .demand import Peak, contract_kw, demand_kw, peak_of
from .reading import TariffError, read_tariff
from .rounding import half_up
from .tariff import Band, Step, Tariff, Tax

__all__ = [
    "Band",
    "Basic",
    "Line",
    "LineKind",
    "Month",
    "MonthUse",
    "Peak",
    "Season",
    "Step",
    "Tariff",
    "TariffError",
    "Tax",
    "UtilityBill",
    "When",
    "contract_kw",
    "demand_kw",
    "fiscal_year",
    "half_up",
    "peak_of",
    "read_tariff",
    "utility_bill",
]
