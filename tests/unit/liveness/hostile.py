"""Peers that are no clients, for every HTTP server of ours: one table of what they send, and how it must end."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from liveness.http_door import Patience, PatientProtocol

GRACE_S = 1.0  # a busy machine takes its time to hand over what was sent
_HOST = b"Host: x\r\n"
GARBAGE = {
    "bytes": b"\x00\xff" * 100 + b"\r\n\r\n",
    "line ends alone": b"\r\n" * 50,
    "another protocol": b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
    "a line end in the path": b"GET /a\r\nb HTTP/1.1\r\n" + _HOST + b"\r\n",
    "half a line end in a header": b"GET / HTTP/1.1\r\n" + _HOST + b"X: a\rb\r\n\r\n",
    "a header without a name": b"GET / HTTP/1.1\r\n" + _HOST + b": x\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "an endless path": b"GET /" + b"a" * 100_000,
    "an endless header": b"GET / HTTP/1.1\r\nX: " + b"a" * 100_000,
    "a length that is no number": b"POST / HTTP/1.1\r\n" + _HOST + b"Content-Length: \xb2\r\n\r\n",
    "a length below zero": b"POST / HTTP/1.1\r\n" + _HOST + b"Content-Length: -1\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\n" + _HOST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "a coding nobody knows": b"POST / HTTP/1.1\r\n" + _HOST + b"Transfer-Encoding: gzip\r\n\r\n",
}
SLOW = {
    "half a head": b"GET / HTTP/1.1\r\nHos",
    "a head without its end": b"GET / HTTP/1.1\r\n" + _HOST,
}
BODIES = (b"", b"{", b"\xff\xfe", b"[" * 10_000, b"null", b"[]", b"\r\n\r\n", b'{"\\u0000": "\\ud800"}')

Good = Callable[[], Awaitable[None]]  # a request that must be answered as always


def impatient(monkeypatch: pytest.MonkeyPatch, bytes_a_second: int = 8_000) -> None:
    """Let every server wait for its peers only GRACE_S."""
    monkeypatch.setattr(PatientProtocol, "patience", Patience(GRACE_S, bytes_a_second))


async def exchange(port: int, *parts: bytes) -> bytes:
    """Send the parts one after the other; return all that comes until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
        async with asyncio.timeout(30):
            return await reader.read()
    except ConnectionError:  # closed with our bytes unread
        return b""
    finally:
        writer.close()


async def grace_over(port: int) -> None:
    """Return when a peer that came now and said nothing was let go, without a word."""
    assert await exchange(port) == b""


async def besiege(port: int, path: str, good: Good, *, token: str = "") -> None:
    """Send all of the table to an impatient server, and after each of it `good`, which must go as always.

    path: takes a POST. token: what makes the server read its body.
    """
    for name, raw in GARBAGE.items():
        told = await exchange(port, raw)
        assert told[:12] in (b"HTTP/1.1 400", b""), (name, told[:80])
        await good()
    named = f"Host: x\r\nAuthorization: Bearer {token}\r\n"
    head = f"POST {path} HTTP/1.1\r\n{named}Content-Length: 100\r\n\r\n".encode()
    for name, raw in {**SLOW, "half a body": head + b"{"}.items():
        waiting = asyncio.create_task(exchange(port, raw))
        await good()
        assert (await waiting)[:12] == b"HTTP/1.1 408", name
    probe = asyncio.create_task(grace_over(port))
    await good()
    await probe
    for cut in (b"", b"GET / HTTP/1.1\r\n", head + b"{"):  # comes and goes
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(cut)
        writer.close()
        await good()
    split = f"GET {path} HTTP/1.1\r\n{named}Connection: close\r\n\r\n".encode()
    told = await exchange(port, *[split[index : index + 1] for index in range(len(split))])
    assert told[:9] == b"HTTP/1.1 "
    assert told[9:12] not in (b"400", b"408", b"500")
