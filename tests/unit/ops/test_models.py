"""Fetching official models, against a server of our own that also lies, breaks off and packs badly."""

import functools
import hashlib
import http.server
import io
import json
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.models import LIST, ModelUnusable, fetch, looks_like_a_model, take_telephone_audio

NAME = "vosk-model-small-cn-9"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
        pass


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    root = tmp_path / "site"
    root.mkdir()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(root)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", root
    server.shutdown()
    thread.join()
    server.server_close()


def _offer(root: Path, files: dict[str, bytes], md5: str = "") -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    raw = packed.getvalue()
    (root / f"{NAME}.zip").write_bytes(raw)
    good = hashlib.md5(raw, usedforsecurity=False).hexdigest()
    entry = {"name": NAME, "lang": "cn", "md5": md5 or good, "size": len(raw)}
    (root / LIST).write_text(json.dumps([entry]))


_FILES = {f"{NAME}/am/final.mdl": b"x" * 3_000_000, f"{NAME}/conf/mfcc.conf": b"--sample-frequency=16000\n"}


def test_a_model_is_fetched_checked_and_unpacked(site: tuple[str, Path], tmp_path: Path) -> None:
    address, root = site
    _offer(root, _FILES)
    told: list[str] = []
    folder = fetch(NAME, tmp_path / "models", address, told.append)
    assert (folder / "am" / "final.mdl").stat().st_size == 3_000_000
    assert looks_like_a_model(folder) == ""
    assert told
    assert [path.name for path in (tmp_path / "models").iterdir()] == [NAME]
    with pytest.raises(ModelUnusable, match="there already"):
        fetch(NAME, tmp_path / "models", address, told.append)


@pytest.mark.parametrize(
    ("files", "md5", "says"),
    [
        (_FILES, "0" * 32, "checksum does not fit"),
        ({f"{NAME}/../../evil": b""}, "", "outside its folder"),
        ({"other/am/final.mdl": b""}, "", "outside its folder"),
        ({"/etc/evil": b""}, "", "outside its folder"),
    ],
)
def test_what_does_not_fit_is_thrown_away(
    site: tuple[str, Path], tmp_path: Path, files: dict[str, bytes], md5: str, says: str
) -> None:
    address, root = site
    _offer(root, files, md5)
    with pytest.raises(ModelUnusable, match=says):
        fetch(NAME, tmp_path / "models", address, lambda _text: None)
    assert list((tmp_path / "models").iterdir()) == []


def test_an_unknown_name_is_answered_with_those_there_are(site: tuple[str, Path], tmp_path: Path) -> None:
    address, root = site
    _offer(root, _FILES)
    with pytest.raises(ModelUnusable, match=f"Chinese ones: {NAME}"):
        fetch("vosk-model-xx", tmp_path / "models", address, lambda _text: None)


@pytest.mark.parametrize("listed", ["<html>", "[1]", '[{"name": "vosk-model-small-cn-9"}]'])
def test_a_strange_list_is_said_so(site: tuple[str, Path], tmp_path: Path, listed: str) -> None:
    address, root = site
    (root / LIST).write_text(listed)
    with pytest.raises(ModelUnusable, match="not the list"):
        fetch(NAME, tmp_path / "models", address, lambda _text: None)


def test_a_site_that_is_away_is_said_so(site: tuple[str, Path], tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable, match="does not give"):
        fetch(NAME, tmp_path / "models", site[0], lambda _text: None)


def test_an_archive_that_is_none_is_said_so(site: tuple[str, Path], tmp_path: Path) -> None:
    address, root = site
    _offer(root, _FILES)
    raw = b"no archive"
    (root / f"{NAME}.zip").write_bytes(raw)
    entry = {"name": NAME, "lang": "cn", "md5": hashlib.md5(raw, usedforsecurity=False).hexdigest()}
    (root / LIST).write_text(json.dumps([entry]))
    with pytest.raises(ModelUnusable, match="cannot be unpacked"):
        fetch(NAME, tmp_path / "models", address, lambda _text: None)


def test_a_folder_without_a_model_is_told(tmp_path: Path) -> None:
    assert "holds no am/final.mdl" in looks_like_a_model(tmp_path)


@pytest.mark.parametrize(
    ("settings", "after"),
    [
        ("--sample-frequency=16000\n--num-mel-bins=40", True),
        ("--sample-frequency=16000.0\n", True),
        ("--sample-frequency=8000\n", False),
        ("--sample-frequency=16000\n--allow-upsample=true\n", False),
        ("--num-mel-bins=40\n", False),
    ],
)
def test_a_fetched_model_of_wideband_speech_takes_the_telephones_audio(
    tmp_path: Path, settings: str, after: bool
) -> None:
    file = tmp_path / "conf" / "mfcc.conf"
    file.parent.mkdir()
    file.write_text(settings, encoding="utf-8")
    assert take_telephone_audio(tmp_path) is after
    lines = file.read_text("utf-8").splitlines()
    assert lines == [*settings.splitlines(), *(["--allow-upsample=true"] if after else [])]
    assert not take_telephone_audio(tmp_path)
