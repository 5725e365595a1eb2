"""Profiles for a building without measured data.

Load: the standard load profile H25 for households (BDEW, 2025 revision) by way of ``demandlib`` (MIT licence).
Sun: the clear-sky irradiance of Haurwitz (1945) on a level plane in Tokyo, with a performance ratio of 0.8; the weather
is what the control page sets.
"""

from datetime import datetime, timedelta
from importlib import import_module
from importlib.metadata import version
import math
from typing import Final

from ..errors import SimulatorError
from .series import Series

_ANNUAL_WH: Final = 4_000_000
"""A household's year; flats scale it."""

_STEP_S: Final = 900
_LATITUDE: Final = math.radians(35.68)
_LONGITUDE: Final = 139.69
_ZONE_MERIDIAN: Final = 135.0
_PERFORMANCE: Final = 0.8


def haurwitz(moment: datetime) -> float:
    """Global irradiance on a level plane under a clear sky, W/m2, at a local standard time in Tokyo.

    Source: B. Haurwitz, Insolation in relation to cloudiness and cloud density, Journal of Meteorology 2 (1945), with
    Spencer's (1971) series for the sun's declination and the equation of time.
    """
    day = 2 * math.pi * (moment.timetuple().tm_yday - 1) / 365
    declination = (
        0.006918
        - 0.399912 * math.cos(day)
        + 0.070257 * math.sin(day)
        - 0.006758 * math.cos(2 * day)
        + 0.000907 * math.sin(2 * day)
    )
    equation_min = 229.18 * (
        0.000075
        + 0.001868 * math.cos(day)
        - 0.032077 * math.sin(day)
        - 0.014615 * math.cos(2 * day)
        - 0.04089 * math.sin(2 * day)
    )
    minutes = moment.hour * 60 + moment.minute + moment.second / 60
    solar_min = minutes + equation_min + 4 * (_LONGITUDE - _ZONE_MERIDIAN)
    hour_angle = math.radians(solar_min / 4 - 180)
    cosine = math.sin(_LATITUDE) * math.sin(declination) + math.cos(_LATITUDE) * math.cos(declination) * math.cos(
        hour_angle
    )
    return 1098 * cosine * math.exp(-0.057 / cosine) if cosine > 0 else 0.0


def generate(year: int) -> Series:
    """A year of quarter hours.

    Raises:
        SimulatorError: the library is not installed.
    """
    try:
        # Loaded only here: with measured profiles the simulator needs no numeric library at all. Neither is typed.
        pandas = import_module("pandas")
        bdew = import_module("demandlib.bdew")
    except ModuleNotFoundError as error:
        raise SimulatorError(
            f"generated profiles need {error.name}: install local-vpp[simulator], or give --profiles FILE.csv"
        ) from error
    start = datetime(year, 1, 1)  # noqa: DTZ001 - profiles run on a local clock without a zone
    count = (datetime(year + 1, 1, 1) - start).days * 86_400 // _STEP_S  # noqa: DTZ001
    shape = [float(value) for value in bdew.H25(pandas.date_range(start, periods=count, freq="15min"), holidays=[])]
    mean_mw = _ANNUAL_WH * 3600 * 1000 / (count * _STEP_S)
    mean_shape = sum(shape) / count
    middles = (start + timedelta(seconds=_STEP_S * index + _STEP_S / 2) for index in range(count))
    return Series(
        name=f"demandlib {version('demandlib')} (BDEW H25 load), Haurwitz 1945 clear sky (PV, level plane, Tokyo)",
        start=start,
        interval_s=_STEP_S,
        load_mw=tuple(round(mean_mw * value / mean_shape) for value in shape),
        pv_uw_per_wp=tuple(round(haurwitz(moment) * _PERFORMANCE * 1000) for moment in middles),
    )
