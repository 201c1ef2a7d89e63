"""Speech models on disk: fetch an official one, unpack it, check it, and take it into use."""

import hashlib
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

import httpx

OFFICIAL = "https://alphacephei.com/vosk/models"  # the makers' own site; it lists each model's MD5
LIST = "model-list.json"
TIMEOUT_SECONDS = 60.0
_PIECE = 1 << 20
_UPSAMPLE = "--allow-upsample"
_RATE = re.compile(r"--sample-frequency=(\d+(?:\.\d+)?)")
_TELEPHONE_HZ = 8000
_LARGEST_UNPACKED = 8 << 30
Say = Callable[[str], None]


class ModelUnusable(Exception):
    """A model that cannot be fetched or used; the message says why and what to do."""


def fetch(name: str, folder: Path, site: str, say: Say) -> Path:
    """Fetch model `name` from `site` into `folder`/`name` and return that; raises ModelUnusable.

    The site's list names the file's MD5; a file that does not fit it is thrown away.
    """
    target = folder / name
    if target.exists():
        raise ModelUnusable(f"{target} is there already: remove it to fetch it again")
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".{name}.part"
    try:
        with httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=True) as client:
            entry = _entry(client, name, site)
            _download(client, f"{site}/{name}.zip", part, entry, say)
        _unpack(part, name, folder)
        if take_telephone_audio(target):
            say("its sound settings now take 8 kHz audio")
    except httpx.HTTPError as error:
        raise ModelUnusable(f"{site} does not give {name}: {error}") from error
    finally:
        part.unlink(missing_ok=True)
    return target


def _entry(client: httpx.Client, name: str, site: str) -> dict[str, Any]:
    answer = client.get(f"{site}/{LIST}")
    answer.raise_for_status()
    try:
        models: list[dict[str, Any]] = json.loads(answer.content)
        found = next((item for item in models if item["name"] == name), None)
        if found is not None:
            return {"md5": str(found["md5"]).lower(), "size": int(found.get("size", 0))}
        chinese = sorted(str(item["name"]) for item in models if str(item.get("lang", "")).startswith("cn"))
    except (ValueError, KeyError, TypeError) as error:
        raise ModelUnusable(f"{site}/{LIST} is not the list of models that it was ({error})") from error
    raise ModelUnusable(f"no model {name} on {site}; Chinese ones: {', '.join(chinese) or 'none'}")


def _download(client: httpx.Client, address: str, part: Path, entry: dict[str, Any], say: Say) -> None:
    digest, got, told = hashlib.md5(usedforsecurity=False), 0, 0
    with client.stream("GET", address) as answer, part.open("wb") as file:
        answer.raise_for_status()
        whole = int(answer.headers.get("content-length") or entry["size"])
        for piece in answer.iter_bytes(_PIECE):
            digest.update(piece)
            file.write(piece)
            got += len(piece)
            if whole and got * 10 // whole > told:
                told = got * 10 // whole
                say(f"{got / 1e6:.0f} of {whole / 1e6:.0f} MB")
    if digest.hexdigest() != entry["md5"]:
        raise ModelUnusable(f"{address}: the checksum does not fit ({got} bytes); nothing was kept")


def _unpack(archive: Path, name: str, folder: Path) -> None:
    work = folder / f".{name}.unpacking"
    shutil.rmtree(work, ignore_errors=True)
    try:
        with zipfile.ZipFile(archive) as packed:
            for item in packed.infolist():
                path = PurePosixPath(item.filename)
                if path.is_absolute() or ".." in path.parts or path.parts[:1] != (name,):
                    raise ModelUnusable(f"the archive holds a file outside its folder: {item.filename}")
            if sum(item.file_size for item in packed.infolist()) > _LARGEST_UNPACKED:
                raise ModelUnusable("the archive unpacks to more than 8 GB")
            packed.extractall(work)
        (work / name).replace(folder / name)
    except (zipfile.BadZipFile, OSError) as error:
        raise ModelUnusable(f"the archive cannot be unpacked: {error}") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def take_telephone_audio(folder: Path) -> bool:
    """Let a model of wideband speech take audio of 8 kHz; returns whether it did not before.

    Kaldi lowers a rate by itself but raises one only when told to (allow-upsample).
    """
    found = next((path for path in (folder / "conf" / "mfcc.conf", folder / "mfcc.conf") if path.is_file()), None)
    if found is None or _UPSAMPLE in (text := found.read_text("utf-8")):
        return False
    rate = _RATE.search(text)
    if rate is None or float(rate.group(1)) <= _TELEPHONE_HZ:
        return False
    found.write_text(f"{text.rstrip()}\n{_UPSAMPLE}=true\n", "utf-8")
    return True


def looks_like_a_model(folder: Path) -> str:
    """Return what a Vosk model folder lacks, "" when nothing."""
    for name in ("am/final.mdl", "conf/mfcc.conf"):
        if not (folder / name).is_file() and not (folder / Path(name).name).is_file():
            return f"{folder} holds no {name}: it is no unpacked Vosk model"
    return ""
