"""The faults a drill can make: what is taken away, how it is put back, and what the caller must get meanwhile."""

import signal
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ops.asterisk.instance import rx
from ops.drill.target import Target
from ops.stack import supervisor

Act = Callable[[Target], None]


class DrillRefused(Exception):
    """The drill cannot or must not run here; the message says why."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One drill. before: struck before the call and healed after it, else struck in the middle of a prompt.

    cut: the call itself ends, as it must when Asterisk is gone. expect: what the caller gets, for the operator.
    """

    name: str
    title: str
    expect: str
    strike: Act
    heal: Act
    before: bool = False
    cut: bool = False
    record_missing: bool = False


def _kill(row: str) -> Act:
    def strike(target: Target) -> None:
        found = target.pids(row)
        if not found:
            raise DrillRefused(f"{row} 没有在运行 / does not run")
        target.signal(found, signal.SIGKILL)

    return strike


def _stop(part: str) -> Act:
    def strike(target: Target) -> None:
        if part not in supervisor.states(target.layout):
            raise DrillRefused(f"{part} 不由本机管理,请到它所在的机器上演练 / not ours")
        supervisor.stop_part(target.layout, part)

    return strike


def _start(part: str) -> Act:
    def heal(target: Target) -> None:
        if supervisor.states(target.layout)[part].state not in ("RUNNING", "STARTING"):
            supervisor.start_part(target.layout, part)

    return heal


def _by_itself(_target: Target) -> None:
    """supervisord brings it back."""


def _cut_ami(target: Target) -> None:
    """Close every manager session of the hotline's Asterisk but none else's."""
    listed = rx(target.layout, "pbx", "manager show connected")
    sessions = [words[3] for words in map(str.split, listed.splitlines())
                if len(words) > 3 and words[0] == target.settings.ami_user and words[3].isdigit()]  # fmt: skip
    if not sessions:
        raise DrillRefused("没有找到 AMI 连接 / no AMI session")
    for number in sessions:
        rx(target.layout, "pbx", f"manager kick session {number}")


def _close_recordings(target: Target) -> None:
    """Make the folder refuse new files, as a full disk does; what lies in it stays."""
    target.layout.recordings.chmod(stat.S_IRUSR | stat.S_IXUSR)


def _open_recordings(target: Target) -> None:
    target.layout.recordings.chmod(stat.S_IRWXU)


_ALL = (
    Fault("decoder", "识别进程被杀", "再问一遍,或改按键", _kill("decoder"), _by_itself),
    Fault("speech", "语音进程被杀", "同样的话,改按键,静音不超过 3 秒", _kill("speech"), _by_itself),
    Fault("ivr", "流程进程被杀", "从原来的问题接着办", _kill("ivr"), _by_itself),
    Fault("crm", "CRM 停了", "流程照走,单号照念", _stop("crm"), _start("crm"), before=True),
    Fault("database", "数据库停了", "流程照走,恢复后补记一次", _stop("postgres"), _start("postgres"), before=True),
    Fault("redis", "Redis 停了", "照常,页面最多晚一秒", _stop("redis"), _start("redis"), before=True),
    Fault("ami", "AMI 断开", "通话照常,自动重连", _cut_ami, _by_itself),
    Fault("asterisk", "Asterisk 重启", "进行中的通话会断,每通都有结果", _stop("pbx"), _start("pbx"), cut=True),
    Fault("disk-full-recordings", "录音盘写不进", "通话照常,台账显示缺录音并告警", _close_recordings, _open_recordings,
          before=True, record_missing=True),
)  # fmt: skip
FAULTS: Mapping[str, Fault] = MappingProxyType({fault.name: fault for fault in _ALL})
