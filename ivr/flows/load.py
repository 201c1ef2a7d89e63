"""Loads flow documents, prompts, lexicon and areas into a Program, or refuses them with file and node named."""

import json
from collections.abc import Hashable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml
from pydantic import ValidationError

from danger.words import WORDS, InvalidWords, parse_words
from ivr.flows.checks import check_program
from ivr.flows.nodes import Flow
from ivr.flows.program import Advice, Areas, FlowError, Program, Template
from speech.contract import Lexicon

HERE = Path(__file__).parent
_VARIANTS = frozenset({"p", "r1", "r2", "nm", "ni"})


class _Loader(yaml.SafeLoader):
    """YAML without surprises: a key twice is an error, and only true and false are booleans (no, on, off are words)."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Refuse a key that stands twice."""
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key {key!r} stands twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool" or letter in "tf"]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load_program(root: Path = HERE, danger: Path = WORDS) -> Program:
    """Load and check `documents/*.yaml`, `prompts/*.yaml`, `lexicon.yaml` and `areas.yaml` under `root`.

    danger: the file of danger words.
    Raises FlowError, naming file and node, for anything that must not run.
    """
    flows = _flows(root / "documents")
    nodes = {name: node for flow in flows.values() for name, node in flow.nodes.items()}
    program = Program(
        flows=MappingProxyType(flows),
        nodes=MappingProxyType(nodes),
        flow_of=MappingProxyType({name: flow.flow for flow in flows.values() for name in flow.nodes}),
        prompts=MappingProxyType(_prompts(root / "prompts")),
        lexicon=_lexicon(root / "lexicon.yaml", danger),
        areas=_areas(root / "areas.yaml"),
        topics=_topics(root / "topics.yaml"),
        advice=_advice(root / "advice.yaml"),
    )
    check_program(program)
    return program


def schema() -> str:
    """Return the JSON Schema of a flow document, as the file docs/flows/schema.json holds it."""
    return json.dumps(Flow.model_json_schema(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def read_yaml(path: Path) -> dict[str, Any]:
    """Read one YAML mapping; raises FlowError."""
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506  # a SafeLoader subclass
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise FlowError(path.name, "", f"cannot be read, line {line}: {error.problem}") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise FlowError(path.name, "", f"cannot be read: {type(error).__name__}") from error
    if not isinstance(raw, dict):
        raise FlowError(path.name, "", "is not a mapping")
    return raw


def _flows(folder: Path) -> dict[str, Flow]:
    flows: dict[str, Flow] = {}
    owners: dict[str, str] = {}
    for path in sorted(folder.glob("*.yaml")):
        flow = _flow(path)
        if flow.flow != path.stem:
            raise FlowError(path.name, "", f"holds the flow {flow.flow}")
        for name in flow.nodes:
            if name in owners:
                raise FlowError(path.name, name, f"is also in {owners[name]}")
            owners[name] = path.name
        flows[flow.flow] = flow
    return flows


def _flow(path: Path) -> Flow:
    try:
        return Flow.model_validate(read_yaml(path))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = [str(item) for item in first["loc"]]
        node = where[1] if len(where) > 1 and where[0] == "nodes" else ""
        raise FlowError(path.name, node, f"{'.'.join(where)}: {first['msg']}") from error


def _prompts(folder: Path) -> dict[str, tuple[Template, ...]]:
    prompts: dict[str, tuple[Template, ...]] = {}
    for path in sorted(folder.glob("*.yaml")):
        raw = read_yaml(path)
        if not raw.keys() <= {"nodes", "says"}:
            raise FlowError(path.name, "", "holds more than nodes and says")
        found = dict(_templates(path.name, name, raw["says"][name], numbered=False) for name in raw.get("says", {}))
        for name, variants in raw.get("nodes", {}).items():
            if not isinstance(variants, dict) or not variants.keys() <= _VARIANTS:
                raise FlowError(path.name, str(name), "has other prompts than p r1 r2 nm ni")
            found |= dict(_templates(path.name, f"{name}.{key}", variants[key], numbered=True) for key in variants)
        twice = found.keys() & prompts.keys()
        if twice:
            raise FlowError(path.name, min(twice), "prompt is also in another file")
        prompts |= found
    return prompts


def _templates(file: str, key: str, texts: Any, *, numbered: bool) -> tuple[str, tuple[Template, ...]]:
    """Return a prompt's segments; a say of one segment has the say's own key, all others are numbered from 1."""
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) and text for text in texts):
        raise FlowError(file, str(key), "is not a list of segments")
    many = numbered or len(texts) > 1
    return key, tuple(Template(f"{key}.{n}" if many else key, text) for n, text in enumerate(texts, 1))


