"""Random callers in random worlds, and the shortest way to every question."""

import random
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

from ivr.contract.dialogue import HungUp, Input, Resumed, TurnDone
from ivr.contract.ids import ticket_number
from ivr.contract.tickets import TicketLine
from ivr.flows.nodes import RETURN, TicketKind
from ivr.flows.state import Place
from speech.contract import Cause, Mode, TurnResult
from tests.unit.ivr.flows.known import ASKS, CALLER, CARD, E01, ROAD, ROOM, SHUNDE, TICKET, VISIT_CODE, tickets
from tests.unit.ivr.flows.play import Driver, listening_nodes
from tests.unit.ivr.flows.ways import Ways, ways

MOST_INPUTS = 300
_ROWS: tuple[Mapping[str, str] | None, ...] = (
    {},
    None,
    {"catalogue_id": "E01", "meaning_zh": "点火失败"},
    {"catalogue_id": "E9", "severity": "emergency"},
    {"catalogue_id": "E1"},
)
_VERDICTS: tuple[Mapping[str, str] | None, ...] = (
    *({"line": line, "until": "2026-08-01"} for line in ("7d", "15d", "in", "out", "no_proof", "unknown")),
    {"line": "?"},
    None,
)
BOILER = {"value": "boiler", "spoken": "壁挂炉"}


def _draft(kind: str, **said: Mapping[str, str]) -> Mapping[str, Any]:
    """Return a report that was cut; every second value had been confirmed."""
    slots = [
        {"slot": name, "value": dict(value), "status": ("unverified", "voice_confirmed")[place % 2], "source": "speech"}
        for place, (name, value) in enumerate(said.items())
    ]
    return {"ticket": ticket_number(1_000_003), "kind": kind, "slots": slots}


_NOTICE = {**CARD, "notice_area": "容桂街道", "notice_event": "今天停气"}
_CARDS: tuple[Mapping[str, Any] | None, ...] = (
    CARD, {**CARD, "elder": True}, None, {"products": "broken"}, _NOTICE, {},
    {"surge": True, "complaint_reply_by": "2026-07-25T11:00"},
    {**CARD, "open_ticket": TICKET["number"]},
    {**CARD, "draft": _draft("repair", product=BOILER, symptom={"value": "leak"})},
    {"draft": _draft("repair", product=BOILER, fault_code=E01, symptom={}, address={**SHUNDE, **ROAD, **ROOM})},
    *({"draft": _draft(kind, product=BOILER)} for kind in get_args(TicketKind)),
)  # fmt: skip

_LINES = tuple(TicketLine)
_SEVERAL = tickets({}, {"kind": "complaint", "number": ticket_number(1_000_002)})
_TICKETS: tuple[Mapping[str, Any] | None, ...] = (
    *({"tickets": []},) * 15,
    None,
    {"tickets": [3]},
    _SEVERAL,
    *(tickets({"line": line, "urges": urges}) for line in _LINES for urges in (0, 1, 2)),
)
_FOUND: tuple[Mapping[str, Any] | None, ...] = (
    {"exists": False},
    {"exists": True},
    None,
    *({"exists": True, "status": dict(TICKET)},) * 2,
    {"exists": True},
    {"exists": True},
)
_CODES: tuple[Mapping[str, Any] | None, ...] = (
    VISIT_CODE,
    {**VISIT_CODE, "fee": "out"},
    {**VISIT_CODE, "fee": ""},
    {"verdict": "callback", "date": "2026-11-20"},
    {"verdict": "bad", "reason": "unknown"},
    {"verdict": "bad", "reason": "expired"},
    {"verdict": "bad", "reason": "too_many"},
    None,
)


