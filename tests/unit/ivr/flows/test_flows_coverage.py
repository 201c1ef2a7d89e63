"""Each key of the dialogue design is built and met: in a conversation written down, or in the test that is named."""

from functools import cache
from pathlib import Path

import pytest

from ivr.contract.dialogue import Perform, Record
from ivr.dialplan.prompts import FALLBACK, WAITING
from ivr.flows.load import read_yaml
from ivr.flows.machine import step
from ivr.flows.simulate import Conversation
from ivr.flows.state import State
from speech.contract import shown
from tests.unit.ivr.flows import (
    test_flows_follow_up,
    test_flows_resume,
    test_flows_service,
    test_flows_tickets,
    test_flows_transcripts,
)
from tests.unit.ivr.flows.dialogue_keys import Keys, extract, listed
from tests.unit.ivr.flows.play import program
from tests.unit.ivr.flows.transcribe import BOOKS, talk

HERE = Path(__file__).parent
ROOT = HERE.parents[3]
LIST = read_yaml(HERE / "dialogue_keys.yaml")
PLACES = read_yaml(HERE / "dialogue_places.yaml")
SECTIONS: Keys = LIST["dialogue"]
NOT_BUILT = {key for name in PLACES["not_built"] for key in SECTIONS.get(name, {name: []})}
PROMPTS = {key: prompts for keys in SECTIONS.values() for key, prompts in keys.items()}
SPOKEN = [key for key in PROMPTS if key not in {*NOT_BUILT, *PLACES["elsewhere"], *PLACES["same_as"]}]
SAID = [f"{key}.{prompt}" for key in SPOKEN for prompt in PROMPTS[key]] + [key for key in SPOKEN if not PROMPTS[key]]


def full_key(key: str) -> str:
    """Return the key of the prompt: a sentence of the design may be a question of ours."""
    return key if key in program().prompts else f"{key}.p"


def heard_in(conversation: Conversation) -> set[str]:
    """Return the keys of all segments spoken, slow halves as their whole."""
    state, keys = State(), set()
    for item in conversation.inputs:
        state, effects = step(program(), state, item)
        spoken = [effect.turn if isinstance(effect, Perform) else effect.spec for effect in effects
                  if isinstance(effect, Perform | Record)]  # fmt: skip
        keys |= {segment.key.partition(".slow")[0] for words in spoken for segment in words.segments}
    return keys


@cache
def heard() -> tuple[frozenset[str], str]:
    """Return the keys and the lines of every conversation that is written down."""
    modules = (test_flows_follow_up, test_flows_resume, test_flows_service, test_flows_tickets, test_flows_transcripts)
    talks = [module.run(name) for module in modules for name in module.SCRIPTS]
    talks += [talk(script) for scripts in BOOKS.values() for script in scripts.values()]
    keys = frozenset(key for conversation in talks for key in heard_in(conversation))
    return keys, "\n".join(line for conversation in talks for line in conversation.lines)


@pytest.mark.parametrize("key", SAID)
def test_a_sentence_of_the_design_is_written_and_heard(key: str) -> None:
    templates = program().prompts.get(full_key(key))
    assert templates, f"{key}: not built, and not in dialogue_places.yaml"
    keys, lines = heard()
    steps = key.startswith("adv_")  # a self-check's sentence is a part of advice_step
    unheard = [item for item in templates if item.key not in keys and not (steps and shown(item.text) in lines)]
    assert not unheard, f"{key}: no conversation that is written down says it"


@pytest.mark.parametrize(("key", "test"), PLACES["elsewhere"].items())
def test_a_key_spoken_elsewhere_has_a_test(key: str, test: str) -> None:
    assert key in (ROOT / test).read_text(encoding="utf-8")
    words = {name.partition(".")[0] for name in (*FALLBACK, *WAITING)}
    assert key in words | set(program().prompts)


def test_what_is_not_built_is_not_there() -> None:
    assert not [key for key in NOT_BUILT if {key, f"{key}.p"} & set(program().prompts)]
    assert not [key for key in NOT_BUILT if key in FALLBACK]


def test_the_places_name_only_keys_of_the_design() -> None:
    named = {*NOT_BUILT, *PLACES["elsewhere"], *PLACES["same_as"], *PLACES["same_as"].values()}
    assert named <= set(PROMPTS)


DESIGN = """
## how_to_read
- see `other.p`, `node.nm`
## some_lines
| 键 | 何时 | 话 |
|---|---|---|
| `a_line.1–.3` | 每次 | 「一。」「二。」 |
| `one` / `two` | 每次 | 「一。」/「二。」`three`「三。」 |
| `wait`(每 15 秒) | 每次 | 「四。」 |
```mermaid
  a_node --> `none`「五。」
```
### part
#### `ask_it` 问
- 说 提示「六?」 重提1「七?」 重提2(同重提1) 没听懂(不适用) 没声音「八。」
- 听 “九”
| 键·目的 | 提示 | 重提1 | 重提2 | 没听懂 / 没声音 | 听 |
|---|---|---|---|---|---|
| `row_it` 问 | 「十?」 | (同提示) | `one` | 「抱歉。」/(直接走) | “对” |
## later
- `row_said`:「再见。」 `again`(同上)「再见。」
| 流程 | 队列 |
|---|---|
| `queue_row` | 「不是键」 |
"""


def test_the_keys_are_taken_from_the_text_by_the_rule() -> None:
    assert extract(DESIGN) == {
        "some_lines": {
            "a_line": [], "one": [], "two": [], "three": [], "wait": [],
            "ask_it": ["p", "r1", "ni"], "row_it": ["p", "nm"],
        },
        "later": {"row_said": [], "again": [], "queue_row": []},
    }  # fmt: skip


def test_the_list_is_one_of_the_extractor_and_tells_its_document() -> None:
    assert len(LIST["sha256"]) == 64
    made = listed(DESIGN)
    assert made.splitlines()[0] == (HERE / "dialogue_keys.yaml").read_text(encoding="utf-8").splitlines()[0]
