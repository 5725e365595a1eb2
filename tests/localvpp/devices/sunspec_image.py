"""Builds register images of SunSpec devices from the official model files, independently of the product's models."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
import json
from pathlib import Path
from typing import Any

import sunspec2  # type: ignore[import-untyped]  # it comes without types

BASE = 40000
_FILES = Path(sunspec2.__file__).parent / "models" / "json"

SENTINEL = {
    "int16": 0x8000,
    "uint16": 0xFFFF,
    "count": 0xFFFF,
    "acc16": 0,
    "enum16": 0xFFFF,
    "bitfield16": 0xFFFF,
    "sunssf": 0x8000,
    "pad": 0x8000,
    "int32": 0x8000_0000,
    "uint32": 0xFFFF_FFFF,
    "acc32": 0,
    "enum32": 0xFFFF_FFFF,
    "bitfield32": 0xFFFF_FFFF,
    "float32": 0x7FC0_0000,
    "int64": 0x8000_0000_0000_0000,
    "uint64": 0xFFFF_FFFF_FFFF_FFFF,
    "acc64": 0,
}


@dataclass(frozen=True)
class PlacedPoint:
    """A point by its path in the model ("W", "module/3/DCW"), its offset from the model's header, and its kind."""

    path: str
    offset: int
    size: int
    kind: str


def _walk(group: Mapping[str, Any], offset: int, prefix: str, repeat: int) -> Iterator[PlacedPoint]:
    for point in group.get("points", []):
        yield PlacedPoint(prefix + point["name"], offset, point["size"], point["type"])
        offset += point["size"]
    for inner in group.get("groups", []):
        count = inner.get("count", 1)
        times = count if isinstance(count, int) and count else repeat
        for index in range(1, times + 1):
            points = list(_walk(inner, offset, f"{prefix}{inner['name']}/{index}/", repeat))
            yield from points
            offset = points[-1].offset + points[-1].size


def points(model: int, repeat: int = 0) -> list[PlacedPoint]:
    """All points of a model whose groups without a fixed count repeat ``repeat`` times."""
    definition = json.loads((_FILES / f"model_{model}.json").read_text())
    return list(_walk(definition["group"], 0, "", repeat))


class Image:
    """A device's registers; points that are not set show their sentinel, scale factors 0."""

    def __init__(self, models: Mapping[int, int], base: int = BASE) -> None:
        """``models`` gives the repetitions of each model's open group, 0 for none."""
        self.registers: dict[int, int] = {base: 0x5375, base + 1: 0x6E53}
        self.placed: dict[str, PlacedPoint] = {}
        self.headers: dict[int, int] = {}
        address = base + 2
        for model, repeat in models.items():
            self.headers[model] = address
            layout = points(model, repeat)
            length = layout[-1].offset + layout[-1].size - 2
            for point in layout:
                placed = PlacedPoint(point.path, address + point.offset, point.size, point.kind)
                self.placed[f"{model}.{point.path}"] = placed
                self._put(placed, 0 if point.kind in {"sunssf", "string"} else SENTINEL[point.kind])
            self.registers |= {address: model, address + 1: length}
            address += length + 2
        self.registers |= {address: 0xFFFF, address + 1: 0}

    def _put(self, point: PlacedPoint, value: int) -> None:
        pattern = value % (1 << 16 * point.size)
        for index in range(point.size):
            self.registers[point.offset + index] = pattern >> 16 * (point.size - 1 - index) & 0xFFFF

    def set(self, values: Mapping[str, int | str]) -> None:
        """Set raw values, by "model.path"."""
        for name, value in values.items():
            point = self.placed[name]
            text = value.encode().ljust(2 * point.size, b"\0") if isinstance(value, str) else b""
            self._put(point, value if isinstance(value, int) else int.from_bytes(text))

    def lengthen(self, model: int, registers: int) -> None:
        """Make a model longer by registers that mean nothing, or shorter; the chain behind it moves and stays whole."""
        header = self.headers[model]
        end = header + 2 + self.registers[header + 1]
        behind = {address: value for address, value in self.registers.items() if address >= end}
        self.registers = {
            address: value for address, value in self.registers.items() if address < min(end, end + registers)
        }
        self.registers |= dict.fromkeys(range(end, end + registers), 0x5AA5)
        self.registers |= {address + registers: value for address, value in behind.items()}
        self.registers[header + 1] += registers
        self.headers = {
            number: address + registers if address >= end else address for number, address in self.headers.items()
        }
        self.placed = {
            name: replace(point, offset=point.offset + registers) if point.offset >= end else point
            for name, point in self.placed.items()
        }

    def address(self, name: str) -> int:
        """The first register of a point."""
        return self.placed[name].offset


