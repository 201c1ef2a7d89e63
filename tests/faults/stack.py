"""One whole stack for the fault tests: the processes of each row of the table, signals to them, being whole again."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

import psycopg

from ops import settings as settings_table
from ops.asterisk.instance import rx
from ops.drill.target import Target
from ops.layout import Layout, layout_for, make_folders
from ops.settings import Settings
from ops.stack import control, probes, processes, supervisor
from ops.stack.parts import IVR, PARTS
from ops.stack.supervisor import wait_until
from tests.faults.gate import Gate
from tests.integration.asterisk.pair import free_base
from tests.stack_parts import share_prompts

_WHOLE_S = 90.0
_GATE = 20  # port base + this: ivr reaches Asterisk's manager through the gate
_PHONE = "8001"
KNOWN_CALLER = "13900139000"  # of the demo's data: a product and an address are on file


@dataclass(frozen=True, slots=True)
class FaultStack(Target):
    """A stack that is up with its carrier and the demo's data; token opens the REST API. gate: ivr's way to AMI."""

    token: str
    gate: Gate

    def await_whole(self) -> None:
        """Wait until everything is back; raises AssertionError naming what is not."""
        if not wait_until(lambda: self.whole() and self._staffed(), _WHOLE_S):
            answers = {part.name: part.probe(self.layout, self.settings) for part in PARTS}
            raise AssertionError(f"not whole again: {answers}")

    def _staffed(self) -> bool:
        """Tell whether the agent's phone can be rung: after a restart of Asterisk it comes back on its own."""
        return any(_PHONE in line and "(Not in use)" in line
                   for line in rx(self.layout, "pbx", "queue show repair").splitlines())  # fmt: skip

    def await_delivered(self, contact: str) -> None:
        """Wait until crm holds the contact's end and its recording's, and no fact of ivr waits or is kept back."""

        def delivered() -> bool:
            status = self.ivr_status()
            left = [status.get(name) for name in ("facts_waiting", "facts_held")]
            kinds = self.query("SELECT kind FROM facts WHERE contact = %s", contact)
            return left == [0, 0] and {("contact_ended",), ("recording_finished",)} <= set(kinds)

        facts = "SELECT kind FROM facts WHERE contact = %s ORDER BY node, seq"
        assert wait_until(delivered, 60), (self.ivr_status(), self.query(facts, contact))

    def let_minutes_pass(self) -> None:
        """Make what was cut before a thing of long ago: its caller, who rings again, is not asked to go on with it."""
        self.query("UPDATE timeline SET at = at - interval '1 hour' RETURNING ticket_no")

    def query(self, query: LiteralString, *values: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query to crm's database."""
        url = self.settings.database_url.replace("postgresql+psycopg://", "postgresql://")
        with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
            return connection.execute(query, values).fetchall()


@contextmanager
def running(home: Path, say: Callable[[str], None]) -> Iterator[FaultStack]:
    """Bring a stack up in `home`, seed it, and take it down at the end, whatever happened."""
    here = Path(__file__).resolve().parents[2]
    shared = {"HOTLINE_ASTERISK_TREE": str(here / "var" / "asterisk-tree")} | dict(os.environ)
    layout = layout_for(home, shared)
    try:
        make_folders(layout)
        share_prompts(layout)
        base = int(os.environ.get("FAULTS_PORT_BASE", "0")) or free_base(24000)
        settings = settings_table.ensure(layout, base)
        failures = control.bring_up(layout, settings, say)
        carrier = control.start_carrier(layout, settings, say)
        assert not failures, failures
        assert carrier is None, carrier
        control.run_ours(layout, ["crm", "demo"])
        _staff(settings)
        token = control.run_ours(layout, ["crm", "token", "--name", "faults"]).strip()
        with _gated(layout, settings) as gate:
            stack = FaultStack(layout, settings, token, gate)
            stack.await_whole()
            yield stack
    finally:
        _thaw(layout)
        control.take_down(layout, say)


@contextmanager
def _gated(layout: Layout, settings: Settings) -> Iterator[Gate]:
    """Let ivr alone reach Asterisk's manager through a gate: its port stands in the settings file meanwhile."""
    port, before = settings.port_base + _GATE, settings_table.read(layout.env_file)
    with Gate(port, settings.ami_port) as gate:
        settings_table.write(layout.env_file, before | {"ami_port": str(port)})
        try:
            supervisor.stop_part(layout, IVR.name)
            supervisor.start_part(layout, IVR.name)
            yield gate
        finally:
            settings_table.write(layout.env_file, before)


def _staff(settings: Settings) -> None:
    """Put an agent whose phone nobody answers into the repair queue: callers wait there."""
    ring = "Action: Setvar\r\nVariable: ROBOT_RING\r\nValue: never"
    member = f"Action: QueueAdd\r\nQueue: repair\r\nInterface: PJSIP/{_PHONE}\r\nMemberName: {_PHONE}"
    replies = probes.ami_actions(settings.carrier_ami_port, settings, [ring])
    replies += probes.ami_actions(settings.ami_port, settings, [member])
    done = [reply["Response"] == "Success" or "Already there" in reply.get("Message", "") for reply in replies]
    assert all(done), replies  # a kept home remembers its members


def _thaw(layout: Layout) -> None:
    """Let go on what a failed test left stopped: a stopped process does not hear that it should end."""
    for pid in processes.leftovers(layout):
        if processes.running(pid):
            os.kill(pid, signal.SIGCONT)
