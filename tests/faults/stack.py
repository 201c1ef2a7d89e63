"""One whole stack for the fault tests: the processes of each row of the table, signals to them, being whole again."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from ops import settings as settings_table
from ops.drill.target import Target
from ops.layout import Layout, layout_for, make_folders
from ops.settings import Settings
from ops.stack import control, probes, processes
from ops.stack.parts import PARTS
from ops.stack.supervisor import wait_until
from tests.integration.asterisk.pair import free_base
from tests.stack_parts import share_prompts

ROWS = ("decoder", "speech", "ivr", "crm", "database")
_WHOLE_S = 90.0
KNOWN_CALLER = "13900139000"  # of the demo's data: a product and an address are on file


@dataclass(frozen=True, slots=True)
class FaultStack(Target):
    """A stack that is up with its carrier and the demo's data; token opens the REST API."""

    token: str

    def await_whole(self) -> None:
        """Wait until everything is back; raises AssertionError naming what is not."""
        if not wait_until(self.whole, _WHOLE_S):
            answers = {part.name: part.probe(self.layout, self.settings) for part in PARTS}
            raise AssertionError(f"not whole again: {answers}")

    def await_delivered(self, contact: str) -> None:
        """Wait until the contact has its end in crm and no fact of ivr waits or is kept back."""

        def delivered() -> bool:
            status = self.ivr_status()
            left = [status.get(name) for name in ("facts_waiting", "facts_held")]
            return left == [0, 0] and "contact_ended" in self.fact_kinds(contact)

        assert wait_until(delivered, 45), (self.ivr_status(), self.fact_kinds(contact))

    def fact_kinds(self, contact: str) -> list[str]:
        """Return the kinds of the contact's facts as crm holds them, in order."""
        query = "SELECT kind FROM facts WHERE contact = %s ORDER BY node, seq"
        with self._database() as connection:
            return [str(row[0]) for row in connection.execute(query, (contact,))]

    def rejected(self) -> list[str]:
        """Return the reasons of facts that crm did not take."""
        with self._database() as connection:
            return [str(row[0]) for row in connection.execute("SELECT reason FROM facts WHERE status = 'rejected'")]

    def _database(self) -> psycopg.Connection[tuple[object, ...]]:
        url = self.settings.database_url.replace("postgresql+psycopg://", "postgresql://")
        return psycopg.connect(url, autocommit=True, connect_timeout=5)


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
        stack = FaultStack(layout, settings, token)
        stack.await_whole()
        yield stack
    finally:
        _thaw(layout)
        control.take_down(layout, say)


def _staff(settings: Settings) -> None:
    """Put an agent whose phone nobody answers into the repair queue: callers wait there."""
    ring = "Action: Setvar\r\nVariable: ROBOT_RING\r\nValue: never"
    member = "Action: QueueAdd\r\nQueue: repair\r\nInterface: PJSIP/8001\r\nMemberName: 8001"
    replies = probes.ami_actions(settings.carrier_ami_port, settings, [ring])
    replies += probes.ami_actions(settings.ami_port, settings, [member])
    done = [reply["Response"] == "Success" or "Already there" in reply.get("Message", "") for reply in replies]
    assert all(done), replies  # a kept home remembers its members


def _thaw(layout: Layout) -> None:
    """Let go on what a failed test left stopped: a stopped process does not hear that it should end."""
    for pid in processes.leftovers(layout):
        if processes.running(pid):
            os.kill(pid, signal.SIGCONT)