def legacy(base: int = BASE) -> Image:
    """A hybrid of the first generation: 5 kW, 9.8 kWh, PV 3.0 kW, charging with 1.2 kW."""
    image = Image({1: 0, 101: 0, 120: 0, 122: 0, 124: 0, 160: 4}, base)
    image.set(
        {
            "1.Mn": "Maker",
            "1.Md": "Hybrid",
            "1.SN": "A-1",
            "1.Vr": "2.3",
            "101.W": 1800,
            "101.Hz": 6001,
            "101.Hz_SF": -2,
            "101.PhVphA": 1012,
            "101.V_SF": -1,
            "101.WH": 123456,
            "101.WH_SF": 1,
            "101.St": 4,
            "101.Evt1": 0,
            "101.DCW": 1900,
            "120.WRtg": 500,
            "120.WRtg_SF": 1,
            "120.WHRtg": 9800,
            "120.MaxDisChaRte": 4000,
            "122.ECPConn": 1,
            "124.WChaMax": 5000,
            "124.StorCtl_Mod": 0,
            "124.ChaState": 6420,
            "124.ChaState_SF": -2,
            "124.OutWRte": 10000,
            "124.InWRte": 10000,
            "124.InOutWRte_SF": -2,
            "124.InOutWRte_RvrtTms": 0,
            "160.N": 4,
            "160.module/1/DCW": 1600,
            "160.module/2/DCW": 1400,
            "160.module/3/DCW": 1200,
            "160.module/4/DCW": 0,
        }
    )
    return image


def der() -> Image:
    """A hybrid of the second generation: 5 kW, 10 kWh, PV 2.0 kW, discharging with 0.5 kW."""
    image = Image({1: 0, 701: 0, 702: 0, 703: 0, 704: 0, 713: 0, 714: 2, 715: 0})
    image.set(
        {
            "1.Mn": "Maker",
            "1.Md": "DER",
            "1.SN": "B-2",
            "701.W": 2450,
            "701.Hz": 60010,
            "701.Hz_SF": -3,
            "701.LNV": 1015,
            "701.V_SF": -1,
            "701.TotWhInj": 9_007_199_254_740,
            "701.TotWh_SF": -1,
            "701.InvSt": 3,
            "701.ConnSt": 1,
            "701.Alrm": 0,
            "701.DERMode": 1,
            "702.WMaxRtg": 5000,
            "702.WChaRteMaxRtg": 4500,
            "702.WDisChaRteMaxRtg": 4600,
            "702.IntIslandCatRtg": 6,
            "703.ESDlyRemTms": 0,
            "704.WSetEna": 0,
            "704.WSetMod": 0,
            "704.WSet": 0,
            "704.WSet_SF": 0,
            "704.WSetRvrt": 0,
            "704.WSetEnaRvrt": 0,
            "704.WSetRvrtTms": 0,
            "704.WSetRvrtRem": 0,
            "713.WHRtg": 100,
            "713.WH_SF": 2,
            "713.SoC": 555,
            "713.Pct_SF": -1,
            "714.NPrt": 2,
            "714.Prt/1/PrtTyp": 0,
            "714.Prt/1/DCW": 2000,
            "714.Prt/2/PrtTyp": 1,
            "714.Prt/2/DCW": 500,
            "715.LocRemCtl": 0,
        }
    )
    return image
