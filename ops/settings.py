"""The one table of settings: name, default, meaning and range; reads and writes `hotline.env`."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from ivr.contract.hours import DEFAULT_HOURS, parse_hours
from ops.layout import Layout

PREFIX = "HOTLINE_"
PORT_BASE = 17200
PORT_SPAN = 500  # ports base .. base+499 belong to one stack


class BadSettings(Exception):
    """hotline.env holds a value that cannot be used; the message names each setting, never a secret's value."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What defaults are derived from."""

    layout: Layout
    port_base: int


def _port(offset: int, meaning: str) -> Any:
    extra: dict[str, Any] = {"offset": offset}
    return Field(description=meaning, ge=1, le=65535, json_schema_extra=extra)


def _path(path: str, meaning: str) -> Any:
    return Field(description=meaning, json_schema_extra={"path": path})


def _secret(meaning: str) -> Any:
    return Field(description=meaning, min_length=8, json_schema_extra={"secret": True}, repr=False)


def _value(default: str, meaning: str, **limits: Any) -> Any:
    return Field(description=meaning, json_schema_extra={"value": default}, **limits)


class Settings(BaseModel):
    """Every setting of one stack. In the file each is HOTLINE_<NAME>."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    home: Path = _path("", "the state folder")
    tree: Path = _value("{tree}", "the folder of the code")
    port_base: int = Field(description="first of 500 ports of this stack", ge=1024, le=65535 - PORT_SPAN)
    web_port: int = _port(0, "crm: pages, /api/v1, WebSocket")
    desk_port: int = _port(1, "crm: private /internal/*")
    commands_port: int = _port(2, "ivr: private /commands, /status")
    audiosocket_port: int = _port(3, "speech: AudioSocket")
    agi_port: int = _port(4, "ivr: FastAGI")
    ami_port: int = _port(5, "hotline's Asterisk: AMI")
    ast_http_port: int = _port(6, "hotline's Asterisk: WebSocket for phones in the page")
    carrier_ami_port: int = _port(7, "carrier's Asterisk: AMI (demo and tests)")
    robot_port: int = _port(8, "robots' AudioSocket server (demo and tests)")
    sip_port: int = _port(10, "hotline's Asterisk: SIP")
    carrier_sip_port: int = _port(11, "carrier's Asterisk: SIP (demo and tests)")
    rtp_start: int = _port(100, "hotline's Asterisk: first RTP port")
    rtp_end: int = _port(299, "hotline's Asterisk: last RTP port")
    carrier_rtp_start: int = _port(300, "carrier's Asterisk: first RTP port")
    carrier_rtp_end: int = _port(499, "carrier's Asterisk: last RTP port")

    node: str = _value("ivr-1", "name of this ivr in journal and facts", pattern=r"^[a-z0-9-]{1,32}$")
    systemname: str = _value("hotline", "Asterisk's systemname, part of every Linkedid", pattern=r"^[a-z0-9]{1,32}$")
    database_url: str = _value(
        "postgresql+psycopg://hotline@/hotline?host={run}",
        "PostgreSQL; the default is the embedded cluster",
        pattern=r"^postgresql\+psycopg://",
    )
    redis_url: str = _value("unix://{run}/redis.sock", "Redis; the default is the embedded server")
    speech_socket: Path = _path("run/speech.sock", "control socket of speech")
    model_dir: Path = _value("{tree}/speech/model", "folder of the Vosk model")
    prompts_dir: Path = _path("prompts", "prompt audio")
    packs_dir: Path = _path("packs", "division and code packs")
    clips_dir: Path = _path("clips", "the callers' answers")
    recordings_dir: Path = _path("recordings", "call recordings")
    voicemail_dir: Path = _path("voicemail", "voicemail")
    photos_dir: Path = _path("photos", "photos of engineers' visits")
    journal_dir: Path = _path("journal", "ivr's journal")

    internal_token: str = _secret("bearer between ivr and crm")
    ami_user: str = _value("hotline", "AMI user", pattern=r"^[a-z0-9-]{1,32}$")
    ami_secret: str = _secret("AMI password")
    sip_secret: str = _secret("agents' SIP passwords are derived from it")
    cookie_secret: str = _secret("signs the pages' cookies")
    first_admin_password: str = _secret("password of the first administrator, user name admin")

    time_zone: str = _value("Asia/Shanghai", "zone in which times are shown and spoken")
    human_hours: str = _value(
        DEFAULT_HOURS,
        "when people answer consult and complaint: hours of work, weekend and holiday; single days as DAY=work,"
        " DAY=closed or DAY..DAY=09:00-12:00; until=DAY once the days off of a new year are entered here",
    )
    duty_numbers: str = _value("", "emergency duty numbers, comma separated", pattern=r"^[0-9+, ]*$")
    max_calls: int = _value("30", "calls at once; the next one hears a polite message", ge=1, le=95)
    pbx_frozen_s: int = _value("8", "seconds without any sign of life after which Asterisk is restarted", ge=4, le=600)
    stop_s: int = _value("5", "seconds that ivr gives dialogues to end when it is stopped", ge=0, le=600)
    keep_corrections: bool = _value("1", "0: agents' corrections do not become samples for `bench speech`")
    demo: bool = _value("0", "1: the demo profile, in which example rows (fault codes) are spoken and shown")

    @field_validator("duty_numbers")
    @classmethod
    def _numbers(cls, value: str) -> str:
        return ",".join(number.strip() for number in value.split(",") if number.strip())

    @field_validator("human_hours")
    @classmethod
    def _hours(cls, value: str) -> str:
        parse_hours(value, UTC)
        return value

    @property
    def duty_list(self) -> tuple[str, ...]:
        """The duty numbers, in order of dialling."""
        return tuple(self.duty_numbers.split(",")) if self.duty_numbers else ()


def names() -> tuple[str, ...]:
    """Return every setting's name as it stands in the file."""
    return tuple(PREFIX + name.upper() for name in Settings.model_fields)


