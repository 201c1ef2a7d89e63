"""Conversations written down for readers: one file holds many, each under its name.

    python -m tests.unit.ivr.flows.transcribe

writes all files anew after a change of the flows; whoever changed them reads the difference.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from ivr.flows.simulate import Conversation, no_interpreter, simulate
from speech.noticing import notice
from tests.unit.ivr.flows.asked_again import ASKED_AGAIN
from tests.unit.ivr.flows.known import AT
from tests.unit.ivr.flows.play import interpreter, program
from tests.unit.ivr.flows.repairs import Script
from tests.unit.ivr.flows.rows import ROWS

HERE = Path(__file__).parent / "transcripts"
BOOKS: Mapping[str, Mapping[str, Script]] = {"rows.txt": ROWS, "asked_again.txt": ASKED_AGAIN}


def talk(script: Script) -> Conversation:
    """Run one script as its options say."""
    moves, options = script
    understands = no_interpreter if options.get("keys_only") else interpreter()
    return simulate(program(), moves, understands, at=AT, notice=notice, **options)


def since(name: str, lines: list[str]) -> list[str]:
    """Return the lines from the question on that `name` begins with ("symptom: silence"); all when it is not put."""
    question = f"[{name.partition(':')[0]}] "
    first = next((place for place, line in enumerate(lines) if line.startswith(question)), 0)
    return lines[first:]


def book(scripts: Mapping[str, Script]) -> str:
    """Return all conversations as they stand in their file."""
    parts = (["== " + name, *since(name, talk(script).lines), ""] for name, script in scripts.items())
    return "\n".join(line for part in parts for line in part)


def _write(names: Iterable[str], folder: Path, run: Callable[[str], Conversation]) -> None:
    for name in names:
        (folder / f"{name}.txt").write_text("\n".join(run(name).lines) + "\n", encoding="utf-8")


def main() -> None:
    """Write every transcript."""
    from tests.unit.ivr.flows import (
        node_transcripts,
        test_flows_follow_up,
        test_flows_resume,
        test_flows_service,
        test_flows_tickets,
        test_flows_transcripts,
    )

    for made in (
        test_flows_follow_up,
        test_flows_resume,
        test_flows_service,
        test_flows_tickets,
        test_flows_transcripts,
    ):
        _write(made.SCRIPTS, made.HERE, made.run)
    for name, scripts in BOOKS.items():
        (HERE / name).write_text(book(scripts), encoding="utf-8")
    node_transcripts.write_all()


if __name__ == "__main__":
    main()
