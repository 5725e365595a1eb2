"""Where a device answers, as one line of text, outside of Home Assistant (which asks for the parts in a form).

``tcp://HOST:PORT?unit=N``, ``rtu:///dev/ttyUSB0?baudrate=9600&parity=N&unit=1`` and, for a gateway that passes the
frames of its serial line on as they are (RTU over TCP), ``rtutcp://HOST:PORT?unit=N``; ``rtuudp://HOST:PORT?unit=N``
is the same over UDP, as GoodWe's modules have it at port 8899. Strict: what ``parse_address``
accepts, ``format_address`` gives back in one spelling, and a field that is not known is refused and not ignored.
"""

from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

from modbus_connection import ModbusSerialParams, ModbusTcpParams, ModbusUdpParams

DEFAULT_PORT: Final = 502
BAUD_RATES: Final = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)
HIGHEST_UNIT: Final = 247
"""Highest address of a device by the Modbus over Serial Line Specification V1.02; 0 is the broadcast."""
DIRECT_UNITS: Final = (0, 255)
"""What addresses a device that speaks Modbus TCP itself, by the Messaging on TCP/IP Implementation Guide V1.0b: 255,
and 0 is accepted. A gateway may pass 0 on as the broadcast of its line: it is read, and never written (``unwritten``).
"""

type LinkParams = ModbusTcpParams | ModbusUdpParams | ModbusSerialParams


class AddressError(ValueError):
    """An address that cannot be used; the sentence names the part, its value and the remedy."""


@dataclass(frozen=True, slots=True)
class DeviceAddress:
    """A link and the unit behind it."""

    link: LinkParams
    unit: int


def parse_address(address: str) -> DeviceAddress:
    """Read an address.

    Raises:
        AddressError: it is not one.
    """
    try:
        parts = urlsplit(address)
        pairs = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError as error:
        raise AddressError(f"address {address!r} cannot be read ({error}): {_SHAPE}") from error
    if parts.fragment or parts.username is not None:
        raise AddressError(f"address {address!r} has a part that no Modbus address has: {_SHAPE}")
    if parts.scheme not in {"tcp", "rtu", "rtutcp", "rtuudp"}:
        raise AddressError(f"address {address!r} has the scheme {parts.scheme!r}: {_SHAPE}")
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise AddressError(f"address {address!r} states a field twice: state each once")
    unit = _number(address, fields, "unit", low=0, high=max(DIRECT_UNITS))
    link: LinkParams
    match parts.scheme:
        case "tcp":
            host, port = _place(address, parts)
            link = ModbusTcpParams(host=host, port=DEFAULT_PORT if port is None else port)
        case "rtutcp" | "rtuudp":
            host, port = _place(address, parts)
            if port is None:
                raise AddressError(f"address {address!r} has no port, and {parts.scheme} has no usual one: add :PORT")
            link = rtu_over_tcp(host, port) if parts.scheme == "rtutcp" else rtu_over_udp(host, port)
        case _:
            link = _rtu(address, parts, fields)
    for name, value in fields.items():
        raise AddressError(f"address {address!r} has a field {name}={value!r} that is not known there: remove it")
    if (wrong := unit_fault(link, unit)) is not None:
        raise AddressError(f"address {address!r} has unit={unit}: {wrong}")
    return DeviceAddress(link, unit)


def unit_fault(link: LinkParams, unit: int) -> str | None:
    """Say why no device has this unit number on a link; None where one may have it."""
    if 1 <= unit <= HIGHEST_UNIT:
        return None
    if not isinstance(link, ModbusTcpParams):
        said = "it is the broadcast of a serial line, which nobody answers" if unit == 0 else "it is reserved"
        return f"{said}; use the number that is set on the device, from 1 to {HIGHEST_UNIT}"
    if unit in DIRECT_UNITS:
        return None
    return f"it is reserved; use 1 to {HIGHEST_UNIT}, or 0 or 255 for a device that speaks Modbus TCP itself"


def format_address(address: DeviceAddress) -> str:
    """Write an address as ``parse_address`` reads it."""
    match address.link:
        case ModbusTcpParams() as link:
            return f"tcp://{_bracketed(link.host)}:{link.port}?unit={address.unit}"
        case ModbusUdpParams() as link:
            return f"rtuudp://{_bracketed(link.host)}:{link.port}?unit={address.unit}"
        case ModbusSerialParams() as link if is_over_tcp(link):
            return f"rtutcp://{link.device.removeprefix(_SOCKET)}?unit={address.unit}"
        case ModbusSerialParams() as link:
            fields = {
                "baudrate": link.baudrate,
                "parity": link.parity,
                "stopbits": link.stopbits,
                "unit": address.unit,
            }
            return f"rtu://{quote(link.device)}?{urlencode(fields)}"


