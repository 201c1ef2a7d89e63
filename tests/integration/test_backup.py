"""A backup restored into an empty folder: the same rows, files and checksums; what is not the same is said."""

import json
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from crm.migrate import check, upgrade
from ops import backup
from ops.bench.crm_data import Size, fill
from ops.layout import Layout, layout_for
from ops.stack.cluster import Cluster

FILES = {
    "hotline.env": b"HOTLINE_DEMO=0\n", "journal/ivr-1.jsonl": b'{"seq":1}\n', "clips/c1/fault.wav": b"RIFF1",
    "recordings/r1-mix.wav": b"RIFF2" * 100_000, "photos/ab/p.jpg": b"\xff\xd8\xff", "erasures.jsonl": b"{}\n",
    "voicemail/r2.wav": b"RIFF3", "prompts/recorded/hello.wav": b"RIFF4",
}  # fmt: skip


def told(_: str) -> None: ...


@pytest.fixture
def short() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="hb-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def given_home(home: Path) -> Layout:
    for name, content in (FILES | {"packs/current": b"made anew", "log/crm.log": b"x"}).items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(content)
    return layout_for(home, {})


def test_all_that_is_kept_is_compared() -> None:
    assert all(any(name == kept or name.startswith(f"{kept}/") for name in FILES) for kept in backup.KEPT)


def counts(cluster: Cluster) -> dict[str, int]:
    with psycopg.connect(cluster.url.replace("+psycopg", "")) as connection:
        return backup._counts(connection)


def test_a_backup_comes_back_into_an_empty_folder(short: Path) -> None:
    old, new, kept = given_home(short / "old"), layout_for(short / "new", {}), short / "kept"
    cluster = Cluster(old)
    cluster.start()
    try:
        upgrade(cluster.url)
        with psycopg.connect(cluster.url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(
                "INSERT INTO accounts (id, number, name, roles, password_hash, extension, queues, active, created_at) "
                "VALUES ('a', '8001', '李明', '[]', '', '', '[]', true, now())"
            )
        fill(cluster.url, Size(1000, 300), ["a"], told)
        before = counts(cluster)
        backup.back_up(old, cluster.url, kept, told)
        with pytest.raises(backup.BackupFailed, match="not empty"):
            backup.back_up(old, cluster.url, kept, told)
    finally:
        cluster.stop()
    assert before["tickets"] == 1000
    backup.restore(new, kept, told)
    assert {name: (new.home / name).read_bytes() for name in FILES} == FILES
    assert not (new.home / "packs").exists()
    restored = Cluster(new)
    restored.start()
    try:
        assert counts(restored) == before
        check(restored.url)
        with psycopg.connect(restored.url.replace("+psycopg", "")) as connection:
            found = connection.execute("SELECT count(*) FROM tickets WHERE terms @> ARRAY['佛山']").fetchone()
            assert found is not None
            assert found[0] > 0
    finally:
        restored.stop()
    with pytest.raises(backup.BackupFailed, match="not empty"):
        backup.restore(new, kept, told)
    falsify(kept)
    with pytest.raises(backup.BackupFailed, match=r"table tickets is not as it was \(999 / 1000\)"):
        backup.restore(layout_for(short / "third", {}), kept, told)


def falsify(kept: Path) -> None:
    manifest = json.loads((kept / backup.MANIFEST).read_text())
    manifest["rows"]["tickets"] = 999
    (kept / backup.MANIFEST).write_text(json.dumps(manifest))


def packed(kept: Path, home: Path) -> None:
    kept.mkdir()
    (kept / backup.DUMP).write_bytes(b"dump")
    hashes = backup._pack(home, kept / backup.FILES)
    manifest = {"embedded": True, "rows": {}, "files": hashes, "dump": backup._sha256(kept / backup.DUMP)}
    (kept / backup.MANIFEST).write_text(json.dumps(manifest))


def test_a_changed_file_is_named(short: Path) -> None:
    home, kept = given_home(short / "old").home, short / "kept"
    packed(kept, home)
    (home / "clips/c1/fault.wav").write_bytes(b"RIFFx")
    with tarfile.open(kept / backup.FILES, "w") as file:
        for name in FILES:
            file.add(home / name, name)
    with pytest.raises(backup.BackupFailed, match=r"file clips/c1/fault\.wav is not as it was"):
        backup.restore(layout_for(short / "new", {}), kept, told)


def test_a_file_that_is_none_of_ours_is_refused(short: Path) -> None:
    home, kept = given_home(short / "old").home, short / "kept"
    packed(kept, home)
    with tarfile.open(kept / backup.FILES, "a") as file:
        file.add(home / "hotline.env", "../hotline.env")
    with pytest.raises(backup.BackupFailed, match=r"holds \.\./hotline\.env"):
        backup.restore(layout_for(short / "new", {}), kept, told)
    assert not (short / "hotline.env").exists()


@pytest.mark.parametrize("damage", [backup.MANIFEST, backup.DUMP])
def test_half_a_backup_is_refused(short: Path, damage: str) -> None:
    kept = short / "kept"
    packed(kept, given_home(short / "old").home)
    (kept / damage).write_bytes(b"{")
    with pytest.raises(backup.BackupFailed, match=r"no whole backup|not the file that was written"):
        backup.restore(layout_for(short / "new", {}), kept, told)
    assert not (short / "new").exists()
