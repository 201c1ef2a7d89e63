"""The wired process with the real flow documents: a call, SIGKILL in the middle of it, and SIGTERM."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx

from ivr.flows.load import load_program
from ivr.flows.prompts import static_texts
from speech.contract import prompt_file
from tests.unit.ivr.sessions.desk_server import TOKEN, desk_server
from tests.unit.ivr.sessions.fake_channel import HANG_UP, WAIT, FakeChannel
from tests.unit.ivr.sessions.fakes import MemoryDesk
from tests.unit.ivr.sessions.rig import until


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for item in sockets:
            item.bind(("127.0.0.1", 0))
        return [item.getsockname()[1] for item in sockets]


def _make_prompts(root: Path) -> None:
    """Write an empty sound for everything the flow says without variables."""
    for row in static_texts(load_program()):
        path = prompt_file(root, str(row["text"]), float(row["rate"]))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"RIFF")


class _Process:
    """One `python -m ivr` on its own ports and state folder; may be started again on the same."""

    def __init__(self, home: Path, desk_port: int) -> None:
        self.agi, self.commands, ami, audio = _free_ports(4)
        values = {
            "HOME": home, "DESK_PORT": desk_port, "COMMANDS_PORT": self.commands, "AUDIOSOCKET_PORT": audio,
            "AGI_PORT": self.agi, "AMI_PORT": ami, "AMI_USER": "hotline", "AMI_SECRET": "s" * 16,
            "INTERNAL_TOKEN": TOKEN, "SPEECH_SOCKET": home / "speech.sock", "STOP_S": 1,
        }  # fmt: skip
        folders = ("PROMPTS", "CLIPS", "RECORDINGS", "VOICEMAIL", "JOURNAL")
        values |= {f"{name}_DIR": home / name.lower() for name in folders}
        self._env_file = home / "hotline.env"
        self._env_file.write_text("".join(f"HOTLINE_{name}={value}\n" for name, value in values.items()))
        self.process: asyncio.subprocess.Process | None = None
        self._log = (home / "ivr.log").open("ab")

    async def start(self) -> None:
        environment = {"PATH": os.environ["PATH"], "HOTLINE_ENV": str(self._env_file)}
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "ivr", env=environment, stdout=self._log, stderr=self._log
        )
        async with asyncio.timeout(120):
            while True:
                if await self.status() is not None:
                    return
                await asyncio.sleep(0.05)

    async def status(self) -> dict[str, object] | None:
        url = f"http://127.0.0.1:{self.commands}/status"
        with contextlib.suppress(httpx.HTTPError):
            async with httpx.AsyncClient(trust_env=False) as client:
                answer = await client.get(url, headers={"Authorization": f"Bearer {TOKEN}"})
                return dict(answer.json())
        return None

    async def kill(self, number: signal.Signals) -> int:
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)
        async with asyncio.timeout(15):
            return await self.process.wait()

    def log_lines(self) -> list[dict[str, object]]:
        self._log.flush()
        lines = Path(self._log.name).read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def close(self) -> None:
        self._log.close()


@contextlib.asynccontextmanager
async def _running(home: Path) -> AsyncIterator[tuple[_Process, MemoryDesk]]:
    desk = MemoryDesk()
    _make_prompts(home / "prompts")
    async with desk_server(desk) as port:
        ivr = _Process(home, port)
        try:
            await ivr.start()
            yield ivr, desk
        finally:
            await ivr.kill(signal.SIGKILL)
            ivr.close()


def _kinds(desk: MemoryDesk) -> list[str]:
    return [envelope.fact.KIND for _, envelope in sorted(desk.held.get("ivr-1", {}).items())]


async def test_a_call_by_keys_and_a_clean_end(tmp_path: Path) -> None:
    async with _running(tmp_path) as (ivr, desk):
        channel = FakeChannel(["3", HANG_UP])
        await channel.call(ivr.agi)
        await until(lambda: "callback_requested" in _kinds(desk) or "turn_ended" in _kinds(desk), "the facts at crm")
        assert _kinds(desk)[0] == "contact_started"
        assert "matter_opened" in _kinds(desk)
        status = await ivr.status()
        assert status is not None
        assert status["numbers_left"] in (999, 1000)
        assert await ivr.kill(signal.SIGTERM) == 0
        text = "\n".join(map(str, ivr.log_lines()))
        assert "13800138000" not in text
        assert "ivr_stopped" in text


async def test_killed_in_the_middle_it_goes_on_at_the_same_question(tmp_path: Path) -> None:
    async with _running(tmp_path) as (ivr, desk):
        first = FakeChannel(["3", WAIT])
        call = first.start(ivr.agi)
        await first.stuck.wait()
        question = first.commands[-1]
        await ivr.kill(signal.SIGKILL)
        await call
        assert "IVR_NEXT" not in first.variables
        await ivr.start()
        second = FakeChannel([HANG_UP], variables={"HL_ATTEMPT": "2"})
        await second.call(ivr.agi)
        assert second.commands[-1] == question
        await until(lambda: "turn_ended" in _kinds(desk), "the facts at crm")
        kinds = _kinds(desk)
        assert kinds.count("contact_started") == 1
        assert kinds.count("matter_opened") == 1
        assert any(line.get("event") == "session_resumed" for line in ivr.log_lines())
