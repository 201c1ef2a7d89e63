"""Starts the hotline's and the carrier's Asterisk on a state folder of their own, with short waiting times."""

import os
import signal
import socket
import subprocess
import time
import wave
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ivr.dialplan.prompts import FALLBACK
from ops import asterisk
from ops import settings as settings_table
from ops.layout import Layout, layout_for, make_folders
from ops.settings import Settings
from tests.integration.asterisk.agi import AgiServer
from tests.integration.asterisk.ami import Ami
from tests.integration.asterisk.line import Exchange, Line, Samples

SHORT: Mapping[str, str] = {
    "queue_timeout_s": "8",
    "overflow_s": "3",
    "fallback_timeout_s": "4",
    "emergency_timeout_s": "2",
    "duty_ring_s": "4",
    "wait_every_s": "5",
    "agent_ring_s": "5",
    "emergency_wait_every_s": "5",
    "safety_wait_s": "1",
    "voicemail_silence_s": "2",
    "voicemail_max_s": "6",
    "duty_numbers": "13900000001,13900000002",
    "ivr_limit_s": "20",
    "max_calls": "2",
}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two running instances."""

    layout: Layout
    settings: Settings
    pbx: Ami
    carrier: Ami
    exchange: Exchange
    agi: AgiServer
    prompts: Mapping[str, Samples]

    def ring(self, to: str, endpoint: str = "hotline", caller: str = "13800138000", **variables: str) -> Line:
        """Call the hotline as a caller; the line's audio is the test's."""
        line = self.exchange.line()
        reply = self.carrier.call(
            "Originate", variables, Channel=f"PJSIP/{to}@{endpoint}", CallerID=f"{caller} <{caller}>",
            Application="AudioSocket", Data=f"{line.name},127.0.0.1:{self.settings.robot_port}",
            Async="true", ChannelId=f"caller-{line.name}",
        )  # fmt: skip
        assert reply["Response"] == "Success", reply
        return line

    def press(self, line: Line, digit: str) -> None:
        """Press a key on the caller's phone (RFC 4733)."""
        reply = self.carrier.call("PlayDTMF", Channel=f"caller-{line.name}", Digit=digit, Duration="120")
        assert reply["Response"] == "Success", reply


@contextmanager
def running(home: Path, tree: Path, base: int) -> Iterator[Pair]:
    """Start both, log in, and stop them at the end."""
    layout = layout_for(home, {"HOTLINE_ASTERISK_TREE": str(tree)})
    make_folders(layout)
    settings = settings_table.ensure(layout, base)
    settings_table.write(layout.env_file, {**settings_table.read(layout.env_file), **SHORT})
    settings = settings_table.ensure(layout, base)
    prompts = make_prompts(layout.prompts / "fallback")
    exchange = Exchange(settings.robot_port)
    agi = AgiServer(settings.agi_port)
    processes = [started(layout, settings, name) for name in ("pbx", "carrier")]
    try:
        for name in ("pbx", "carrier"):
            wait_ready(layout, name)
        ports = (settings.ami_port, settings.carrier_ami_port)
        pbx, carrier = (Ami(port, settings.ami_user, settings.ami_secret) for port in ports)
        yield Pair(layout, settings, pbx, carrier, exchange, agi, prompts)
        pbx.close()
        carrier.close()
    finally:
        agi.close()
        exchange.close()
        for process in processes:
            stop(process)


def started(layout: Layout, settings: Settings, name: str) -> subprocess.Popen[bytes]:
    """Prepare and start one instance; its console goes to log/<name>.log."""
    command = asterisk.prepare(layout, settings, name)
    with layout.part_log(name).open("wb") as log:
        return subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End one instance, frozen or not."""
    os.kill(process.pid, signal.SIGCONT)
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(5)


def wait_ready(layout: Layout, name: str, within: float = 60.0) -> None:
    """Wait until the instance is fully booted."""
    deadline = time.monotonic() + within
    while True:
        try:
            asterisk.rx(layout, name, "core waitfullybooted")
        except asterisk.AsteriskError:
            assert time.monotonic() < deadline, layout.part_log(name).read_text()
        else:
            return


def make_prompts(folder: Path) -> dict[str, Samples]:
    """Speak every fallback prompt, each in its own pitch and cut to 1.4 s, so that tests can tell them apart."""
    folder.mkdir(parents=True, exist_ok=True)
    heard = {}
    for number, (key, text) in enumerate(FALLBACK.items()):
        whole, short = folder / f".{key}.wav", folder / f"{key}.wav"
        voice = ["-v", f"cmn+f{number % 5 + 1}", "-p", str(number * 5), "-s", str(200 + 11 * number)]
        subprocess.run(["espeak-ng", *voice, "-w", str(whole), text], check=True)
        trim = ["silence", "1", "0.01", "1%", "trim", "0", "1.4"]
        subprocess.run(["sox", str(whole), "-r", "8000", "-c", "1", "-b", "16", str(short), *trim], check=True)
        whole.unlink()
        with wave.open(str(short)) as file:
            frames = file.readframes(file.getnframes())
        heard[key] = np.frombuffer(frames, dtype="<i2").astype(np.float64)
    return heard


def free_base(first: int) -> int:
    """Return the first port base from `first` on whose fixed ports are free."""
    for base in range(first, 60000, 500):
        if all(_is_free(base + offset) for offset in (4, 5, 6, 7, 8, 10, 11)):
            return base
    raise AssertionError("no free ports")


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe, socket.socket(type=socket.SOCK_DGRAM) as datagram:
        try:
            probe.bind(("127.0.0.1", port))
            datagram.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