def play_randomly(seed: int) -> Driver:
    """Play one whole call, from its beginning or from where some question has just been put."""
    dice = random.Random(seed)  # noqa: S311  # a made-up caller, not a secret
    question = dice.choice(listening_nodes())
    driver = at(question) if dice.random() < 0.5 else _anywhere(dice)
    driver.stores = dice.random() < 0.1
    driver.found, driver.code = dice.choice(_FOUND), dice.choice(_CODES)
    driver.queue_open = dice.choice((driver.queue_open, True, False, None))
    caller = Caller(
        keenness=dice.choice((0.97, 0.95, 0.85, 0.6, 0.2)),
        clumsiness=dice.choice((0.5, 0.9, 0.2)),
        weak_spot=question if dice.random() < 0.5 else "",
        habit=dice.choice(("failures", "failures", "failures", "lost", "lost", "#", "#", "*", "9", "0")),
    )
    while not driver.over:
        assert len(driver.inputs) < MOST_INPUTS, "the call does not end"
        driver.give(caller.answer(dice, driver))
    return driver


def _anywhere(dice: random.Random) -> Driver:
    return Driver(
        card=dice.choice(_CARDS),
        queue_open=dice.choice((True, True, False, None)),
        numbers=dice.random() < 0.9,
        catalogue=dice.choice(_ROWS),
        queue=dice.choice(({}, {"queue": "repair", "waiting": 0}, {"queue": "", "waiting": 3})),
        waits=dice.choice((False, True, None)),
        tickets=dice.choice(_TICKETS),
        found=dice.choice(_FOUND),
        code=dice.choice(_CODES),
        caller=dice.choice((CALLER, CALLER, "")),
        keys_only=dice.random() < 0.2,
        warranty=dice.choice(_VERDICTS),
        agrees=dice.random() < 0.8,
        demo=dice.random() < 0.8,
        at=dice.choice(("2026-07-24T10:30", "2028-02-29T22:10", "")),
        follow_up=dice.choice((*(None,) * 40, *ASKS.values())),
    ).start()


@dataclass(frozen=True)
class Caller:
    """Answers, fails, or does something else; at one question always the same."""

    keenness: float
    clumsiness: float
    weak_spot: str
    habit: str

    def answer(self, dice: random.Random, driver: Driver) -> Input:
        """Return the caller's next input."""
        if dice.random() < 0.004:
            return HungUp()
        if dice.random() < 0.01:
            return Resumed(keys_only=dice.random() < 0.3)
        possible = ways(driver)
        if driver.node == self.weak_spot:
            return TurnDone(self._habit(dice, driver, possible))
        if dice.random() < self.keenness:
            return TurnDone(dice.choice(possible.answers))
        return TurnDone(dice.choice(possible.failures if dice.random() < self.clumsiness else possible.asides))

    def _habit(self, dice: random.Random, driver: Driver, possible: Ways) -> TurnResult:
        if self.habit == "failures":
            return dice.choice(possible.failures)
        if self.habit == "lost":
            return TurnResult(driver.state.turn_id, Cause.MEDIA_FAILED)
        return TurnResult(driver.state.turn_id, Cause.SUCCESS, Mode.DTMF, self.habit)


def begin(world: str) -> Driver:
    """Begin a call in a named world."""
    card = {"known": CARD, "cut": {"draft": _draft("repair", product=BOILER)}}.get(world)
    tickets_there = {"sought": {"tickets": []}, "several": _SEVERAL}.get(world, tickets({}))
    return Driver(
        card=card,
        queue_open=world != "closed",
        keys_only=world == "keys",
        warranty={"line": world if world in ("7d", "15d") else "in"},
        stores=False,
        tickets=tickets_there,
        found={"exists": True},
        code=VISIT_CODE,
        follow_up=ASKS.get(world),
    ).start()


@cache
def routes() -> Mapping[str, tuple[str, tuple[Input, ...]]]:
    """Return node -> (world, inputs) that lead to it first, for every node that listens or records."""
    found: dict[str, tuple[str, tuple[Input, ...]]] = {}
    seen: set[tuple[Place, str]] = set()
    for world in ("new", "known", "closed", "keys", "sought", "several", *ASKS):
        _search(
            world, found, set() if world == "known" else seen
        )  # who is known is asked other things at the same places
    found |= _by_hand()
    found["common_offer_agent"] = ("new", _silent_inputs())
    found["resume_draft"] = ("cut", tuple(begin("cut").inputs[1:]))
    assert found.keys() == set(listening_nodes()), set(listening_nodes()) - found.keys()
    return found


