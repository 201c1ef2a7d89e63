"""The embedded Redis: unix socket only, nothing kept on disk (it is the bell, not the ledger)."""

import shutil

import redis

from ops.layout import Layout


class RedisMissing(Exception):
    """redis-server is not installed."""


def render_conf(layout: Layout) -> str:
    """Return redis.conf. Without set-proc-title it would overwrite the environment that shows whose process it is."""
    return f"""port 0
unixsocket "{layout.redis_socket}"
unixsocketperm 700
dir "{layout.redis}"
save ""
appendonly no
daemonize no
set-proc-title no
maxmemory 128mb
maxmemory-policy noeviction
"""


def prepare(layout: Layout) -> list[str]:
    """Render the configuration and return the argv that runs the server; raises RedisMissing or OSError."""
    program = shutil.which("redis-server")
    if program is None:
        raise RedisMissing("redis-server is not installed")
    conf = layout.redis / "redis.conf"
    conf.write_text(render_conf(layout), encoding="utf-8")
    return [program, str(conf)]


def ping(url: str) -> str:
    """Return the version of the Redis at `url`; raises redis.RedisError when it does not answer within 2 s."""
    client = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)
    try:
        info = client.info("server")
    finally:
        client.close()
    return str(info["redis_version"]) if isinstance(info, dict) else ""
