"""Who gets in: nobody but the trunk's address and agents with their password; agents cannot dial."""

import hashlib
import re
import socket
import uuid
from pathlib import Path

import pytest

from ops.asterisk import agent_secret, rx
from ops.doctor.gather import ami_rights
from tests.integration.asterisk.ami import Ami, NothingCame
from tests.integration.asterisk.pair import Pair


class Phone:
    """A bare SIP phone on a loopback address: sends one INVITE, returns final answers."""

    def __init__(self, pair: Pair, address: str) -> None:
        self._server = ("127.0.0.1", pair.settings.sip_port)
        self._socket = socket.socket(type=socket.SOCK_DGRAM)
        self._socket.bind((address, 0))
        self._address, self._port = self._socket.getsockname()
        self._socket.settimeout(3)
        self._call = uuid.uuid4().hex

    def invite(self, user: str, to: str, more: str = "", sequence: int = 1) -> tuple[int, str]:
        """Return status code and whole answer of the first final answer; 0 when nothing is answered."""
        here = f"IN IP4 {self._address}"
        sdp = f"v=0\r\no=- 1 1 {here}\r\ns=-\r\nc={here}\r\nt=0 0\r\nm=audio 40000 RTP/AVP 8\r\n"
        lines = [
            f"INVITE sip:{to}@127.0.0.1 SIP/2.0",
            f"Via: SIP/2.0/UDP {self._address}:{self._port};branch=z9hG4bK{uuid.uuid4().hex};rport",
            "Max-Forwards: 70", f"From: <sip:{user}@127.0.0.1>;tag=1", f"To: <sip:{to}@127.0.0.1>",
            f"Call-ID: {self._call}", f"CSeq: {sequence} INVITE", f"Contact: <sip:{user}@{self._address}:{self._port}>",
            *([more] if more else []), "Content-Type: application/sdp", f"Content-Length: {len(sdp)}", "", sdp,
        ]  # fmt: skip
        self._socket.sendto("\r\n".join(lines).encode(), self._server)
        while True:
            try:
                answer = self._socket.recv(65536).decode()
            except TimeoutError:
                return 0, ""
            status = int(answer.split()[1])
            if status >= 200:
                return status, answer

    def close(self) -> None:
        """Hang up the socket."""
        self._socket.close()


@pytest.mark.parametrize("user", ["anonymous", "stranger", "carrier", "8001", "s"])
def test_a_strange_address_gets_nothing(pair: Pair, user: str) -> None:
    phone = Phone(pair, "127.0.0.2")
    status, _ = phone.invite(user, "4001726011")
    phone.close()
    assert status in (0, 401, 403)
    assert "CallerIDNum: " + user not in str(pair.pbx.seen)


def test_agent_without_password_is_asked_for_it(pair: Pair) -> None:
    phone = Phone(pair, "127.0.0.1")
    status, _ = phone.invite("8002", "4001726011")
    phone.close()
    assert status == 401


def test_agent_with_password_cannot_dial_out(pair: Pair) -> None:
    for number in ("13800138000", "4001726011", "8003", "carrier"):
        phone = Phone(pair, "127.0.0.1")
        _, challenge = phone.invite("8002", number)
        proof = _digest(challenge, "8002", agent_secret(pair.settings.sip_secret, "8002"), f"sip:{number}@127.0.0.1")
        status, _ = phone.invite("8002", number, proof, 2)
        phone.close()
        assert status in (403, 404, 603), number


def _digest(challenge: str, user: str, password: str, uri: str) -> str:
    found = dict(re.findall(r'(realm|nonce|opaque)="([^"]*)"', challenge))
    first = _md5(f"{user}:{found['realm']}:{password}")
    response = _md5(f"{first}:{found['nonce']}:00000001:ab:auth:{_md5(f'INVITE:{uri}')}")
    return (
        f'Authorization: Digest username="{user}", realm="{found["realm"]}", nonce="{found["nonce"]}", uri="{uri}", '
        f'response="{response}", algorithm=MD5, cnonce="ab", qop=auth, nc=00000001, opaque="{found.get("opaque", "")}"'
    )


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()  # SIP digest has no other


def test_everything_listens_on_loopback_only(pair: Pair) -> None:
    line = pair.ring("4001726011", caller="13800138200")
    assert line.came.wait(5)
    mine = range(pair.settings.port_base, pair.settings.port_base + 500)
    for name in ("pbx", "carrier"):
        bound = _bound(pair, name)
        assert len({port for kind, address, port in bound if (kind, address) == ("udp", "0100007F")}) >= 2  # SIP, RTP
        outside = {item for item in bound if item[1] != "0100007F"}
        # PJSIP's own DNS resolver holds one socket for each address family; it answers nobody
        assert {kind.rstrip("6") for kind, _, _ in outside} <= {"udp"}, name
        assert len(outside) <= 2
        assert not [port for _, _, port in outside if port in mine], name
    line.hangup.set()
    pair.pbx.event("HLEnded", Caller="13800138200")


def _bound(pair: Pair, name: str) -> set[tuple[str, str, int]]:
    control = pair.layout.instance(name) / "run/asterisk.pid"
    process = Path("/proc") / control.read_text().strip()
    inodes = {link.readlink().name.removeprefix("socket:[").rstrip("]") for link in (process / "fd").iterdir()}
    found = set()
    for table in ("tcp", "tcp6", "udp", "udp6"):
        for line in (process / "net" / table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[9] in inodes:
                address, _, port = fields[1].partition(":")
                found.add((table, address, int(port, 16)))
    return found


def test_ami_refuses_a_wrong_password_and_dangerous_actions(pair: Pair) -> None:
    stranger = Ami(pair.settings.ami_port, pair.settings.ami_user, "wrong")
    with pytest.raises(NothingCame):
        stranger.event("FullyBooted", within=1)
    stranger.close()
    actions: tuple[tuple[str, dict[str, str]], ...] = (
        ("Command", {"Command": "core stop now"}),
        ("UpdateConfig", {"SrcFilename": "pjsip.conf", "DstFilename": "pjsip.conf"}),
        ("Reload", {}),
        ("ModuleLoad", {"LoadType": "unload", "Module": "app_queue.so"}),
        ("Originate", {"Channel": "Local/s@hl-resume", "Application": "System", "Data": "id"}),
    )
    for action, fields in actions:
        assert pair.pbx.call(action, None, **fields)["Response"] == "Error", action


def test_the_doctor_finds_every_right_of_ivrs_user_and_a_wrong_password(pair: Pair) -> None:
    assert ami_rights(pair.layout, pair.settings) == ("", ())
    wrong = pair.settings.model_copy(update={"ami_secret": "wrong"})
    assert ami_rights(pair.layout, wrong) == ("ValueError", ())


def test_fully_booted_and_timestamps_come_to_ivrs_user(pair: Pair) -> None:
    assert pair.pbx.event("FullyBooted")["Status"] == "Fully Booted"
    assert float(pair.pbx.event("ContactStatus")["Timestamp"]) > 1.7e9


def test_queues_have_no_static_members(pair: Pair) -> None:
    shown = rx(pair.layout, "pbx", "queue show")
    assert shown.count("No Members") == 4