def is_secret(field: str) -> bool:
    """Tell whether the field (lower case, no prefix) must not be shown."""
    return bool(_extra(field).get("secret"))


def _extra(field: str) -> dict[str, Any]:
    extra = Settings.model_fields[field].json_schema_extra
    return dict(extra) if isinstance(extra, dict) else {}


def derived(basis: Basis) -> dict[str, str]:
    """Return the default of each field that is not a secret, as text."""
    values = {"port_base": str(basis.port_base)}
    where = {"run": str(basis.layout.run), "tree": str(basis.layout.tree)}
    for field in Settings.model_fields:
        extra = _extra(field)
        if "offset" in extra:
            values[field] = str(basis.port_base + int(extra["offset"]))
        elif "path" in extra:
            values[field] = str(basis.layout.home / str(extra["path"]))
        elif "value" in extra:
            values[field] = str(extra["value"]).format(**where)
    return values


def derived_from(layout: Layout, settings: Settings) -> dict[str, str]:
    """Return the defaults of the home and ports that these settings belong to."""
    return derived(Basis(layout, settings.port_base))


def complete(stored: Mapping[str, str], old: Basis, new: Basis) -> dict[str, str]:
    """Return all values: what the operator set stays, what was derived from the old home or ports follows the new.

    stored: fields as read from the file, {} at first start. Missing secrets are made here.
    """
    before, after = derived(old), derived(new)
    values: dict[str, str] = {}
    for field in Settings.model_fields:
        given = stored.get(field)
        if is_secret(field):
            values[field] = given or secrets.token_urlsafe(24)
        else:
            values[field] = after[field] if given is None or given == before[field] else given
    values.update({field: after[field] for field in ("home", "tree", "port_base")})
    values.update({field: value for field, value in stored.items() if field not in values})
    return values


def parse(values: Mapping[str, str]) -> Settings:
    """Return the settings; raises BadSettings naming each bad one."""
    try:
        return Settings.model_validate(dict(values))
    except ValidationError as error:
        problems = [f"{PREFIX}{str(item['loc'][0]).upper()}: {item['msg']}" for item in error.errors()]
        raise BadSettings("; ".join(problems)) from None


def render(values: Mapping[str, str]) -> str:
    """Return the file's text, one commented line per setting."""
    lines = ["# Settings of this hotline. Read at `./hotline up`; secrets are in here: keep mode 600.", ""]
    for field, info in Settings.model_fields.items():
        lines += [f"# {info.description}", f"{PREFIX}{field.upper()}={_quoted(values[field])}"]
    foreign = sorted(values.keys() - Settings.model_fields.keys())
    if foreign:
        lines.append("# not known to this version, kept as they are")
        lines += [f"{PREFIX}{field.upper()}={_quoted(values[field])}" for field in foreign]
    return "\n".join(lines) + "\n"


def _quoted(value: str) -> str:
    if value and all(char.isalnum() or char in "_-+./:@?=&," for char in value):
        return value
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def read(path: Path) -> dict[str, str]:
    """Return the values that the file holds by lower-case name without prefix, {} when there is no file."""
    if not path.exists():
        return {}
    found = dotenv_values(path, interpolate=False)
    size = len(PREFIX)
    return {
        name[size:].lower(): value for name, value in found.items() if name.startswith(PREFIX) and value is not None
    }


def write(path: Path, values: Mapping[str, str]) -> None:
    """Write the file in one step, mode 600."""
    draft = path.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(render(values))
        file.flush()
        os.fsync(file.fileno())
    draft.chmod(0o600)
    draft.replace(path)


def ensure(layout: Layout, port_base: int | None) -> Settings:
    """Return the settings of this home, writing `hotline.env` when it is new or must change.

    port_base None means: as before, or 17200 at first. Raises BadSettings.
    """
    stored = read(layout.env_file)
    old = _basis_of(stored, layout)
    new = Basis(layout, port_base if port_base is not None else old.port_base)
    values = complete(stored, old, new)
    settings = parse(values)
    if values != stored:
        write(layout.env_file, values)
    return settings


def load(layout: Layout) -> Settings | None:
    """Return the settings of this home without changing anything, None before its first start."""
    stored = read(layout.env_file)
    if not stored:
        return None
    basis = _basis_of(stored, layout)
    return parse({**derived(basis), **stored})


def _basis_of(stored: Mapping[str, str], layout: Layout) -> Basis:
    base = stored.get("port_base", str(PORT_BASE))
    if not base.isascii() or not base.isdigit():
        raise BadSettings(f"{PREFIX}PORT_BASE: not a number")
    home = Path(stored["home"]) if stored.get("home") else layout.home
    tree = Path(stored["tree"]) if stored.get("tree") else layout.tree
    moved = Layout(home=home, tree=tree, asterisk_tree=layout.asterisk_tree)
    return Basis(moved, int(base))
