"""What the next caller hears of the knowledge in force: a dialogue over the real pack, by voice or by keys."""

from dataclasses import dataclass, field
from pathlib import Path

from ivr.contract.dialogue import Input, LookedUp, Lookup, Perform, TurnDone
from ivr.sessions.article_pack import PackArticles
from speech.contract import Cause, Mode, Segment, TurnResult
from tests.unit.ivr.flows.play import Driver, interpreter


@dataclass
class Informed(Driver):
    """A driver whose articles are those of the pack in force."""

    packs: PackArticles = field(kw_only=True)

    def look_up(self, action: str) -> Input:
        """Answer as ivr does; `articles` from the pack."""
        if action != "articles" or not isinstance(self.last, Lookup):
            return super().look_up(action)
        return LookedUp(action, {"articles": dict(self.packs.find(self.last.args["keys"].split(",")))})

    def say(self, *texts: str) -> "Informed":
        """Say what the recognizer writes as these texts."""
        for text in texts:
            heard = interpreter()(self.slot, self.flows.lexicon, (text,))
            self.give(TurnDone(TurnResult(self.state.turn_id, Cause.SUCCESS, Mode.SPEECH, interpretation=heard)))
        return self


def answer(packs: Path, question: str) -> tuple[Segment, ...]:
    """Return what the next caller hears in answer to `question`, without what is asked then."""
    driver = Informed(packs=PackArticles(packs))
    driver.start()
    driver.say("咨询", question)
    assert driver.node == "consult_after"
    assert isinstance(driver.last, Perform)
    return tuple(item for item in driver.turn.segments if not item.key.startswith("consult_after"))
