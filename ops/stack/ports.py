"""Which ports a stack needs and which of them are taken."""

import socket

from ops.settings import Settings

TCP = (
    "web_port", "desk_port", "commands_port", "audiosocket_port", "agi_port", "ami_port", "ast_http_port",
    "carrier_ami_port", "robot_port",
)  # fmt: skip
UDP = ("sip_port", "carrier_sip_port")


def taken(settings: Settings) -> list[tuple[str, int]]:
    """Return (setting, port) of each port on 127.0.0.1 that cannot be bound now."""
    kinds = [(name, socket.SOCK_STREAM) for name in TCP] + [(name, socket.SOCK_DGRAM) for name in UDP]
    return [(name, port) for name, kind in kinds if not _free(port := getattr(settings, name), kind)]


def _free(port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind == socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a closed connection's rest is no occupant
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
