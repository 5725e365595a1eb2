"""Addresses are read strictly and written back in one spelling."""

from hypothesis import given, strategies as st
from modbus_connection import ModbusSerialParams, ModbusTcpParams, ModbusUdpParams
import pytest

from localvpp.devices import AddressError, DeviceAddress, format_address, parse_address
from localvpp.devices.address import LinkParams, is_over_tcp, is_serial_line, parse_host, rtu_over_tcp

NAMES = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?(\.[a-z0-9]{1,8}){0,3}", fullmatch=True)
HOSTS = NAMES | st.ip_addresses().map(str)
TCP = st.builds(ModbusTcpParams, host=HOSTS, port=st.integers(1, 65535))
RTU = st.builds(
    ModbusSerialParams,
    device=st.from_regex(r"/dev/[A-Za-z0-9 _:.#?%-]{1,20}", fullmatch=True),
    baudrate=st.sampled_from([1200, 9600, 115200]),
    parity=st.sampled_from(["N", "E", "O"]),
    stopbits=st.sampled_from([1, 2]),
)
OVER_UDP = st.builds(ModbusUdpParams, host=HOSTS, port=st.integers(1, 65535), framer=st.just("rtu"))
OVER_TCP = st.builds(rtu_over_tcp, host=HOSTS, port=st.integers(1, 65535))


@given(TCP | RTU | OVER_TCP | OVER_UDP, st.integers(1, 247))
def test_what_is_written_is_read_back(link: LinkParams, unit: int) -> None:
    address = DeviceAddress(link, unit)
    written = format_address(address)
    assert parse_address(written) == address
    assert format_address(parse_address(written)) == written


def test_what_is_left_out_has_the_usual_value() -> None:
    assert parse_address("tcp://Meter.local?unit=1") == DeviceAddress(ModbusTcpParams(host="meter.local", port=502), 1)
    assert parse_address("rtu:///dev/ttyUSB0?unit=2").link == ModbusSerialParams(device="/dev/ttyUSB0", baudrate=9600)


@pytest.mark.parametrize("unit", [0, 255])
def test_a_device_that_speaks_modbus_tcp_itself_may_have_no_number_of_its_own(unit: int) -> None:
    address = DeviceAddress(ModbusTcpParams(host="meter.local", port=502), unit)
    assert parse_address(format_address(address)) == address


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("meter.local:502", "scheme"),
        ("http://meter.local?unit=1", "scheme 'http'"),
        ("tcp://meter.local", "no unit"),
        ("tcp://meter.local?unit=248", "unit=248: it is reserved; use 1 to 247, or 0 or 255"),
        ("tcp://meter.local?unit=254", "unit=254: it is reserved"),
        ("tcp://meter.local?unit=256", "unit='256'"),
        ("rtu:///dev/ttyUSB0?unit=0", "unit=0: it is the broadcast of a serial line, which nobody answers"),
        ("rtu:///dev/ttyUSB0?unit=255", "unit=255: it is reserved"),
        ("rtutcp://gateway:8899?unit=0", "unit=0: it is the broadcast"),
        ("rtuudp://gateway:8899?unit=0", "unit=0: it is the broadcast"),
        ("tcp://meter.local?unit=one", "unit='one'"),
        ("tcp://meter.local?unit=１", "whole number"),
        ("tcp://meter.local?unit=1&unit=2", "twice"),
        ("tcp://meter.local?unit=1&baudrate=9600", "baudrate='9600'"),
        ("tcp://meter.local:0?unit=1", "port 0"),
        ("tcp://meter.local:65536?unit=1", "port"),
        ("tcp://meter.local/x?unit=1", "path"),
        ("tcp://?unit=1", "no host"),
        ("tcp://me@meter.local?unit=1", "no Modbus address"),
        ("tcp://meter.local?unit=1#x", "no Modbus address"),
        ("tcp://meter.local?unit", "cannot be read"),
        ("rtutcp://gateway?unit=1", "no port"),
        ("rtuudp://gateway?unit=1", "no port"),
        ("rtutcp://gateway:0?unit=1", "port 0"),
        ("rtutcp://gateway:8899", "no unit"),
        ("rtutcp://gateway:8899/x?unit=1", "path"),
        ("rtutcp://gateway:8899?unit=1&baudrate=9600", "baudrate='9600'"),
        ("rtu://ttyUSB0?unit=1", "three slashes"),
        ("rtu:///?unit=1", "three slashes"),
        ("rtu:///dev/ttyUSB0?unit=1&baudrate=9601", "baudrate=9601"),
        ("rtu:///dev/ttyUSB0?unit=1&parity=X", "parity='X'"),
        ("rtu:///dev/ttyUSB0?unit=1&stopbits=3", "stopbits='3'"),
    ],
)
def test_what_is_wrong_is_named(wrong: str, told: str) -> None:
    with pytest.raises(AddressError, match="address") as caught:
        parse_address(wrong)
    assert told in str(caught.value)


def test_a_serial_line_behind_a_socket_is_one_link_however_its_host_is_spelt() -> None:
    link = parse_address("rtutcp://Gateway:8899?unit=3").link
    assert link == rtu_over_tcp("GATEWAY", 8899)
    assert (is_over_tcp(link), is_serial_line(link)) == (True, False)
    assert link.endpoint == ("serial", "socket://gateway:8899")
    assert is_serial_line(parse_address("rtu:///dev/ttyUSB0?unit=1").link)
    assert not is_over_tcp(parse_address("tcp://gateway:8899?unit=1").link)


@pytest.mark.parametrize(
    ("place", "read"),
    [
        ("Meter.local", ("meter.local", None)),
        ("meter:1502", ("meter", 1502)),
        ("[fd00::1]:502", ("fd00::1", 502)),
    ],
)
def test_a_host_is_read_with_and_without_a_port(place: str, read: tuple[str, int | None]) -> None:
    assert parse_host(place) == read


@pytest.mark.parametrize(
    "wrong", ["", "tcp://meter", "meter:0", "meter:x", "meter/x", "meter?unit=1", "me@meter", "meter#"]
)
def test_a_host_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(AddressError, match="address"):
        parse_host(wrong)
