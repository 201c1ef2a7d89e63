"""The flows as one graph: calls lead to the called flow, returns to all its callers."""

from collections.abc import Mapping
from dataclasses import dataclass

from ivr.flows.nodes import RESUME, RETURN, End, FlowCall, Queue
from ivr.flows.program import Program


@dataclass(frozen=True, slots=True)
class Graph:
    """edges: node -> nodes it can lead to. ends: nodes that end the dialogue (or resume a question that does)."""

    edges: Mapping[str, frozenset[str]]
    ends: frozenset[str]
    stray_returns: tuple[str, ...]

    def reachable(self, start: set[str]) -> set[str]:
        """Return every node that can be reached from `start`."""
        found, waiting = set(start), list(start)
        while waiting:
            new = self.edges[waiting.pop()] - found
            found |= new
            waiting += new
        return found

    def leading_to_an_end(self) -> set[str]:
        """Return every node from which the dialogue can end."""
        before: dict[str, set[str]] = {name: set() for name in self.edges}
        for name, targets in self.edges.items():
            for target in targets:
                before[target].add(name)
        found, waiting = set(self.ends), list(self.ends)
        while waiting:
            new = before[waiting.pop()] - found
            found |= new
            waiting += new
        return found

    def loop_without(self, removed: set[str]) -> str:
        """Return a node of a loop that has none of `removed`, "" when every loop has one."""
        left = {name: set(targets) - removed for name, targets in self.edges.items() if name not in removed}
        while True:
            leaves = [name for name, targets in left.items() if not targets & left.keys()]
            if not leaves:
                return _on_loop(left)
            for name in leaves:
                del left[name]


def _on_loop(left: Mapping[str, set[str]]) -> str:
    """Return a node on a loop of a graph where every node leads on; "" when it is empty."""
    if not left:
        return ""
    seen: list[str] = []
    node = min(left)
    while node not in seen:
        seen.append(node)
        node = min(left[node] & left.keys())
    return min(seen[seen.index(node) :])


def build_graph(program: Program, targets: Mapping[str, tuple[str, ...]]) -> Graph:
    """Build the graph; `targets`: node -> targets as written, `return` and `resume` among them."""
    returns = _returns(program)
    edges: dict[str, frozenset[str]] = {}
    for name, node in program.nodes.items():
        if isinstance(node, FlowCall):
            edges[name] = frozenset({node.at or program.flows[node.call].entry})
            continue
        out = {target for target in targets[name] if target not in (RETURN, RESUME)}
        if RETURN in targets[name]:
            out |= returns[program.flow_of[name]]
        edges[name] = frozenset(out)
    ends = {name for name, node in program.nodes.items() if isinstance(node, Queue | End) or RESUME in targets[name]}
    return Graph(edges, frozenset(ends), _stray(program, targets))


def _returns(program: Program) -> Mapping[str, set[str]]:
    """Return flow -> nodes its return can lead to; a flow node that itself returns leads on to its callers' targets."""
    calls = [
        (program.flow_of[name], node.call, node.to)
        for name, node in program.nodes.items()
        if isinstance(node, FlowCall)
    ]
    returns: dict[str, set[str]] = {flow: set() for flow in program.flows}
    size = -1
    while size != sum(map(len, returns.values())):
        size = sum(map(len, returns.values()))
        for caller, called, target in calls:
            returns[called] |= returns[caller] if target == RETURN else {target}
    return returns


def _stray(program: Program, targets: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return nodes that return although another flow leads into theirs without a flow node."""
    entered = {
        program.flow_of[target]
        for name, ways in targets.items()
        for target in ways
        if target not in (RETURN, RESUME) and program.flow_of[target] != program.flow_of[name]
    }
    return tuple(
        name for name, ways in targets.items() if RETURN in ways and program.flow_of[name] in entered
    )  # fmt: skip