def parse_host(place: str) -> tuple[str, int | None]:
    """Read HOST or HOST:PORT.

    Raises:
        AddressError: it is not one.
    """
    if set(place) & set("/?#@"):
        raise AddressError(f"address {place!r} has more than a host and a port: write HOST or HOST:PORT")
    try:
        return _place(place, urlsplit(f"tcp://{place}"))
    except AddressError:
        raise
    except ValueError as error:
        raise AddressError(f"address {place!r} cannot be read ({error}): write HOST or HOST:PORT") from error


def rtu_over_tcp(host: str, port: int) -> ModbusSerialParams:
    """Give the link to a gateway that passes the frames of its serial line on as they are.

    To ``modbus_connection`` it is a serial line whose device is a socket; the gateway has the line's own settings.
    """
    return ModbusSerialParams(device=f"{_SOCKET}{_bracketed(host.lower())}:{port}", baudrate=_SOCKET_BAUD)


def rtu_over_udp(host: str, port: int) -> ModbusUdpParams:
    """Give the link to a module that takes each frame of a serial line as one datagram."""
    return ModbusUdpParams(host=host, port=port, framer="rtu")


def is_over_tcp(link: LinkParams) -> bool:
    """Whether the frames of a serial line are carried over TCP."""
    return isinstance(link, ModbusSerialParams) and link.device.startswith(_SOCKET)


def is_serial_line(link: LinkParams) -> bool:
    """Whether it is a serial line of this machine, with settings of its own."""
    return isinstance(link, ModbusSerialParams) and not is_over_tcp(link)


_SOCKET: Final = "socket://"
_SOCKET_BAUD: Final = 115200
"""What ``modbus_connection`` itself takes where the line's speed is the gateway's affair: links are compared by it."""

_SHAPE: Final = (
    "write tcp://HOST:PORT?unit=N, rtutcp://HOST:PORT?unit=N, rtuudp://HOST:PORT?unit=N or "
    "rtu:///dev/ttyUSB0?baudrate=9600&parity=N&unit=N"
)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _place(address: str, parts: SplitResult) -> tuple[str, int | None]:
    try:
        port = parts.port
    except ValueError as error:
        raise AddressError(f"address {address!r} has no usable port ({error}): write one from 1 to 65535") from error
    if not parts.hostname or parts.path not in {"", "/"}:
        raise AddressError(f"address {address!r} has no host, or a path after it: {_SHAPE}")
    if port == 0:
        raise AddressError(f"address {address!r} has port 0: write one from 1 to 65535")
    return parts.hostname, port


def _rtu(address: str, parts: SplitResult, fields: dict[str, str]) -> ModbusSerialParams:
    device = unquote(parts.path)
    if parts.netloc or not device.startswith("/") or device == "/":
        raise AddressError(f"address {address!r} names no serial port: write three slashes, as in rtu:///dev/ttyUSB0")
    baudrate = _number(address, fields, "baudrate", low=BAUD_RATES[0], high=BAUD_RATES[-1], default="9600")
    if baudrate not in BAUD_RATES:
        raise AddressError(f"address {address!r} has baudrate={baudrate}: use one of {', '.join(map(str, BAUD_RATES))}")
    parity: Literal["N", "E", "O"]
    match fields.pop("parity", "N"):
        case "N" | "E" | "O" as parity:
            pass
        case other:
            raise AddressError(f"address {address!r} has parity={other!r}: use N (none), E (even) or O (odd)")
    stopbits: Literal[1, 2] = 2 if _number(address, fields, "stopbits", low=1, high=2, default="1") == 2 else 1
    return ModbusSerialParams(device=device, baudrate=baudrate, parity=parity, stopbits=stopbits)


def _number(address: str, fields: dict[str, str], name: str, *, low: int, high: int, default: str | None = None) -> int:
    value = fields.pop(name, default)
    if value is None:
        raise AddressError(f"address {address!r} has no {name}: add {name}=N, from {low} to {high}")
    if not (value.isascii() and value.isdecimal() and low <= int(value) <= high):
        raise AddressError(f"address {address!r} has {name}={value!r}: use a whole number from {low} to {high}")
    return int(value)
