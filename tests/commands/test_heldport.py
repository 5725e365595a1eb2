"""A port that is held is one's own: before somebody listens there, and while nobody does."""

import asyncio
import errno
import socket
import sys

import pytest

from commands.heldport import held_port

pytestmark = [
    pytest.mark.usefixtures("socket_enabled"),
    pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody could listen on a port that is held"),
]


def taken(port: int) -> bool:
    """Whether the port is refused to somebody who wants it alone."""
    with socket.socket() as other:
        try:
            other.bind(("127.0.0.1", port))
        except OSError as error:
            return error.errno == errno.EADDRINUSE
    return False


async def answers(port: int) -> bool:
    """Whether somebody listens there."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


async def test_a_server_starts_and_starts_again_on_a_port_that_nobody_else_gets() -> None:
    with held_port() as port:
        for _ in range(2):
            assert (taken(port), await answers(port)) == (True, False)
            async with await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", port):
                assert (taken(port), await answers(port)) == (True, True)


def test_it_is_given_back() -> None:
    with held_port() as port:
        assert taken(port)
    assert not taken(port)


def test_two_never_hold_the_same_port() -> None:
    with held_port() as one, held_port() as other:
        assert one != other
