"""The call ledger compared with Asterisk after an outage of the AMI link, of ivr or of Asterisk."""

from datetime import datetime, timedelta

import pytest

from ivr.contract.facts import (
    AgentAnswered,
    CallbackRequested,
    QueueJoined,
    QueueLeft,
    TalkEnded,
)
from ivr.telephony import calls
from ivr.telephony.calls import CallLedger, DialogueEnd, Noted
from ivr.telephony.events import (
    AgentCompleted,
    AgentConnected,
    CallerJoinedQueue,
    CallerLeftQueue,
    CallStarted,
    ChannelHungUp,
    Snapshot,
    TelephonyEvent,
)
from ivr.telephony.translate import snapshot
from tests.unit.ivr.telephony.recordings_of_ami import (
    NOW,
    call_facts,
    ended,
    fold,
    kinds,
    ledger,
    phone_words,
    snapshot_rows,
    typed,
    waiting,
)


def test_snapshot_that_agrees_changes_nothing() -> None:
    book, _ = waiting()
    joined = next(event for event in typed("snapshots") if isinstance(event, CallerJoinedQueue)).at
    held, _ = snapshot(*snapshot_rows("waiting"), joined)
    assert kinds(book.reconcile(held, NOW)) == []
    assert kinds(fold(book, typed("snapshots")))[-1] == "contact_ended"


@pytest.mark.parametrize(("restarted", "outcome"), [(False, "uncertain"), (True, "cut")])
def test_call_that_vanished_while_ami_was_away(restarted: bool, outcome: str) -> None:
    book, _ = waiting()
    notes = book.reconcile(Snapshot(frozenset(), {}, ()), NOW, restarted=restarted)
    assert [fact.KIND for fact in call_facts(notes)][:2] == ["agent_ring_ended", "queue_left"]
    left = next(fact for fact in call_facts(notes) if isinstance(fact, QueueLeft))
    assert left.reason == "uncertain"
    assert ended(notes).outcome == outcome
    assert (CallbackRequested("cut") in call_facts(notes)) is restarted
    assert call_facts(fold(book, typed("snapshots"))) == []
    assert kinds(book.reconcile(Snapshot(frozenset(), {}, ()), NOW)) == []


def test_talk_that_vanished_while_ami_was_away_ended_nobody_knows_how() -> None:
    book = ledger()
    events = typed("talk-agent-hangs-up")
    talking = next(index for index, event in enumerate(events) if isinstance(event, AgentConnected)) + 1
    fold(book, events[:talking])
    start = next(event for event in events if isinstance(event, CallStarted))
    notes = book.reconcile(Snapshot(frozenset({start.uniqueid}), {}, ()), NOW)
    (talk,) = [fact for fact in call_facts(notes) if isinstance(fact, TalkEnded)]
    assert talk.by == "uncertain"


def test_the_end_of_a_talk_tells_of_an_answer_that_ami_missed() -> None:
    events = typed("talk-agent-hangs-up")
    start = next(event for event in events if isinstance(event, CallStarted))
    answer = next(index for index, event in enumerate(events) if isinstance(event, AgentConnected))
    away = next(index for index, event in enumerate(events) if isinstance(event, CallerLeftQueue))
    book = ledger()
    fold(book, events[:away])
    notes = book.reconcile(Snapshot(frozenset({start.uniqueid}), {}, ()), NOW)
    assert [fact.reason for fact in call_facts(notes) if isinstance(fact, QueueLeft)] == ["uncertain"]
    notes = fold(book, events[answer + 1 :])
    assert [fact.KIND for fact in call_facts(notes)][:3] == ["queue_joined", "agent_answered", "talk_ended"]
    assert ended(notes).outcome == "talked"


@pytest.mark.parametrize("gone", [False, True])
def test_a_talk_goes_on_over_a_restart_of_ivr(gone: bool) -> None:
    events = typed("talk-agent-hangs-up")
    start = next(event for event in events if isinstance(event, CallStarted))
    talking = next(index for index, event in enumerate(events) if isinstance(event, AgentConnected)) + 1
    connected = events[talking - 1]
    assert isinstance(connected, AgentConnected)
    book = ledger()
    notes = book.contact_known(start.contact, start.linkedid, start.uniqueid, start.at, joins=1)
    notes += book.talk_known(start.contact, "v1", connected.queue, connected.agent, connected.at)
    notes += book.dialogue_ended(start.contact, DialogueEnd.HANDED_OVER)
    assert phone_words(notes) == ["talking"]
    held = Snapshot(frozenset(() if gone else (start.uniqueid,)), {}, ())
    notes = book.reconcile(held, NOW)
    if not gone:
        assert call_facts(notes) == []
        notes = fold(book, events[talking:])
    (talk,) = [fact for fact in call_facts(notes) if isinstance(fact, TalkEnded)]
    assert (talk.visit, talk.by) == ("v1", "uncertain" if gone else "agent")
    assert "queue_joined" not in kinds(notes)
    assert ended(notes).outcome == "talked"


