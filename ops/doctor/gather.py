"""Gathers the facts that the checks are made from: asks the machine and, when it runs, the stack."""

import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import redis as redis_client

from ivr.contract.hours import parse_hours
from ops import settings as settings_table
from ops.asterisk import instance as asterisk
from ops.asterisk.modules import PBX_MODULES
from ops.doctor.findings import AsteriskFacts, Facts, PartFacts, PromptFacts
from ops.layout import Layout
from ops.settings import BadSettings, Basis, Settings
from ops.stack import control, postgres, probes, prompts, status, supervisor, texts
from ops.stack.ports import taken
from ops.stack.redis import ping as ping_redis
from speech.contract import recorded_file
from speech.packs import PackInvalid, load_pack

FONTS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
PROGRAMS = ("espeak-ng", "sox")
# each is refused for want of an argument when the right is there, and with "Permission denied" when it is not
RIGHTS = ("Originate", "Redirect", "Hangup", "Setvar", "QueueAdd", "QueueRemove", "QueuePause")
# lists are given when the right is there; of no queue, and of all channels last, since nobody reads that list
LISTS = {"QueueStatus": "\r\nQueue: none", "CoreShowChannels": ""}
READS = ("system", "call", "agent", "user")  # the kinds of events that ivr lives on
_TIMEX_BYTES = 512  # struct timex has 208
_TIME_ERROR = 5  # adjtimex(2): the clock is not synchronized


def gather(layout: Layout, now: datetime) -> Facts:
    """Return all facts; asks a running stack, changes nothing. now: UTC."""
    settings, error = _settings(layout)
    up = supervisor.alive(layout)
    shown = status.ask(layout, settings).parts if up else ()
    return Facts(
        up=up,
        now=now,
        built=_newest(layout.tree),
        clock_synced=synced(kernel_clock()),
        time_zone=settings.time_zone,
        time_zone_known=_zone_known(settings.time_zone),
        settings_error=error,
        settings_mode=layout.env_file.stat().st_mode & 0o777 if layout.env_file.exists() else None,
        as_root=os.geteuid() == 0,
        ports_taken=() if up else tuple(taken(settings)),
        free_bytes=shutil.disk_usage(_existing(layout.home)).free,
        cjk_font=any(True for folder in FONTS for _ in folder.rglob("*CJK*")),
        missing_programs=tuple(name for name in PROGRAMS if shutil.which(name) is None),
        pages_built=(layout.tree / "crm" / "web" / "static" / "index.html").exists(),
        duty_numbers=settings.duty_list,
        holidays_end=parse_hours(settings.human_hours, _zone(settings.time_zone)).warning(now),
        model_error=_model_error(layout, settings),
        pack_error=_pack_error(layout),
        postgres=_postgres(layout, settings),
        redis=_redis(layout, settings),
        asterisk=_asterisk(layout, settings, up),
        prompts=_prompts(layout),
        not_ready=tuple(part.name for part in shown if not part.ready),
        **_kept_back(shown),
    )


def _kept_back(shown: Iterable[status.PartStatus]) -> dict[str, Any]:
    """Return what ivr keeps back of its facts, nothing when it does not run."""
    data = next((part.data for part in shown if part.name == "ivr" and part.data), {})
    refused = tuple(f"{fact['kind']}: {fact['reason']}" for fact in data.get("facts_refused", ()))
    return {"facts_held": int(data.get("facts_held", 0)), "facts_refused": refused}


def _settings(layout: Layout) -> tuple[Settings, str]:
    """Return the settings, or the defaults and what is wrong with the file."""
    error = ""
    try:
        found = settings_table.load(layout)
        if found is not None:
            return found, ""
    except BadSettings as problem:
        error = str(problem)
    basis = Basis(layout, settings_table.PORT_BASE)
    return settings_table.parse(settings_table.complete({}, basis, basis)), error


def _newest(tree: Path) -> datetime:
    stamps = [path.stat().st_mtime for path in (tree / "ops").glob("*.py")]
    return datetime.fromtimestamp(max(stamps), UTC)


def kernel_clock() -> int:
    """Return what adjtimex(2) returns when it is only asked: the clock's state, -1 when that is forbidden."""
    asked = ctypes.create_string_buffer(_TIMEX_BYTES)  # modes 0: nothing is set
    return int(ctypes.CDLL(None, use_errno=True).adjtimex(asked))


def synced(state: int) -> bool | None:
    """Tell whether the kernel holds its clock for right; None when it does not say."""
    return None if state < 0 else state != _TIME_ERROR


