"""The embedded PostgreSQL alone, without the rest of the stack: for a restore and for benchmarks."""

import signal
import subprocess
import time

import psycopg

from ops.layout import Layout
from ops.stack import postgres

_START_S = 60.0
_STOP_S = 120.0


class Cluster:
    """Runs the cluster of a state folder, making it first when there is none."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.url = f"postgresql+psycopg://hotline@/hotline?host={layout.run}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it answers; raises TimeoutError, PostgresMissing."""
        for folder in (self.layout.run, self.layout.log):
            folder.mkdir(parents=True, exist_ok=True)
        command = postgres.prepare(self.layout)
        with (self.layout.log / "postgres.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        until = time.monotonic() + _START_S
        while True:
            try:
                postgres.ping(self.layout)
            except psycopg.Error as error:
                if time.monotonic() > until or self._process.poll() is not None:
                    raise TimeoutError("PostgreSQL does not start; see log/postgres.log") from error
                time.sleep(0.1)
            else:
                break
        postgres.ensure_database(self.layout)

    def stop(self) -> None:
        """Stop with a checkpoint."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown
            self._process.wait(timeout=_STOP_S)
            self._process = None
