"""What the schema cannot see: unknown nodes, missing prompts and edges, dead ends, unreachable nodes, endless loops."""

from collections.abc import Iterator

from ivr.flows.actions import ACTIONS
from ivr.flows.branches import BRANCHES
from ivr.flows.digits import CHECKS
from ivr.flows.fillers import FILLER_NAMES
from ivr.flows.graph import Graph, build_graph
from ivr.flows.nodes import RESUME, RETURN, Ask, Branch, Do, FlowCall, Menu, Node, Record, Say
from ivr.flows.program import EMERGENCY_KINDS, KNOWN_NODES, KNOWN_PROMPTS, START, FlowError, Program
from ivr.flows.variables import VARIABLES

RESERVED_KEYS = "09*"


def check_program(program: Program) -> None:
    """Raise FlowError for the first thing that must not run."""
    for problem in _problems(program):
        raise problem


def _problems(program: Program) -> Iterator[FlowError]:
    for name in KNOWN_NODES:
        if name not in program.nodes:
            yield FlowError("documents", name, "the machine needs this node")
    for name in KNOWN_PROMPTS:
        if name not in program.prompts:
            yield FlowError("prompts", name, "the machine needs this prompt")
    yield from _lexicon_problems(program)
    advice = program.advice
    for name in (*advice.reset, *advice.by_words, *(key for keys in advice.by_symptom.values() for key in keys)):
        if name not in program.prompts:
            yield FlowError("advice.yaml", name, "missing prompt")
    for name, node in program.nodes.items():
        for text in _node_problems(program, name, node):
            yield _error(program, name, text)
    for flow in program.flows.values():
        for target in filter(None, (flow.entry, flow.back, flow.way_out)):
            if target not in program.nodes:
                yield FlowError(f"{flow.flow}.yaml", target, "unknown node")
    yield from _graph_problems(program)


def _error(program: Program, name: str, text: str) -> FlowError:
    return FlowError(f"{program.flow_of[name]}.yaml", name, text)


def _lexicon_problems(program: Program) -> Iterator[FlowError]:
    unknown = program.lexicon.safety.keys() - EMERGENCY_KINDS.keys()
    if unknown:
        yield FlowError("words.yaml", min(unknown), "no emergency node for this danger")


# ---- one node ----


def _node_problems(program: Program, name: str, node: Node) -> Iterator[str]:
    for target in targets(node):
        if target not in program.nodes and target not in (RETURN, RESUME):
            yield f"unknown node {target}"
    match node:
        case Say():
            if node.fill and node.fill not in FILLER_NAMES:
                yield f"unknown filler {node.fill}"
            yield from _prompt_problems(program, node.prompt or name, required=True, reads=node.reads)
        case Branch():
            yield from _branch_problems(node)
        case Do():
            yield from _do_problems(node)
        case FlowCall():
            yield from _call_problems(program, node)
        case Record():
            yield from _question_prompts(program, name)
        case Menu() | Ask():
            yield from _question_prompts(program, name, node.reads)
            yield from _question_problems(node)
        case _:
            pass


def _branch_problems(node: Branch) -> Iterator[str]:
    rule = BRANCHES.get(node.by)
    if rule is None:
        yield f"unknown branch function {node.by}"
    else:
        yield from _edges("value", {value.value for value in rule.values}, set(node.to))


def _do_problems(node: Do) -> Iterator[str]:
    if node.action not in ACTIONS:
        yield f"unknown action {node.action}"
    if node.matter and node.action != "ticket_number":
        yield "a matter is entered with the action ticket_number"
    if node.fill and node.fill not in FILLER_NAMES:
        yield f"unknown filler {node.fill}"
    if set(node.to) != {"done", "failed"}:
        yield "needs the edges done and failed"


def _call_problems(program: Program, node: FlowCall) -> Iterator[str]:
    if node.call not in program.flows:
        yield f"unknown flow {node.call}"
    elif node.at and node.at not in program.flows[node.call].nodes:
        yield f"{node.at} is not in the flow {node.call}"


