"""Builds queues.conf: four queues, no static members; agents come and go by AMI QueueAdd and QueueRemove."""

from dataclasses import dataclass

from ivr.dialplan.conf import safe_path, section
from ivr.dialplan.limits import Limits
from ivr.dialplan.waiting import BEATS, FIRST_S

KEYS_CONTEXT = "hl-queue-keys"
# who waits too long in one queue is given the agents of the other too: they are its members by a penalty that only a
# rule lets in, so the caller stays in one queue, at one place, and has one visit
OVERFLOW = ("consult", "repair")
OVERFLOW_PENALTY = 100
OVERFLOW_RULE = "overflow"
WAITING_CLASS = "waiting"  # a soft tone every second and a half: no music for an emergency, and no silence


@dataclass(frozen=True, slots=True)
class QueueSpec:
    """One queue. weight: an agent of several queues gets the caller of the heaviest first."""

    name: str
    weight: int
    strategy: str = "leastrecent"


EMERGENCY = QueueSpec("emergency", 40, "rrmemory")
QUEUES = (EMERGENCY, QueueSpec("complaint", 30), QueueSpec("repair", 20), QueueSpec("consult", 10))
QUEUE_NAMES = tuple(spec.name for spec in QUEUES)
# autofill and ringinuse are wrong by default (one caller at a time; a talking agent rings);
# members are kept over a restart of Asterisk, so calls go on being answered while ivr is away; ivr reconciles them
GENERAL: tuple[tuple[str, str | int], ...] = (
    ("persistentmembers", "yes"),
    ("autofill", "yes"),
    ("shared_lastcall", "yes"),
    ("log_membername_as_agent", "yes"),
    ("monitor-type", "MixMonitor"),
)

_ORDINARY: tuple[tuple[str, str | int], ...] = (
    ("context", KEYS_CONTEXT),
    ("periodic-announce-startdelay", FIRST_S),
    # else whoever is first hears nothing while one phone after the other rings in vain
    ("announce-to-first-user", "yes"),
)


def queues_conf(limits: Limits, prompts: str) -> str:
    """Return the text of queues.conf. prompts: folder of the fallback prompts."""
    lines = ["; Made by ivr.dialplan.queues.", *section("general", GENERAL)]
    for spec in QUEUES:
        lines += section(spec.name, _options(spec, limits, safe_path(prompts)))
    return "\n".join(lines)


def queue_rules_conf(limits: Limits) -> str:
    """Return the text of queuerules.conf."""
    rule = section(OVERFLOW_RULE, [("penaltychange", f"{limits.overflow_s},{OVERFLOW_PENALTY}")])
    return "\n".join(["; Made by ivr.dialplan.queues.", *section("general", ()), *rule])


def _options(spec: QueueSpec, limits: Limits, prompts: str) -> list[tuple[str, str | int]]:
    urgent = spec is EMERGENCY
    options: list[tuple[str, str | int]] = [
        ("strategy", spec.strategy),
        ("weight", spec.weight),
        ("musicclass", WAITING_CLASS if urgent else "default"),
        ("ringinuse", "no"),
        ("autofill", "yes"),
        ("setinterfacevar", "yes"),  # MEMBERINTERFACE: an agent has answered
        ("timeout", min(limits.agent_ring_s, limits.emergency_timeout_s) if urgent else limits.agent_ring_s),
        ("retry", 1),
        ("timeoutrestart", "no"),
        ("autopause", "no"),
        ("wrapuptime", 0 if urgent else limits.wrapup_s),
        ("maxlen", limits.queue_maxlen),
        # an emergency without an agent goes on to the duty phones at once; others wait, for someone may log in
        ("joinempty", "paused,unavailable,invalid,unknown" if urgent else "yes"),
        ("leavewhenempty", "paused,unavailable,invalid,unknown" if urgent else "no"),
        ("servicelevel", 20),
        ("announce-frequency", 0),
        ("announce-position", "no"),
        ("announce-holdtime", "no"),
        ("reportholdtime", "no"),
        ("periodic-announce", ",".join(f"{prompts}/{key}" for key in (("emergency_wait",) if urgent else BEATS))),
        ("periodic-announce-frequency", limits.emergency_wait_every_s if urgent else limits.wait_every_s),
    ]
    if spec.name == OVERFLOW[0]:
        options.append(("defaultrule", OVERFLOW_RULE))
    return options if urgent else [*options, *_ORDINARY]
