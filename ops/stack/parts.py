"""The table of parts: what runs, in which order, and how each is asked whether it is ready."""

import importlib.util
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from ops.asterisk import instance as asterisk
from ops.layout import Layout
from ops.settings import Settings, derived_from
from ops.stack import postgres, probes, redis
from ops.stack.supervisor import Program

FIRST, SECOND, ON_DEMAND = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Part:
    """One row. wave: FIRST, or a later one that starts when the database is ready. title: for the operator."""

    name: str
    title: str
    wave: int
    probe: probes.Probe
    ready_s: float = 30.0


POSTGRES = Part("postgres", "数据库", FIRST, probes.ask_postgres)
REDIS = Part("redis", "Redis", FIRST, probes.ask_redis)
PBX = Part("pbx", "电话交换 (Asterisk)", FIRST, probes.ask_pbx)
SPEECH = Part("speech", "语音", FIRST, probes.ask_speech, 60.0)
CRM = Part("crm", "工单与页面", SECOND, probes.ask_crm, 60.0)
IVR = Part("ivr", "导航 (IVR)", SECOND, probes.ask_ivr)
CARRIER = Part("carrier", "模拟运营商", ON_DEMAND, probes.ask_carrier)

PARTS = (POSTGRES, REDIS, PBX, SPEECH, CRM, IVR)
EVERY = (*PARTS, CARRIER)
TITLES = {part.name: part.title for part in EVERY}


def wanted(layout: Layout, settings: Settings, only: Sequence[str] = ()) -> tuple[Part, ...]:
    """Return the parts of this stack: without PostgreSQL or Redis when the settings name outside ones."""
    own = derived_from(layout, settings)
    left_out = set()
    if settings.database_url != own["database_url"]:
        left_out.add("postgres")
    if settings.redis_url != own["redis_url"]:
        left_out.add("redis")
    return tuple(
        part for part in PARTS if part.name not in left_out and there(part.name) and (not only or part.name in only)
    )


def there(name: str) -> bool:
    """Tell whether the code of a part of ours is in this tree."""
    module = {"speech": "speech.__main__", "ivr": "ivr.__main__", "crm": "crm.__main__"}
    return name not in module or importlib.util.find_spec(module[name]) is not None


def program(name: str, layout: Layout, settings: Settings) -> Program:
    """Prepare one part and return how supervisord runs it; raises what its preparation raises."""
    if name == "postgres":
        return Program(name, postgres.prepare(layout), 10, stop_signal="INT", stop_seconds=30)
    if name == "redis":
        return Program(name, redis.prepare(layout), 20)
    if name in {"pbx", "carrier"}:
        return Program(name, asterisk.prepare(layout, settings, name), 30)
    order = {"speech": 40, "crm": 50, "ivr": 60}[name]
    return Program(name, [sys.executable, "-P", "-m", name], order, whole_group=name == "speech")
