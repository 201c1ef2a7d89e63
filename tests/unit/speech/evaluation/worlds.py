"""A small world for cases: one province's divisions and the words to say them."""

from speech.evaluation.cases import World
from tests.unit.speech.slots.samples import PACK

VOCABULARY = frozenset(
    [item.name for item in PACK.divisions.values()] + ["新发路", "文海路", "五一路", "长安街", "幸福花园", "路", "花园"]
)
MENU = {"repair": ("我要报修", "没热水了"), "complaint": ("我要投诉",), "consult": ("保修几年",)}
WORLD = World(PACK, VOCABULARY, MENU)
