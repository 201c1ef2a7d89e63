"""A private PostgreSQL for the benchmark of the CRM, with the hotline's own settings, that can be made cold."""

import os

import psycopg

from ops.stack.cluster import Cluster


class Server(Cluster):
    """Runs the cluster of a folder; `cold` restarts it with nothing of its files in memory."""

    def cold(self) -> None:
        """Restart with an empty cache of its own and without its files in the kernel's."""
        self.stop()
        for path in self.layout.pg.rglob("*"):
            if path.is_file():
                with path.open("rb") as file:
                    os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        self.start()

    def megabytes(self) -> dict[str, int]:
        """Return the size of the database and of its greatest tables and indexes."""
        with psycopg.connect(self.url.replace("+psycopg", "")) as connection:
            rows = connection.execute(
                "SELECT relname, pg_relation_size(oid) / 1000000 FROM pg_class WHERE relkind IN ('r', 'i') "
                "ORDER BY 2 DESC LIMIT 12"
            ).fetchall()
            whole = connection.execute("SELECT pg_database_size('hotline') / 1000000").fetchone()
        return {"database": int(whole[0]) if whole else 0, **{str(name): int(size) for name, size in rows}}
