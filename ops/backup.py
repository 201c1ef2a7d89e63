"""A backup of one hotline: database, files and a manifest of what there is, by which a restore is proved.

manifest.json   rows of every table, SHA-256 of every file
hotline.dump    pg_dump, custom format, of the very snapshot that was counted
files.tar       settings, journal, recordings, clips, voicemail, photos, recorded prompts, the re-erase list
"""

import hashlib
import io
import json
import subprocess
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from ops.layout import Layout
from ops.stack.cluster import Cluster
from ops.stack.postgres import program_folder

KEPT = (
    "hotline.env", "journal", "recordings", "clips", "voicemail", "photos", "prompts/recorded", "erasures.jsonl",
)  # fmt: skip
MANIFEST, DUMP, FILES = "manifest.json", "hotline.dump", "files.tar"
Say = Callable[[str], None]


class BackupFailed(Exception):
    """A backup or restore cannot be done, or what came back is not what went in; the message says what."""


def back_up(layout: Layout, url: str, folder: Path, say: Say) -> None:
    """Write a backup of a hotline that may go on running into an empty folder; raises BackupFailed.

    The journal is copied after the database: an older one would give numbers out again.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any(folder.iterdir()):
        raise BackupFailed(f"{folder} is not empty")
    address = url.replace("postgresql+psycopg://", "postgresql://", 1)
    try:
        with psycopg.connect(address, connect_timeout=5) as connection:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            row = connection.execute("SELECT pg_export_snapshot()").fetchone()
            counts = _counts(connection)
            say(f"database: {sum(counts.values())} rows of {len(counts)} tables")
            _run(layout, "pg_dump", "-Fc", f"--snapshot={row[0] if row else ''}", f"--dbname={address}",
                 f"--file={folder / DUMP}")  # fmt: skip
    except psycopg.Error as error:
        raise BackupFailed(f"the database does not answer: {type(error).__name__}") from error
    hashes = _pack(layout.home, folder / FILES)
    say(f"files: {len(hashes)}")
    embedded = f"host={layout.run}" in url
    manifest = {"embedded": embedded, "rows": counts, "files": hashes, "dump": _sha256(folder / DUMP)}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True), encoding="utf-8")


def restore(layout: Layout, folder: Path, say: Say) -> None:
    """Bring a backup back into an empty state folder with the embedded database, and prove it; raises BackupFailed."""
    manifest = _manifest(folder)
    if not manifest["embedded"]:
        raise BackupFailed(f"this hotline had its own PostgreSQL: pg_restore {folder / DUMP} there and untar {FILES}")
    if layout.home.exists() and any(layout.home.iterdir()):
        raise BackupFailed(f"{layout.home} is not empty")
    layout.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    _unpack(folder / FILES, layout.home, manifest["files"])
    found = {name: _sha256(layout.home / name) for name in _names(layout.home)}
    _compare("file", manifest["files"], found)
    cluster = Cluster(layout)
    cluster.start()
    try:
        address = cluster.url.replace("+psycopg", "")
        _run(layout, "pg_restore", "--no-owner", "--exit-on-error", f"--dbname={address}", str(folder / DUMP))
        with psycopg.connect(address) as connection:
            counts = _counts(connection)
            connection.execute("ANALYZE")
    finally:
        cluster.stop()
    _compare("table", manifest["rows"], counts)
    say(f"the same as backed up: {sum(counts.values())} rows of {len(counts)} tables, {len(found)} files")


def _manifest(folder: Path) -> Mapping[str, Any]:
    try:
        manifest: Mapping[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if _sha256(folder / DUMP) != manifest["dump"]:
            raise BackupFailed(f"{folder / DUMP} is not the file that was written")
    except (OSError, ValueError, KeyError) as error:
        raise BackupFailed(f"{folder} holds no whole backup") from error
    return manifest


def _counts(connection: psycopg.Connection[Any]) -> dict[str, int]:
    tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
    found = {}
    for (table,) in tables:
        row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
        found[str(table)] = int(row[0]) if row else 0
    return found


def _names(home: Path) -> list[str]:
    """Return what is kept of a state folder, file by file."""
    found = []
    for kept in KEPT:
        place = home / kept
        files = [place] if place.is_file() else sorted(place.rglob("*")) if place.is_dir() else []
        found += [str(file.relative_to(home)) for file in files if file.is_file() and not file.is_symlink()]
    return found


def _pack(home: Path, target: Path) -> dict[str, str]:
    """Write the files; returns the hash of each as it was written: one that grows meanwhile is cut where it was."""
    found = {}
    with tarfile.open(target, "w") as packed:
        for name in _names(home):
            try:
                content = (home / name).read_bytes()
                info = packed.gettarinfo(home / name, name)
            except FileNotFoundError:
                continue  # erased or moved since it was listed
            info.size = len(content)
            found[name] = hashlib.sha256(content).hexdigest()
            packed.addfile(info, io.BytesIO(content))
    return found


def _unpack(source: Path, home: Path, wanted: Mapping[str, str]) -> None:
    """Write the files of the manifest and no others, none outside of the state folder; only their owner may read."""
    with tarfile.open(source) as packed:
        for member in packed:
            target = (home / member.name).resolve()
            content = packed.extractfile(member) if member.isfile() and member.name in wanted else None
            if content is None or not target.is_relative_to(home.resolve()):
                raise BackupFailed(f"{source} holds {member.name}, which is none of the files that were written")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.read())
            target.chmod(0o600)


def _compare(what: str, wanted: Mapping[str, object], found: Mapping[str, object]) -> None:
    """Raise BackupFailed naming the first things that are not as they were."""
    wrong = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
    if wrong:
        first = wrong[0]
        told = f"{what} {first} is not as it was ({wanted.get(first)} / {found.get(first)})"
        raise BackupFailed(told + (f", and {len(wrong) - 1} more" if len(wrong) > 1 else ""))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _run(layout: Layout, program: str, *arguments: str) -> None:
    command = [str(program_folder(layout.pg) / program), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise BackupFailed(f"{program}: {(done.stderr.strip().splitlines() or ['failed'])[-1]}")