def restarted_while_waiting() -> tuple[CallLedger, list[TelephonyEvent], CallStarted, datetime]:
    """A book of a new ivr whose journal holds a caller as waiting, with a phone that rings."""
    events = typed("talk-agent-hangs-up")
    start = next(event for event in events if isinstance(event, CallStarted))
    joined = next(event for event in events if isinstance(event, CallerJoinedQueue))
    book = ledger()
    book.contact_known(start.contact, start.linkedid, start.uniqueid, start.at, joins=1)
    book.wait_known(start.contact, "v1", joined.queue, joined.at, {"8002": joined.at})
    book.dialogue_ended(start.contact, DialogueEnd.HANDED_OVER)
    return book, list(events), start, joined.at


@pytest.mark.parametrize("looked", [False, True])
def test_a_wait_goes_on_over_a_restart_of_ivr(looked: bool) -> None:
    book, events, start, joined = restarted_while_waiting()
    notes = []
    if looked:
        held = Snapshot(frozenset({start.uniqueid}), {("repair", start.uniqueid): joined - timedelta(seconds=1)}, ())
        notes += book.reconcile(held, NOW)
        assert kinds(notes) == ["agent_ring_ended"]  # nobody knows on which channel it rang
    answered = next(index for index, event in enumerate(events) if isinstance(event, AgentConnected))
    notes += fold(book, events[answered:])
    (answer,) = [fact for fact in call_facts(notes) if isinstance(fact, AgentAnswered)]
    assert answer.visit == "v1"
    assert {"queue_joined", "queue_left"}.isdisjoint(kinds(notes))
    assert kinds(notes).count("agent_ring_ended") == 1
    assert ended(notes).outcome == "talked"


def asked(book: CallLedger, recorded: str, joined: datetime) -> list[Noted]:
    """Compare with a recorded answer, which came a second later."""
    held, _ = snapshot(*snapshot_rows(recorded), joined)
    return book.reconcile(held, joined + timedelta(seconds=1))


def seen_until_rung(agent: str) -> tuple[CallLedger, CallStarted, CallerJoinedQueue]:
    """A book of a new ivr, of the call that both snapshots show; this agent's phone rang."""
    start = next(event for event in typed("snapshots") if isinstance(event, CallStarted))
    joined = next(event for event in typed("snapshots") if isinstance(event, CallerJoinedQueue))
    book = ledger()
    book.contact_known(start.contact, start.linkedid, start.uniqueid, start.at, joins=1)
    book.wait_known(start.contact, "v1", "repair", joined.at, {agent: joined.at} if agent else {})
    return book, start, joined


def test_a_phone_that_rings_goes_on_ringing_over_a_restart() -> None:
    book, _, joined = seen_until_rung("8001")
    notes = asked(book, "waiting", joined.at)
    assert call_facts(notes) == []
    assert phone_words(notes)[-1] == "ringing"
    notes = fold(book, [event for event in typed("snapshots") if isinstance(event, AgentConnected | AgentCompleted)])
    assert kinds(notes) == ["agent_answered", "talk_ended"]


def test_a_phone_that_began_to_ring_while_nobody_looked_is_told() -> None:
    book, _, joined = seen_until_rung("")
    assert kinds(asked(book, "waiting", joined.at)) == ["agent_ringing"]


@pytest.mark.parametrize("agent", ["8001", ""])
def test_an_answer_while_nobody_looked_is_an_answer(agent: str) -> None:
    book, _, joined = seen_until_rung(agent)
    notes = asked(book, "talking", joined.at)
    assert kinds(notes) == (["agent_answered"] if agent else ["agent_ringing", "agent_answered"])
    completed = [event for event in typed("snapshots") if isinstance(event, AgentCompleted)]
    (talk,) = call_facts(fold(book, completed))
    assert isinstance(talk, TalkEnded)
    assert (talk.visit, talk.agent) == ("v1", "8001")


