"""What a flat will likely take and make in the coming slots, told with how sure that is.

Built for a small computer: numpy alone, a few milliseconds for a day. Floats are at home here, because a forecast is
no billed energy; what becomes an order is a whole number of Wh. Method and measured figures: docs/forecast.md.
"""

from .conformal import LEVELS
from .errors import ForecastError
from .forecasting import Forecast, Kind, Reason, Slot, Used, forecast
from .history import History, summed
from .profile import Blend, Method, SeasonalNaive, WeightedMedian
from .scenarios import net_days
from .sun import ClearSkyRatio, looks_like_sun

__all__ = [
    "LEVELS",
    "Blend",
    "ClearSkyRatio",
    "Forecast",
    "ForecastError",
    "History",
    "Kind",
    "Method",
    "Reason",
    "SeasonalNaive",
    "Slot",
    "Used",
    "WeightedMedian",
    "forecast",
    "looks_like_sun",
    "net_days",
    "summed",
]