def _zone_known(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (OSError, ValueError):
        return False
    return True


def _zone(name: str) -> tzinfo:
    return ZoneInfo(name) if _zone_known(name) else UTC


def _existing(path: Path) -> Path:
    while not path.exists():
        path = path.parent
    return path


def _model_error(layout: Layout, settings: Settings) -> str:
    try:
        control.run_ours(layout, ["speech", "check"], extra={"HOTLINE_MODEL_DIR": str(settings.model_dir)})
    except control.NotUp as problem:
        lines = str(problem).splitlines()
        return next((line for line in lines if line.startswith("FAIL")), lines[-1])
    except subprocess.TimeoutExpired:
        return "no end"
    return ""


def _pack_error(layout: Layout) -> str:
    try:
        load_pack(layout.packs)
    except PackInvalid as problem:
        return str(problem)
    return ""


def _postgres(layout: Layout, settings: Settings) -> PartFacts:
    own = settings.database_url == settings_table.derived_from(layout, settings)["database_url"]
    installed, error, version = True, "", ""
    try:
        postgres.program_folder(layout.pg)
    except postgres.PostgresMissing:
        installed = False
    try:
        version = postgres.ping_url(settings.database_url)
    except psycopg.Error as problem:
        error = type(problem).__name__
    return PartFacts(own, installed, error, version)


def _redis(layout: Layout, settings: Settings) -> PartFacts:
    own = settings.redis_url == settings_table.derived_from(layout, settings)["redis_url"]
    error, version = "", ""
    try:
        version = ping_redis(settings.redis_url)
    except redis_client.RedisError as problem:
        error = type(problem).__name__
    return PartFacts(own, shutil.which("redis-server") is not None, error, version)


def _asterisk(layout: Layout, settings: Settings, up: bool) -> AsteriskFacts:
    try:
        version = asterisk.version(layout)
    except (asterisk.AsteriskError, RuntimeError, OSError):
        return AsteriskFacts()
    if not up:
        return AsteriskFacts(version)
    missing = _missing_modules(layout)
    media = tuple(name for name in missing if name.startswith(("codec_", "format_")))
    others = tuple(name for name in missing if name not in media)
    ami_error, denied = ami_rights(layout, settings)
    return AsteriskFacts(version, others, media, ami_error, denied)


def _missing_modules(layout: Layout) -> tuple[str, ...]:
    try:
        listing = asterisk.rx(layout, "pbx", "module show")
    except asterisk.AsteriskError:
        return PBX_MODULES
    return absent_modules(listing, PBX_MODULES)


def absent_modules(listing: str, wanted: Iterable[str]) -> tuple[str, ...]:
    """Return those of `wanted` that `module show` does not list as running."""
    lines = [line for line in listing.splitlines() if " Running " in line and "Not Running" not in line]
    running = {line.partition(".so")[0] for line in lines}
    return tuple(name for name in wanted if name not in running)


def ami_rights(layout: Layout, settings: Settings) -> tuple[str, tuple[str, ...]]:
    """Return what keeps ivr's user from logging in ("" for nothing), and the rights it has not; changes nothing."""
    asked = {**dict.fromkeys(RIGHTS, ""), **LISTS}
    try:
        replies = probes.ami_actions(
            settings.ami_port, settings, [f"Action: {name}{more}" for name, more in asked.items()]
        )
        user = asterisk.rx(layout, "pbx", f"manager show user {settings.ami_user}")
    except (OSError, ValueError, asterisk.AsteriskError) as problem:
        return type(problem).__name__, ()
    return "", (*denied_rights(dict(zip(asked, replies, strict=True))), *unread(user))


def denied_rights(replies: Mapping[str, Mapping[str, str]]) -> tuple[str, ...]:
    """Return the actions that AMI refused for want of a right."""
    return tuple(name for name, reply in replies.items() if reply.get("Message") == "Permission denied")


def unread(user: str) -> tuple[str, ...]:
    """Return the kinds of events, as "read call", that `manager show user` does not list as readable."""
    line = next((line for line in user.splitlines() if line.strip().startswith("read perm:")), "")
    given = {name.strip() for name in line.partition(":")[2].split(",")}
    return () if "all" in given else tuple(f"read {name}" for name in READS if name not in given)


def _prompts(layout: Layout) -> PromptFacts:
    flow, fallback = texts.flow_texts(), texts.fallback_texts()
    every = [*({"key": key, "text": text, "rate": 1.0} for key, text in fallback.items()), *flow]
    keys = {str(text["key"]) for text in every if text["key"]}
    recorded = sum(recorded_file(layout.prompts, key).exists() for key in keys)
    return PromptFacts(len(every), len(prompts.missing(every, layout.prompts)), len(keys), recorded)