def _question_prompts(program: Program, name: str, reads: dict[str, str] | None = None) -> Iterator[str]:
    for variant in ("p", "r1", "r2", "nm", "ni"):
        yield from _prompt_problems(program, f"{name}.{variant}", required=variant == "p", reads=reads)


def _prompt_problems(
    program: Program, key: str, *, required: bool, reads: dict[str, str] | None = None
) -> Iterator[str]:
    if required and key not in program.prompts:
        yield f"missing prompt {key}"
    for template in program.prompts.get(key, ()):
        for variable in template.variables:
            if (reads or {}).get(variable, variable) not in VARIABLES:
                yield f"prompt {template.key}: unknown variable {variable}"


def _question_problems(node: Menu | Ask) -> Iterator[str]:
    taken = [key for key in node.keys if key in RESERVED_KEYS]
    if taken:
        yield f"key {taken[0]} means the same at every node"
    if isinstance(node, Ask) and node.check and node.check not in CHECKS:
        yield f"unknown check {node.check}"
    if node.captures_as and node.captures_as not in node.meanings:
        yield f"captures as {node.captures_as}, which is no answer"
    if isinstance(node, Ask) and node.listen != "yes_no" and node.slot is None:
        yield "a value needs a slot"
    for meaning, filler in node.fill.items():
        if filler not in FILLER_NAMES:
            yield f"unknown filler {filler}"
        if meaning != "fallback" and meaning not in node.to:
            yield f"fills at {meaning}, which is no answer"
    yield from _edges("answer", _meanings(node), set(node.to) - _optional(node))


def _meanings(node: Menu | Ask) -> set[str]:
    meanings = node.meanings
    if isinstance(node, Menu):
        value_said = node.correcting or node.pick == "fault_code"
        return meanings | ({"corrected", "ambiguous"} if value_said else set())
    if node.listen == "yes_no":
        return meanings | {"yes", "no"}
    return meanings | {"value"}


def _optional(node: Menu | Ask) -> set[str]:
    """Edges that a question may have besides those it must have."""
    if not isinstance(node, Ask):
        return {"corrected"} if node.one_breath and not node.correcting else set()
    if node.listen in ("digits", "phone"):
        return {"empty"} - _meanings(node)
    return {"ambiguous"}


def _edges(what: str, needed: set[str], present: set[str]) -> Iterator[str]:
    for name in sorted(needed - present):
        yield f"no edge for the {what} {name}"
    for name in sorted(present - needed):
        yield f"edge for {name}, which is no {what}"


def targets(node: Node) -> tuple[str, ...]:
    """Return every place a node can lead to, as written, without those of the global commands."""
    match node:
        case Say():
            return (node.to,)
        case Branch() | Do():
            return tuple(node.to.values())
        case FlowCall():
            return (node.to,)
        case Record():
            return tuple(filter(None, (node.to, node.fallback, node.caught_to)))
        case Menu() | Ask():
            ways = (
                node.fallback, node.limit_to, node.corrections_to, node.no_match_to, node.no_input_to,
                node.keys_only_to,
            )  # fmt: skip
            return tuple(dict.fromkeys((*node.to.values(), *filter(None, ways))))
        case _:
            return ()


# ---- the whole ----


def _graph_problems(program: Program) -> Iterator[FlowError]:
    graph = build_graph(program, {name: targets(node) for name, node in program.nodes.items()})
    for name in graph.stray_returns:
        yield _error(program, name, "returns from a flow that is also entered without a flow node")
    loop = _endless(program, graph)
    if loop:
        yield _error(program, loop, "unbounded loop without a question")
    dead_end = graph.loop_without(graph.leading_to_an_end())
    if dead_end:
        yield _error(program, dead_end, "dead end: nothing from here ends the call")
    reached = graph.reachable({START, *KNOWN_NODES})
    for name in program.nodes:
        if name not in reached:
            yield _error(program, name, "unreachable")


def _endless(program: Program, graph: Graph) -> str:
    """Return a node of a loop that no counted question bounds, "" when there is none."""
    waits = {name for name, node in program.nodes.items() if isinstance(node, Menu | Ask | Record)}
    return graph.loop_without(waits)
