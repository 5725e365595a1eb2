"""The building's plan of a day, made of what is settled and traded, and how far the day was from it."""

from .day import PlannedDay, read_day
from .deals import deals_between
from .view import imbalance_plain, plan_view

__all__ = ["PlannedDay", "deals_between", "imbalance_plain", "plan_view", "read_day"]
