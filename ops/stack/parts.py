"""The table of parts: what runs, in which order, and how each is asked whether it is ready."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from ops.asterisk import instance as asterisk
from ops.layout import Layout
from ops.settings import Settings, derived_from
from ops.stack import postgres, probes, redis
from ops.stack.supervisor import Program


@dataclass(frozen=True, slots=True)
class Part:
    """One row. title: for the operator. needs_database: starts when that is at its newest version."""

    name: str
    title: str
    probe: probes.Probe
    ready_s: float = 30.0
    needs_database: bool = False


POSTGRES = Part("postgres", "数据库", probes.ask_postgres)
REDIS = Part("redis", "Redis", probes.ask_redis)
PBX = Part("pbx", "电话交换 (Asterisk)", probes.ask_pbx)
SPEECH = Part("speech", "语音", probes.ask_speech, 60.0)
CRM = Part("crm", "工单与页面", probes.ask_crm, 60.0, needs_database=True)
IVR = Part("ivr", "导航 (IVR)", probes.ask_ivr)
CARRIER = Part("carrier", "模拟运营商", probes.ask_carrier)

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
    return tuple(part for part in PARTS if part.name not in left_out and (not only or part.name in only))


def program(name: str, layout: Layout, settings: Settings) -> Program:
    """Prepare one part and return how supervisord runs it; raises what its preparation raises."""
    if name == "postgres":
        return Program(name, postgres.prepare(layout), 10, stop_signal="INT", stop_seconds=30)
    if name == "redis":
        return Program(name, redis.prepare(layout), 20)
    if name == CARRIER.name:
        return Program(name, asterisk.prepare(layout, settings, name), 30)
    if name == PBX.name:
        return Program(name, [*_guard(layout, settings), *asterisk.prepare(layout, settings, name)], 30)
    order = {"speech": 40, "crm": 50, "ivr": 60}[name]
    return Program(name, [sys.executable, "-P", "-m", name], order, whole_group=name == "speech")


def _guard(layout: Layout, settings: Settings) -> list[str]:
    """Return what starts Asterisk with a guard beside it; the program's own command follows."""
    options = {
        "--part": PBX.name,
        "--manager-port": settings.ami_port,
        "--sip-port": settings.sip_port,
        "--frozen-s": settings.pbx_frozen_s,
        "--marks": layout.frozen_marks,
    }
    words = [str(word) for option in options.items() for word in option]
    return [sys.executable, "-S", "-P", "-m", "liveness.beside", *words, "--"]