def test_who_left_and_waits_again_over_a_restart_has_two_stays() -> None:
    book, _, start, joined = restarted_while_waiting()
    again = joined + timedelta(seconds=40)
    notes = book.reconcile(Snapshot(frozenset({start.uniqueid}), {("repair", start.uniqueid): again}, ()), NOW)
    assert kinds(notes) == ["agent_ring_ended", "queue_left", "queue_joined"]
    (left,) = [fact for fact in call_facts(notes) if isinstance(fact, QueueLeft)]
    assert (left.visit, left.reason) == ("v1", "uncertain")
    assert next(note.at for note in notes if isinstance(note.fact, QueueJoined)) == again


def test_who_does_not_wait_any_more_after_a_restart_has_an_uncertain_stay() -> None:
    book, _, start, _ = restarted_while_waiting()
    notes = book.reconcile(Snapshot(frozenset({start.uniqueid}), {}, ()), NOW)
    assert [fact.reason for fact in call_facts(notes) if isinstance(fact, QueueLeft)] == ["uncertain"]


def test_who_joined_while_nobody_looked_has_a_stay_from_then_on() -> None:
    events = typed("talk-agent-hangs-up")
    start = next(event for event in events if isinstance(event, CallStarted))
    joined = next(event for event in events if isinstance(event, CallerJoinedQueue))
    book = ledger()
    book.contact_known(start.contact, start.linkedid, start.uniqueid, start.at)
    held = Snapshot(frozenset({start.uniqueid}), {(joined.queue, start.uniqueid): joined.at}, ())
    assert [(note.fact.KIND, note.at) for note in book.reconcile(held, NOW)] == [("queue_joined", joined.at)]
    assert kinds(book.reconcile(held, NOW)) == []


def test_who_is_cut_in_the_middle_of_a_talk_is_rung_back() -> None:
    book = ledger()
    events = typed("talk-agent-hangs-up")
    talking = next(index for index, event in enumerate(events) if isinstance(event, AgentConnected)) + 1
    fold(book, events[:talking])
    notes = book.reconcile(Snapshot(frozenset(), {}, ()), NOW, restarted=True)
    assert ended(notes).outcome == "talked"
    assert CallbackRequested("cut") in call_facts(notes)


@pytest.mark.parametrize("how", [DialogueEnd.MISSED, DialogueEnd.HUNG_UP])
def test_who_is_cut_in_the_dialogue_is_rung_back(how: DialogueEnd) -> None:
    book = ledger()
    start = next(event for event in typed("talk-agent-hangs-up") if isinstance(event, CallStarted))
    book.contact_known(start.contact, start.linkedid, start.uniqueid, start.at)
    book.reconcile(Snapshot(frozenset(), {}, ()), NOW, restarted=True)
    notes = book.dialogue_ended(start.contact, how)
    assert ended(notes).outcome == how.value
    assert CallbackRequested("cut") in call_facts(notes)


def test_call_that_already_hung_up_is_not_compared() -> None:
    book, start = waiting()
    book.contact_known(start.contact, start.linkedid, start.uniqueid, start.at)
    fold(book, [ChannelHungUp(NOW, start.linkedid, start.uniqueid, 16)])
    assert book.open_calls == 1
    assert kinds(book.reconcile(Snapshot(frozenset(), {}, ()), NOW)) == []


def test_only_so_many_finished_calls_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "_REMEMBERED", 1)
    book = ledger()
    first, second = typed("talk-agent-hangs-up"), typed("snapshots")
    fold(book, first)
    fold(book, second)
    assert call_facts(fold(book, second)) == []
    assert call_facts(fold(book, first)) != []


def test_caller_still_there_but_no_longer_waiting() -> None:
    book, start = waiting()
    notes = book.reconcile(Snapshot(frozenset({start.uniqueid}), {}, ()), NOW)
    assert kinds(notes) == ["agent_ring_ended", "queue_left"]
    rest = fold(book, [event for event in typed("snapshots") if not isinstance(event, AgentConnected | AgentCompleted)])
    assert kinds(rest) == ["contact_ended"]
    assert ended(rest).outcome == "uncertain"


def test_members_are_those_of_the_snapshot() -> None:
    book = ledger()
    fold(book, typed("login"))
    held, _ = snapshot(*snapshot_rows("talking"), NOW)
    assert phone_words(book.reconcile(held, NOW)) == ["ready"]
    assert phone_words(book.reconcile(Snapshot(frozenset(), {}, ()), NOW)) == ["offline"]
