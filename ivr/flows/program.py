"""A loaded, checked set of flows: what the machine runs. Never changed after loading."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ivr.flows.nodes import Ask, Branch, Do, Flow, Listening, Menu, Node, Record
from speech.contract import Lexicon

# Nodes the machine itself goes to; a program without one of them is refused.
START = "opening_start"
FOLLOW_UP = "fu_start"
TO_AGENT = "to_agent"
AGENT_QUEUE = "agent_queue"
MAIN_MENU = "main_menu"
EMERGENCY = "emergency_any"
EMERGENCY_CHECK = "emergency_check"
EMERGENCY_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "gas": "emergency_gas",
        "co": "emergency_co",
        "fire": "emergency_fire",
        "electric": "emergency_electric",
        "check": EMERGENCY_CHECK,
        "unknown": EMERGENCY,
    }
)
# where a caller who comes back from the queue goes (ivr.contract.dialogue.Returned)
BACK: Mapping[str, str] = MappingProxyType(
    {"callback": "no_agent_open", "voicemail": "voicemail_open", "timeout": "queue_timeout"}
)
OFFER_AGENT = "common_offer_agent"
LIMIT_REPEAT = "common_limit_repeat"
SOOTHE = "soothe_open"
QUIT = "common_quit_start"
KNOWN_NODES = (
    START, FOLLOW_UP, TO_AGENT, AGENT_QUEUE, MAIN_MENU, OFFER_AGENT, LIMIT_REPEAT, SOOTHE, QUIT,
    *EMERGENCY_KINDS.values(), *BACK.values(),
)  # fmt: skip
CONFIRM = "confirm"  # stands for the slot of a question that reads back what was said
# Prompts the machine speaks itself.
KNOWN_PROMPTS = (
    "common_keys_only", "common_silent", "common_slow", "common_hold", "common_still_here", "common_hello",
    "common_robot", "common_corrected", "sys_busy", "sys_keys_only", "sys_resume", "sys_wait",
)  # fmt: skip


class FlowError(Exception):
    """A flow document, prompt or lexicon that must not run; the text names the file and the node."""

    def __init__(self, file: str, node: str, problem: str) -> None:
        super().__init__(f"{file}: {node or '(file)'}: {problem}")
        self.file, self.node, self.problem = file, node, problem


@dataclass(frozen=True, slots=True)
class Template:
    """One prompt segment as written: its key and its text with {variables}."""

    key: str
    text: str

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of its {variables}."""
        return names_in(self.text)


_VARIABLE = re.compile(r"\{(\w+)\}")


def names_in(text: str) -> tuple[str, ...]:
    """Return the names of the {variables} of a text."""
    return tuple(_VARIABLE.findall(text))


@dataclass(frozen=True, slots=True)
class Areas:
    """Where which promise holds (dated data, not code): names of city districts and of the province.

    evening_visits: engineers also come in the evening, that is from `evening_from` ("HH:MM") on.
    """

    city: tuple[str, ...]
    province: tuple[str, ...]
    evening_visits: bool = False
    evening_from: str = "18:00"


@dataclass(frozen=True, slots=True)
class Advice:
    """Which self-check fits which fault: prompt keys. Spoken outside the demo profile only when `reviewed_by` says who.

    by_words: prompt key -> words of the symptom that choose it. frozen: words of a frozen machine. reset: when the
    catalogue says that a code may be reset.
    """

    reviewed_by: str = ""
    by_symptom: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    by_words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    frozen: tuple[str, ...] = ()
    reset: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Program:
    """Everything a dialogue runs on.

    nodes: name -> node, over all flows; names are unique. flow_of: node -> its flow's name.
    prompts: "node.p", "node.r1" ... or a say's key -> its segments. topics: what a caller asks about -> article keys.
    """

    flows: Mapping[str, Flow]
    nodes: Mapping[str, Node]
    flow_of: Mapping[str, str]
    prompts: Mapping[str, tuple[Template, ...]]
    lexicon: Lexicon
    areas: Areas
    topics: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    advice: Advice = Advice()  # frozen

    def flow(self, node: str) -> Flow:
        """Return the flow `node` belongs to."""
        return self.flows[self.flow_of[node]]

    def slot_of(self, name: str) -> str:
        """Return the slot that an answer at the node fills, CONFIRM for a read-back, "" when it fills none."""
        node = self.nodes.get(name)
        if isinstance(node, Ask) and node.confirms:
            return CONFIRM
        return (node.slot or "") if isinstance(node, Menu | Ask | Record) else ""

    def question(self, name: str) -> Listening:
        """Return the node as one that listens; raises TypeError for another kind."""
        node = self.nodes[name]
        if isinstance(node, Menu | Ask):
            return node
        raise TypeError(f"{name} is a {node.kind}")

    def recording(self, name: str) -> Record:
        """Return the node as one that records; raises TypeError for another kind."""
        node = self.nodes[name]
        if isinstance(node, Record):
            return node
        raise TypeError(f"{name} is a {node.kind}")

    def branch(self, name: str) -> Branch:
        """Return the node as one that chooses; raises TypeError for another kind."""
        node = self.nodes[name]
        if isinstance(node, Branch):
            return node
        raise TypeError(f"{name} is a {node.kind}")

    def do(self, name: str) -> Do:
        """Return the node as one that looks up; raises TypeError for another kind."""
        node = self.nodes[name]
        if isinstance(node, Do):
            return node
        raise TypeError(f"{name} is a {node.kind}")
