"""The pictures of the processes in docs are those of the tables."""

from pathlib import Path

from crm.policy.pictures import pages
from tests.unit.crm.policy.defaults import clock_rules

FOLDER = Path(__file__).resolve().parents[4] / "docs" / "tickets"


def test_the_pages_in_docs_are_fresh() -> None:
    drawn = pages(clock_rules()[-1])
    assert {path.name for path in FOLDER.glob("*.md")} == set(drawn)
    for name, text in drawn.items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text, f"python -m crm processes ({name})"


def test_every_move_is_drawn() -> None:
    drawn = pages(clock_rules()[-1])
    assert "approving --> waiting_return : 同意，待寄回" in drawn["unit_return.md"]
    assert "| 上门 | 市区 | 8 | 7×24 | 四.一.2 |" in drawn["repair.md"]
    assert drawn["consult.md"].rstrip().endswith("没有时限。")
