"""Wires crm's parts together; nothing is built anywhere else."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from crm import places
from crm.audio import Audio
from crm.database import make_engine, make_sessions
from crm.events.bell import RedisBell, make_redis
from crm.knowledge.keeper import PackKeeper
from crm.rules.service import CALENDAR
from crm.search import service as search
from crm.settings import Settings
from crm.telephone import HTTPTelephone, Telephone
from crm.transaction import UnitOfWork
from crm.views.board import BoardRules
from crm.web.context import Parts
from crm.web.health import Health
from crm.web.hub import Hub
from crm.web.throttle import MemoryThrottle, RedisThrottle
from ivr.contract.hours import parse_hours


def utc_now() -> datetime:
    """Return the time; the only clock of crm."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Process:
    """Everything one crm process runs."""

    parts: Parts
    bell: RedisBell
    hub: Hub
    health: Health


@asynccontextmanager
async def build(
    settings: Settings, *, now: Callable[[], datetime] = utc_now, telephone: Telephone | None = None
) -> AsyncIterator[Process]:
    """Build the parts and close them at the end. Needs neither database nor Redis to be there."""
    engine = make_engine(settings.database_url, settings.statement_timeout_ms)
    redis = make_redis(settings.redis_url)
    phone = HTTPTelephone(settings.commands_port, settings.internal_token.get_secret_value())
    try:
        async with RedisBell(redis) as bell:
            hours = parse_hours(settings.human_hours, settings.zone)
            at_hand = {places.INFO: places.Places(settings.packs_dir), CALENDAR: hours}
            work = UnitOfWork(make_sessions(engine, at_hand), bell, search.refresh)
            audio = Audio(settings.clips_dir, settings.recordings_dir)
            rules = BoardRules(
                settings.zone,
                settings.service_level_s * 1000,
                settings.short_abandon_s * 1000,
                hours,
                settings.frozen_marks,
                settings.voicemail_dir,
            )
            health = Health(engine, telephone or phone, lambda: bell.connected, now)
            hub = Hub(work, bell, audio, rules, now, lambda: health.telephony)
            parts = Parts(
                settings=settings,
                work=work,
                now=now,
                throttle=RedisThrottle(redis) if redis else MemoryThrottle(),
                telephone=telephone or phone,
                hub=hub,
                audio=audio,
                health=health,
                rules=rules,
                knowledge=PackKeeper(work, settings.packs_dir, demo=settings.demo),
            )
            yield Process(parts, bell, hub, health)
    finally:
        await phone.close()
        if redis is not None:
            await redis.aclose()
        await engine.dispose()
