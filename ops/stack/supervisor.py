"""supervisord: its configuration, its start, and its XML-RPC interface on a unix socket."""

import http.client
import os
import shlex
import socket
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops.layout import Layout


class SupervisorDown(Exception):
    """No supervisord answers for this home."""


@dataclass(frozen=True, slots=True)
class Program:
    """One part as supervisord runs it. order: lower starts first and stops last."""

    name: str
    argv: Sequence[str]
    order: int
    stop_signal: str = "TERM"
    stop_seconds: int = 10
    whole_group: bool = False  # stop and kill its children too


@dataclass(frozen=True, slots=True)
class ProgramState:
    """What supervisord says of a part. state: RUNNING, STARTING, BACKOFF, STOPPED, EXITED, FATAL ..."""

    name: str
    state: str
    pid: int
    uptime_s: int


def render(layout: Layout, programs: Sequence[Program]) -> str:
    """Return supervisord.conf.

    Nothing starts by itself: `up` starts the parts in order and waits for each. What has once run is restarted, at
    once after a crash and with a delay that grows by 1 s a try while it does not come up.
    """
    head = f"""[supervisord]
logfile={_escape(str(layout.part_log("supervisord")))}
logfile_maxbytes=5MB
logfile_backups=3
pidfile={_escape(str(layout.supervisor_pid))}
childlogdir={_escape(str(layout.log))}
directory={_escape(str(layout.home))}
umask=077

[unix_http_server]
file={_escape(str(layout.supervisor_socket))}
chmod=0700

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""
    return head + "".join(_section(layout, program) for program in programs)


def _section(layout: Layout, program: Program) -> str:
    group = "true" if program.whole_group else "false"
    return f"""
[program:{program.name}]
command={_escape(shlex.join(program.argv))}
environment=HOTLINE_PART="{program.name}"
priority={program.order}
autostart=false
autorestart=true
startsecs=1
startretries=100
stopsignal={program.stop_signal}
stopwaitsecs={program.stop_seconds}
stopasgroup={group}
killasgroup=true
redirect_stderr=true
stdout_logfile={_escape(str(layout.part_log(program.name)))}
stdout_logfile_maxbytes=10MB
stdout_logfile_backups=5
"""


def _escape(text: str) -> str:
    return text.replace("%", "%%")


def environment(layout: Layout, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of supervisord and so of all parts: small, without the operator's own."""
    kept = {name: environ[name] for name in ("PATH", "HOME", "USER", "LOGNAME") if name in environ}
    ours = {
        "LC_ALL": "C.UTF-8",
        "HOTLINE_ENV": str(layout.env_file),
        "PYTHONPATH": str(layout.tree),
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return kept | ours


def start(layout: Layout, *, demo: bool = False) -> None:
    """Start supervisord with the rendered configuration and wait until it answers; raises SupervisorDown.

    demo: all parts run in the demo profile, whatever the settings file says.
    """
    command = [sys.executable, "-W", "ignore", "-m", "supervisor.supervisord", "-c", str(layout.supervisor_conf)]
    env = environment(layout, os.environ) | ({"HOTLINE_DEMO": "1"} if demo else {})
    done = subprocess.run(
        command,
        env=env,
        cwd=layout.home,
        check=False,
        capture_output=True,
        text=True,
        timeout=30,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode != 0:
        raise SupervisorDown(f"supervisord did not start: {(done.stderr or done.stdout).strip()[-400:]}")
    if not wait_until(lambda: alive(layout), 15):
        raise SupervisorDown(f"supervisord does not answer; see {layout.part_log('supervisord')}")


def alive(layout: Layout) -> bool:
    """Tell whether a supervisord answers for this home."""
    try:
        call(layout, "getState")
    except SupervisorDown:
        return False
    return True


def call(layout: Layout, method: str, *args: Any) -> Any:
    """Call supervisor.<method>; raises SupervisorDown, or xmlrpc.client.Fault when it refuses."""
    transport = _UnixTransport(layout.supervisor_socket)
    proxy = xmlrpc.client.ServerProxy("http://localhost", transport=transport)
    try:
        with proxy:
            return getattr(proxy.supervisor, method)(*args)
    except (OSError, http.client.HTTPException, xmlrpc.client.ProtocolError) as error:
        raise SupervisorDown(f"supervisord: {type(error).__name__}") from error


def states(layout: Layout) -> dict[str, ProgramState]:
    """Return the state of each part by name, {} when supervisord is down."""
    try:
        rows = call(layout, "getAllProcessInfo")
    except SupervisorDown:
        return {}
    return {
        row["name"]: ProgramState(row["name"], row["statename"], row["pid"], max(0, row["now"] - row["start"]))
        for row in rows
    }


def start_part(layout: Layout, name: str) -> None:
    """Ask for the start of one part without waiting; nothing happens when it runs. Raises SupervisorDown.

    One that ends at once is no error here: supervisord starts it again, and who waits for it to be ready learns
    the rest.
    """
    try:
        call(layout, "startProcess", name, False)
    except xmlrpc.client.Fault as fault:
        if not fault.faultString.startswith(("ALREADY_STARTED", "SPAWN_ERROR")):
            raise SupervisorDown(f"supervisord refuses to start {name}: {fault.faultString}") from fault


def stop_part(layout: Layout, name: str) -> None:
    """Stop one part and wait for its end; nothing happens when it does not run. Raises SupervisorDown."""
    try:
        call(layout, "stopProcess", name, True)
    except xmlrpc.client.Fault as fault:
        if "NOT_RUNNING" not in fault.faultString:
            raise SupervisorDown(f"supervisord refuses to stop {name}: {fault.faultString}") from fault


def take_over_changes(layout: Layout) -> None:
    """Make a running supervisord read its configuration again: new parts are known, changed ones stopped and known."""
    added, changed, removed = call(layout, "reloadConfig")[0]
    for name in [*changed, *removed]:
        call(layout, "stopProcessGroup", name)
        call(layout, "removeProcessGroup", name)
    for name in [*added, *changed]:
        call(layout, "addProcessGroup", name)


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Poll the condition until it holds; tells whether it did within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.05)
    return True


class _UnixConnection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=60)
        self._path = str(path)

    def connect(self) -> None:
        """Connect to the socket instead of a host."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        try:
            self.sock.connect(self._path)
        except OSError:
            self.close()
            raise


class _UnixTransport(xmlrpc.client.Transport):
    """XML-RPC over a unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def make_connection(self, host: Any) -> http.client.HTTPConnection:
        """Return a connection to the socket, which close() of the base class closes."""
        connection = _UnixConnection(self._path)
        self._connection = (host, connection)
        return connection