def _by_hand() -> dict[str, tuple[str, tuple[Input, ...]]]:
    """Return the way to questions that depend on what was said long before."""
    cold = begin("new").tell("repair", symptom={"value": "no_ignition", "spoken": "不点火", "raw": "打不着"})
    offer = cold.press("1").press("2").record().twin()
    step = offer.twin().press("1")
    visit = offer.twin().press("2").value({**SHUNDE, **ROAD, **ROOM}).mean("yes")
    name = visit.twin().press("1").mean("no").press("13900139000").press("1")
    purchase = visit.twin().press("1").mean("yes")
    told = [begin(world).press("3").press("1").value(E01).mean("yes") for world in ("7d", "15d")]
    for driver in told:
        driver.value({**SHUNDE, **ROAD, **ROOM}).mean("yes").press("1").mean("yes").keys("1", "1")
    ways_there = {
        "advice_offer": offer,
        "advice_step": step,
        "advice_result": step.twin().press("1"),
        "visit_part": visit.twin().press("2"),
        "contact_name": name,
        "purchase_date": purchase,
        "invoice": purchase.twin().press("5"),
        "vulnerable": purchase.twin().keys("5", "2"),
        "return_offer": told[0],
        "return_offer_15d": told[1],
    }
    assert all(driver.node == name for name, driver in ways_there.items()), [d.node for d in ways_there.values()]
    worlds = {"return_offer": "7d", "return_offer_15d": "15d"}
    return {name: (worlds.get(name, "new"), tuple(driver.inputs[1:])) for name, driver in ways_there.items()}


def _silent_inputs() -> tuple[Input, ...]:
    """Return a repair in which nothing more is said, up to the offer of a person."""
    driver = begin("new").press("3")
    while driver.node != "common_offer_agent":
        driver.silence()
    return tuple(driver.inputs[1:])


def _search(world: str, found: dict[str, tuple[str, tuple[Input, ...]]], seen: set[tuple[Place, str]]) -> None:
    """Walk a world's calls; where another world's call has been is not walked again, but for its beginning."""
    first = begin(world)
    of_repair = {name for name, (known, inputs) in found.items() if _in_repair(replay(known, inputs))}
    waiting = deque([first])
    seen.add(_where(first))
    while waiting:
        driver = waiting.popleft()
        route = (world, tuple(driver.inputs[1:]))
        found.setdefault(driver.node, route)
        if _in_repair(driver) and driver.node not in of_repair:
            of_repair.add(driver.node)
            found[driver.node] = route
        possible = ways(driver)
        for result in (*possible.answers, *possible.failures, *possible.asides):
            after = _after(driver, result)
            if not after.over and _where(after) not in seen:
                seen.add(_where(after))
                waiting.append(after)


def _in_repair(driver: Driver) -> bool:
    """Tell whether a shared question is asked for a repair: what the other tests mean by being there."""
    flow_of = driver.flows.flow_of
    waiting = [flow_of[target] for target in driver.state.place.stack if target != RETURN]
    matter = driver.state.matter
    return "repair" in (waiting or [flow_of[driver.node]]) and matter is not None and matter.kind == "repair"


def _where(driver: Driver) -> tuple[Place, str]:
    """Return what decides where a call can go from here: a shared flow leads on to where its caller waits."""
    return driver.state.place, driver.state.matter.kind if driver.state.matter else ""


def _after(before: Driver, result: TurnResult) -> Driver:
    """Return a copy of the call after `result`; what fails, fails until the question is left."""
    after = before.twin()
    after.give(TurnDone(result))
    while not after.over and result.cause is not Cause.SUCCESS and after.node == before.node:
        after.result(result.cause, result.mode, interpretation=result.interpretation)
    return after


def replay(world: str, inputs: tuple[Input, ...]) -> Driver:
    """Return a driver that was given the same inputs before."""
    driver = begin(world)
    skipped = len(driver.inputs) - 1
    for item in inputs[skipped:]:
        driver.give_only(item)
    return driver


@cache
def _asked(node: str) -> Driver:
    world, inputs = routes()[node]
    return replay(world, inputs)


def at(node: str) -> Driver:
    """Return a call that has just been asked the question `node`."""
    driver = _asked(node).twin()
    driver.stores = True
    return driver
