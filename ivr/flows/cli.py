"""What `./hotline flows check|draw|simulate` calls."""

from collections.abc import Sequence
from pathlib import Path

from ivr.flows.load import HERE, load_program, read_yaml, schema
from ivr.flows.nodes import Ask, Menu, Record
from ivr.flows.pictures import draw as draw_pictures
from ivr.flows.simulate import InvalidScript, Move, Notice, no_interpreter, nothing_noticed
from ivr.flows.simulate import simulate as run_script
from speech.contract import Interpreter


def check(root: Path = HERE) -> str:
    """Load and check the flows; returns one line of figures. Raises FlowError, naming file and node."""
    program = load_program(root)
    listening = sum(isinstance(node, Menu | Ask | Record) for node in program.nodes.values())
    return f"{len(program.flows)} flows, {len(program.nodes)} nodes, {listening} listen, {len(program.prompts)} prompts"


def documents(root: Path = HERE) -> dict[str, str]:
    """Return every generated file of docs/flows: name -> text."""
    return {**draw_pictures(load_program(root)), "schema.json": schema()}


def draw(folder: Path) -> list[Path]:
    """Write the pictures and the schema into `folder`; returns the files that changed."""
    folder.mkdir(parents=True, exist_ok=True)
    changed = []
    for name, text in documents().items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed


def read_script(path: Path) -> tuple[Move, ...]:
    """Read a script file: a mapping with `steps`, a list of moves. Raises FlowError or InvalidScript."""
    steps = read_yaml(path).get("steps")
    if not isinstance(steps, list) or not all(isinstance(move, str | dict) for move in steps):
        raise InvalidScript("steps: expected a list of moves")
    return tuple(steps)


def simulate(
    script: Sequence[Move],
    interpreter: Interpreter = no_interpreter,
    notice: Notice = nothing_noticed,
    *,
    keys_only: bool = False,
) -> str:
    """Run a scripted conversation and return its transcript. Raises InvalidScript."""
    return "\n".join(run_script(load_program(), script, interpreter, keys_only=keys_only, notice=notice).lines)
