"""Settings that could do harm are refused in plain words (I7, I10, I19, I24)."""

import pytest

from localvpp.blackout import SettingsError
from localvpp.islanding import Load, LoadPolicy, Wiring
from localvpp.islanding.endurance import Reserve

from .room import settings_of


@pytest.mark.parametrize(
    ("wiring", "fields", "told"),
    [
        (Wiring.PAIR, {"watchdog_s": None}, "only commanded through an I/O module that releases both coils"),
        (Wiring.PAIR, {"watchdog_s": 2}, "write 3 to 120 seconds"),
        (Wiring.PAIR, {"watchdog_s": 121}, "write 3 to 120 seconds"),
        (Wiring.OWNED, {"lease_s": 5}, "write 6 to 900 seconds"),
        (Wiring.OWNED, {"lease_s": 901}, "without us the device is to return by itself"),
        (Wiring.OWNED, {"v2h_forms": True}, "work against each other"),
        (Wiring.OWNED, {"reserve": Reserve(usual_percent=30, floor_percent=5)}, "at which the inverter stops"),
        (Wiring.OWNED, {"load_policy": LoadPolicy(shed_below=(75.0, 5.0))}, "or it is never shed"),
        (Wiring.OWNED, {"loads": (Load("lamp", 0, 10.0), Load("lamp", 1, 10.0))}, "name each load once"),
        (Wiring.OWNED, {"loads": (Load("lamp", 4, 10.0),)}, "there are the tiers 0 to 3"),
        (Wiring.OWNED, {"loads": (Load("lamp", 0, -1.0),)}, "write 0 or more"),
        (Wiring.OWNED, {"overdue_days": 0}, "write 1 or more"),
        (Wiring.OWNED, {"living_rated_w": 0}, "in watts"),
    ],
)
def test_settings_that_could_do_harm_are_refused(wiring: Wiring, fields: dict[str, object], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        settings_of(wiring, **fields)


def test_a_car_may_feed_where_no_battery_does() -> None:
    assert settings_of(Wiring.AUTONOMOUS, v2h_forms=True, battery_forms=False).v2h_forms
