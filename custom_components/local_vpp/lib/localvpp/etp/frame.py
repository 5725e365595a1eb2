"""A frame: one second's signed state of a flat.

Shared at once, so that the building's controllers and pages see it within the second; kept for days by
the flat under the Merkle root of its slot's ETP; not logged one by one. What the flat does not know is left
out: an absent field is unknown, never zero. Signs are Home Assistant's: grid power positive = import,
battery power positive = discharging.
"""

from dataclasses import dataclass
from typing import Final

from . import cbor, cose
from .body import TimeStatus
from .cbor import Value
from .envelope import issuer
from .errors import FieldError
from .fields import Fields
from .keys import DEVICE_ID_LENGTH, DeviceId, PublicKey, Signer

CONTENT_TYPE: Final = "application/vnd.local-vpp.frame+cbor"
VERSION: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The state of a flat at one second."""

    device: DeviceId
    time_ms: int
    """Unix time of the meter's reading, in milliseconds."""
    count: int
    """Counts the frames since the flat's agent started: a later frame has a larger (time_ms, count)."""
    time_status: TimeStatus = TimeStatus.INFORMATIVE
    grid_w: int | None = None
    import_wh: int | None = None
    export_wh: int | None = None
    pv_w: int | None = None
    battery_w: int | None = None
    soc_permille: int | None = None
    frequency_mhz: int | None = None
    voltage_mv: int | None = None
    """Both of the grid; while the flat is an island, of the island."""
    islanded: bool | None = None
    age_ms: int | None = None
    """How long before this second the oldest of these was measured, at most, None when none was. Energy always is of
    this second: it is left out otherwise."""

    def sign(self, signer: Signer, building: str) -> bytes:
        """Return the signed statement of this frame."""
        value: dict[int, Value] = {
            0: VERSION,
            1: self.device,
            2: self.time_ms,
            3: self.count,
            13: int(self.time_status),
        }
        optional: tuple[tuple[int, Value | None], ...] = (
            (4, self.grid_w),
            (5, self.import_wh),
            (6, self.export_wh),
            (7, self.pv_w),
            (8, self.battery_w),
            (9, self.soc_permille),
            (10, self.frequency_mhz),
            (11, self.voltage_mv),
            (12, self.islanded),
            (14, self.age_ms),
        )
        value |= {key: item for key, item in optional if item is not None}
        return cose.sign(
            signer,
            content_type=CONTENT_TYPE,
            issuer=issuer(self.device),
            subject=building,
            payload=cbor.encode(value),
        )


def open_frame(data: bytes, key: PublicKey, building: str) -> Frame:
    """Return the frame of a signed statement, verified.

    Raises EncodingError, FieldError or SignatureError.
    """
    statement = cose.parse(data, "the frame")
    if statement.content_type != CONTENT_TYPE:
        raise FieldError(f"the frame's content type is {statement.content_type!r}, expected {CONTENT_TYPE!r}")
    if statement.subject != building:
        raise FieldError(f"the frame is meant for {statement.subject!r}, not for {building!r}")
    statement.verify(key)
    fields = Fields(cbor.decode(statement.payload, "the frame's payload"), "the frame")
    fields.version(0, "version", VERSION)
    frame = Frame(
        device=DeviceId(fields.bytes_(1, "device", DEVICE_ID_LENGTH)),
        time_ms=fields.unsigned(2, "time"),
        count=fields.unsigned(3, "count"),
        grid_w=fields.integer(4, "grid power") if fields.has(4) else None,
        import_wh=fields.unsigned(5, "import register") if fields.has(5) else None,
        export_wh=fields.unsigned(6, "export register") if fields.has(6) else None,
        pv_w=fields.integer(7, "PV power") if fields.has(7) else None,
        battery_w=fields.integer(8, "battery power") if fields.has(8) else None,
        soc_permille=fields.unsigned(9, "state of charge", most=1000) if fields.has(9) else None,
        frequency_mhz=fields.unsigned(10, "frequency", most=100_000) if fields.has(10) else None,
        voltage_mv=fields.unsigned(11, "voltage") if fields.has(11) else None,
        islanded=fields.boolean(12, "islanded") if fields.has(12) else None,
        time_status=fields.enum(13, "time status", TimeStatus),
        age_ms=fields.unsigned(14, "age") if fields.has(14) else None,
    )
    fields.end()
    if statement.issuer != issuer(frame.device):
        raise FieldError(f"the frame names issuer {statement.issuer!r} but device {frame.device.hex()}")
    return frame
