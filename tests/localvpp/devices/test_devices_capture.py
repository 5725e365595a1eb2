"""What a capture keeps, how long, and what it leaves out."""

import asyncio
from dataclasses import replace
import json
from pathlib import Path

from conftest import Clock
from hypothesis import given, strategies as st
from modbus_connection import ModbusConnectionError, ModbusExceptionError, ModbusUnit
from modbus_connection.mock import MockModbusUnit
import pytest

from localvpp.devices import (
    Capture,
    CaptureError,
    Captures,
    DeviceSilentError,
    Lines,
    MapMeter,
    MeterReading,
    Recording,
    SunSpecDevice,
    load_map,
    probe_meter,
    read_recordings,
    redacted,
    write_recordings,
)
from localvpp.devices.capture.recording import Exchange, Failure, Told, pack, parse_recordings
from localvpp.devices.capture.ring import KEPT_REQUESTS
from localvpp.devices.serial import SerialUnit
from sunspec_image import legacy_image

SDM120 = load_map("eastron_sdm120")


def capture_of(clock: Clock, **limits: float) -> Capture:
    return Capture("meter", "eastron_sdm120", clock=clock, wall_ns=lambda: round(clock.now * 1e9), **limits)  # type: ignore[arg-type]
