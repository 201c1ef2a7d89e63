"""What may run and what is refused, with file and node named."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
import yaml

from danger.words import WORDS
from ivr.flows import cli
from ivr.flows.load import HERE, load_program, read_yaml, schema
from ivr.flows.program import FlowError, Program
from ivr.flows.simulate import InvalidScript
from tests.unit.ivr.flows.play import program

BAD = Path(__file__).parent / "bad"
DOCS = Path(__file__).parents[4] / "docs" / "flows"
Change = Callable[[Path], None]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a copy of the shipped documents that may be spoiled."""
    for name in ("documents", "prompts"):
        shutil.copytree(HERE / name, tmp_path / name)
    shutil.copy(WORDS, tmp_path / "words.yaml")
    for name in ("lexicon.yaml", "areas.yaml", "topics.yaml", "advice.yaml"):
        shutil.copy(HERE / name, tmp_path / name)
    return tmp_path


def put(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_shipped_flows_load() -> None:
    assert isinstance(program(), Program)
    assert len(program().flows) >= 14
    with pytest.raises(TypeError):
        program().nodes["x"] = None  # type: ignore[index]  # what must not be possible
    for wrong in (program().question, program().recording, program().do, program().branch):
        with pytest.raises(TypeError, match="common_bye is a say"):
            wrong("common_bye")


@pytest.mark.parametrize("path", sorted(BAD.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_bad_flow_is_refused(path: Path, tree: Path) -> None:
    """The bad document takes the place of `visit`; one of the flow zz stands beside the others."""
    first, _, rest = path.read_text(encoding="utf-8").partition("\n")
    name = "zz" if "flow: zz" in rest else "visit"
    (tree / "documents" / f"{name}.yaml").write_text(rest, encoding="utf-8")
    with pytest.raises(FlowError) as refused:
        load_program(tree)
    assert first.removeprefix("# expect: ") in str(refused.value)
    assert ".yaml: " in str(refused.value)


def _flatten(tree: Path) -> None:
    path = tree / "lexicon.yaml"
    words = {**read_yaml(path), "commands": ["a"]}
    path.write_text(json.dumps(words), encoding="utf-8")


def _garble(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00")


SPOILED: dict[str, tuple[Change, str]] = {
    "no such variable": (lambda t: put(t / "prompts/visit.yaml", "{window}", "{weather}"), "unknown variable weather"),
    "prompt that is no list": (
        lambda t: put(t / "prompts/visit.yaml", '["抱歉,没听清时间。"]', "抱歉"),
        "visit_day.nm: is not a list of segments",
    ),
    "other variant": (lambda t: put(t / "prompts/visit.yaml", "    nm:", "    xx:"), "other prompts than"),
    "other heading": (lambda t: put(t / "prompts/visit.yaml", "says:", "shouts:"), "more than nodes and says"),
    "prompt twice": (
        lambda t: put(t / "prompts/visit.yaml", "visit_noted:", "common_bye:"),
        "prompt is also in another file",
    ),
    "machine's prompt": (
        lambda t: put(t / "prompts/common.yaml", "  sys_resume:", "  sys_other:"),
        "needs this prompt",
    ),
    "machine's node": (
        lambda t: put(t / "documents/common.yaml", "  common_limit_repeat: {kind: say, to: to_agent_quiet}\n", ""),
        "common_limit_repeat: the machine needs this node",
    ),
    "danger without instructions": (
        lambda t: put(t / "words.yaml", "  gas:", "  flood:"),
        "flood: no emergency node for this danger",
    ),
    "danger with more": (lambda t: put(t / "words.yaml", "doubt_after:", "doubt_later:"), "does not hold exactly"),
    "danger without phrases": (lambda t: put(t / "words.yaml", "- 一氧化碳", "- 1"), "kinds.co: is not a list"),
    "lexicon with more": (lambda t: put(t / "lexicon.yaml", "fillers:", "padding:"), "does not hold exactly"),
    "lexicon without sets": (_flatten, "commands: is not a mapping of phrases"),
    "lexicon without phrases": (
        lambda t: put(t / "lexicon.yaml", "  agent: [", "  agent: [1, "),
        "commands.agent: is not a list of phrases",
    ),
    "not text": (lambda t: _garble(t / "areas.yaml"), "areas.yaml: (file): cannot be read: UnicodeDecodeError"),
    "areas without a province": (lambda t: put(t / "areas.yaml", "province:", "land:"), "province: is not a list"),
    "evening without a time": (
        lambda t: put(t / "areas.yaml", "evening_from:", "late:"),
        "evening_visits: is not true",
    ),
    "advice without a reviewer": (
        lambda t: put(t / "advice.yaml", 'reviewed_by: ""', "reviewed_by: 1"),
        "is not a name",
    ),
    "advice without words": (
        lambda t: put(t / "advice.yaml", "adv_no_power:", "adv_none:"),
        "adv_none: missing prompt",
    ),
    "article without a source": (
        lambda t: put(t / "topics.yaml", "  ans_7d: 二", "  ans_7x: 二"),
        "ans_7d: an article without a source",
    ),
    "no file": (lambda t: (t / "areas.yaml").unlink(), "areas.yaml: (file): cannot be read"),
}


@pytest.mark.parametrize("name", SPOILED)
def test_spoiled_prompts_and_words_are_refused(name: str, tree: Path) -> None:
    spoil, words = SPOILED[name]
    spoil(tree)
    with pytest.raises(FlowError) as refused:
        load_program(tree, tree / "words.yaml")
    assert words in str(refused.value)


def test_words_that_other_yaml_takes_for_booleans_stay_words(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("yes: no\non: true\noff: ~\n", encoding="utf-8")
    assert read_yaml(path) == {"yes": "no", "on": True, "off": None}


def test_generated_files_are_fresh() -> None:
    """Run `./hotline flows draw` when this fails."""
    wanted = cli.documents()
    assert {path.name for path in DOCS.iterdir()} == set(wanted)
    for name, text in wanted.items():
        assert (DOCS / name).read_text(encoding="utf-8") == text, name


def test_the_exported_schema_fits_what_is_loaded() -> None:
    validator = jsonschema.Draft202012Validator(json.loads(schema()))
    for path in sorted((HERE / "documents").glob("*.yaml")):
        assert not list(validator.iter_errors(read_yaml(path))), path.name
    for name in ("kind_unknown", "expression", "limit_missing"):
        text = (BAD / f"{name}.yaml").read_text(encoding="utf-8")
        assert list(validator.iter_errors(yaml.safe_load(text))), name


def test_nodes_are_asked_for_by_what_they_do() -> None:
    assert program().question("main_menu").kind == "menu"
    for wrong in (
        lambda: program().question("common_bye"),
        lambda: program().recording("main_menu"),
        lambda: program().do("main_menu"),
    ):
        with pytest.raises(TypeError, match="is a "):
            wrong()


def test_the_command_line_checks_draws_and_plays(tmp_path: Path) -> None:
    assert " flows, " in cli.check()
    changed = cli.draw(tmp_path / "flows")
    assert len(changed) == len(program().flows) + 2
    assert cli.draw(tmp_path / "flows") == []
    script = tmp_path / "call.yaml"
    script.write_text('steps:\n  - dtmf: "1"\n', encoding="utf-8")
    assert cli.simulate(cli.read_script(script)).endswith("→ end")
    script.write_text("steps: 1\n", encoding="utf-8")
    with pytest.raises(InvalidScript):
        cli.read_script(script)