def _lexicon(path: Path, danger: Path) -> Lexicon:
    raw = _exactly(path, {"commands", "yes", "no", "fillers"})
    try:
        words = parse_words(read_yaml(danger))
    except InvalidWords as error:
        raise FlowError(danger.name, "", str(error)) from error
    return Lexicon(
        commands=_phrase_sets(path.name, "commands", raw["commands"]),
        yes=_phrases(path.name, "yes", raw["yes"]),
        no=_phrases(path.name, "no", raw["no"]),
        safety=words.safety,
        not_safety=words.not_safety,
        doubt_before=words.doubt_before,
        doubt_links=words.doubt_links,
        doubt_after=words.doubt_after,
        fillers=_phrases(path.name, "fillers", raw["fillers"]),
    )


def _exactly(path: Path, wanted: set[str]) -> Mapping[str, Any]:
    raw = read_yaml(path)
    if raw.keys() != wanted:
        raise FlowError(path.name, "", f"does not hold exactly {', '.join(sorted(wanted))}")
    return raw


def _areas(path: Path) -> Areas:
    raw = read_yaml(path)
    evening, begins = raw.get("evening_visits"), raw.get("evening_from")
    if not isinstance(evening, bool) or not isinstance(begins, str):
        raise FlowError(path.name, "evening_visits", "is not true or false, with evening_from as a time")
    city, province = (_phrases(path.name, name, raw.get(name)) for name in ("city", "province"))
    return Areas(city, province, evening, begins)


def _advice(path: Path) -> Advice:
    raw = read_yaml(path)
    reviewed = raw.get("reviewed_by")
    if not isinstance(reviewed, str):
        raise FlowError(path.name, "reviewed_by", "is not a name")
    return Advice(
        reviewed,
        by_symptom=_phrase_sets(path.name, "by_symptom", raw.get("by_symptom")),
        by_words=_phrase_sets(path.name, "by_words", raw.get("by_words")),
        frozen=_phrases(path.name, "frozen", raw.get("frozen")),
        reset=_phrases(path.name, "reset", raw.get("reset")),
    )


def _topics(path: Path) -> Mapping[str, tuple[str, ...]]:
    """Read what is answered to which question; every article needs a source."""
    raw = read_yaml(path)
    topics = _phrase_sets(path.name, "topics", raw.get("topics"))
    sources = raw.get("sources")
    for key in (key for keys in topics.values() for key in keys):
        if not isinstance(sources, dict) or not isinstance(sources.get(key), str):
            raise FlowError(path.name, key, "an article without a source")
    return topics


def _phrase_sets(file: str, name: str, raw: Any) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(raw, dict):
        raise FlowError(file, name, "is not a mapping of phrases")
    return MappingProxyType({str(key): _phrases(file, f"{name}.{key}", raw[key]) for key in raw})


def _phrases(file: str, name: str, raw: Any) -> tuple[str, ...]:
    if not isinstance(raw, list) or not raw or not all(isinstance(item, str) and item for item in raw):
        raise FlowError(file, name, "is not a list of phrases")
    return tuple(raw)
