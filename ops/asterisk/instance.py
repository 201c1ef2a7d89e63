"""One Asterisk instance (the hotline's `pbx` or the demo `carrier`): its configuration, its command, its CLI."""

import hashlib
import hmac
import os
import subprocess
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ivr.dialplan.conf import safe_path
from ivr.dialplan.extensions import extensions_conf
from ivr.dialplan.limits import Limits, limits_from
from ivr.dialplan.queues import queue_rules_conf, queues_conf
from ivr.dialplan.steps import Options
from ops import settings as settings_table
from ops.asterisk.modules import CARRIER_MODULES, PBX_MODULES
from ops.asterisk.sounds import write_sounds
from ops.asterisk.tree import loader, module_folder
from ops.layout import Layout
from ops.settings import Settings

AGENTS = tuple(str(number) for number in range(8001, 8011))
FOLDERS = [
    "etc",
    "lib",
    "db",
    "keys",
    "data",
    "agi",
    "spool/monitor",
    "spool/tmp",
    "run",
    "log/cdr-csv",
    "log/cdr-custom",
    "cache",
    "data/sounds/en",
    "data/moh",
]
CLI_TIMEOUT_S = 10.0


class Instance(StrEnum):
    """The two instances."""

    PBX = "pbx"
    CARRIER = "carrier"


class AsteriskError(RuntimeError):
    """An instance did not answer on its console; the message says which and why."""


def prepare(layout: Layout, settings: Settings, instance: str) -> tuple[str, ...]:
    """Write everything the instance needs and return the command that runs it in the foreground.

    The tree must be there (ensure_tree). Limits are read from hotline.env (ivr.dialplan.limits).
    Raises UnsafeValue, BadLimit or OSError.
    """
    which = Instance(instance)
    base = layout.instance(which)
    for folder in FOLDERS:
        (base / folder).mkdir(parents=True, exist_ok=True)
    base.chmod(0o700)
    _link(base / "data/documentation", layout.asterisk_tree.absolute() / "usr/share/asterisk/documentation")
    write_sounds(base / "data")
    for name, text in rendered(layout, settings, which).items():
        _write_private(base / "etc" / name, text)
    return argv(layout, which, "-f")


def rendered(layout: Layout, settings: Settings, instance: Instance) -> dict[str, str]:
    """Return file name -> text of the instance's whole configuration."""
    limits = limits_from(settings_table.read(layout.env_file))
    values = _values(layout, settings, instance, limits)
    folder = layout.tree / "asterisk-conf"
    environment = Environment(
        loader=FileSystemLoader(folder), undefined=StrictUndefined, finalize=_one_value, autoescape=False,  # noqa: S701 - no HTML here
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    files = {
        path.stem: environment.get_template(f"{part}/{path.name}").render(values)
        for part in ("common", instance)
        for path in sorted((folder / part).glob("*.conf.j2"))
    }
    if instance is Instance.PBX:
        prompts = str(settings.prompts_dir / "fallback")
        files["queues.conf"] = queues_conf(limits, prompts)
        files["queuerules.conf"] = queue_rules_conf(limits)
        files["extensions.conf"] = extensions_conf(
            Options(
                agi_port=settings.agi_port,
                max_calls=settings.max_calls,
                prompts=prompts,
                recordings=str(settings.recordings_dir),
                voicemail=str(settings.voicemail_dir),
                duty_numbers=settings.duty_list,
                limits=limits,
            )
        )
    return files


def argv(layout: Layout, instance: str, *args: str) -> tuple[str, ...]:
    """Return the command that starts Asterisk's program through the tree's own loader, with a clean environment."""
    tree = layout.asterisk_tree.absolute()
    base = layout.instance(instance)
    program, libraries = loader(tree)
    return (
        "/usr/bin/env", "-i", "PATH=/usr/bin:/bin", "LC_ALL=C", f"HOME={base}", "OPENSSL_CONF=/dev/null",
        f"OPENSSL_MODULES={libraries}/ossl-modules", f"GCONV_PATH={libraries}/gconv",
        str(program), "--inhibit-cache", "--library-path", str(libraries), f"{tree}/usr/sbin/asterisk",
        "-C", f"{base}/etc/asterisk.conf", *args,
    )  # fmt: skip


def rx(layout: Layout, instance: str, cli: str) -> str:
    """Run one command on the instance's console and return what it printed; raises AsteriskError within 10 s."""
    try:
        return _output(argv(layout, instance, "-rx", cli))
    except (OSError, subprocess.SubprocessError) as error:
        raise AsteriskError(f"{instance}: no answer to {cli!r} ({type(error).__name__})") from error


def version(layout: Layout) -> str:
    """Return the version of the tree's Asterisk, like "22.10.1"; raises AsteriskError."""
    try:
        words = _output(argv(layout, Instance.PBX, "-V")).split()
    except (OSError, subprocess.SubprocessError) as error:
        raise AsteriskError(f"the unpacked Asterisk does not start ({type(error).__name__})") from error
    return words[1].partition("+")[0].partition("~")[0] if len(words) > 1 else ""


def agent_secret(sip_secret: str, extension: str) -> str:
    """Return the SIP password of an agent's phone."""
    return hmac.new(sip_secret.encode(), extension.encode(), hashlib.sha256).hexdigest()[:32]


def _output(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=CLI_TIMEOUT_S, check=True, errors="replace")
    return done.stdout


def _values(layout: Layout, settings: Settings, instance: Instance, limits: Limits) -> Mapping[str, Any]:
    pbx = instance is Instance.PBX
    tree = layout.asterisk_tree.absolute()
    return {
        "base": safe_path(str(layout.instance(instance))),
        "tree": safe_path(str(tree)),
        "modules_dir": safe_path(str(module_folder(tree))),
        "modules": PBX_MODULES if pbx else CARRIER_MODULES,
        "systemname": settings.systemname if pbx else "carrier",
        "maxcalls": settings.max_calls * 3 + 20,
        "rtp_start": settings.rtp_start if pbx else settings.carrier_rtp_start,
        "rtp_end": settings.rtp_end if pbx else settings.carrier_rtp_end,
        "sip_port": settings.sip_port,
        "carrier_sip_port": settings.carrier_sip_port,
        "ami_port": settings.ami_port,
        "carrier_ami_port": settings.carrier_ami_port,
        "ast_http_port": settings.ast_http_port,
        "robot_port": settings.robot_port,
        "ami_user": settings.ami_user,
        "ami_secret": settings.ami_secret,
        "rtp_timeout_s": limits.rtp_timeout_s,
        "rtp_hold_timeout_s": limits.rtp_hold_timeout_s,
        "agents": [{"extension": name, "secret": agent_secret(settings.sip_secret, name)} for name in AGENTS],
    }


def _one_value(value: Any) -> str:
    """The choke point of all templates: nothing that could end a line or begin a comment or a template."""
    text = str(value)
    if not text or not text.isprintable() or any(char in text for char in ";[]<>#${}\\\"'"):
        raise ValueError("a setting holds characters that Asterisk's configuration cannot carry")
    return text


def _link(path: Path, target: Path) -> None:
    if path.is_symlink() and path.readlink() == target:
        return
    path.unlink(missing_ok=True)
    path.symlink_to(target)


def _write_private(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)
