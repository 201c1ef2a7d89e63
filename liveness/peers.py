"""Who is at the other end of a connection, for the log line that says what was wrong with it. Imports none of ours."""

import asyncio


def peer_name(connection: asyncio.BaseTransport | asyncio.StreamWriter) -> str:
    """Return "127.0.0.1:40312", "" of a socket without a name."""
    address = connection.get_extra_info("peername")
    return f"{address[0]}:{address[1]}" if isinstance(address, tuple) else ""
