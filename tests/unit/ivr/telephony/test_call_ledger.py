"""The call ledger on recorded calls and on what a recording cannot show: outages, restarts, missing events."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from ivr.contract.facts import (
    AgentAnswered,
    AgentPhoneChanged,
    AgentRingEnded,
    CallbackRequested,
    ContactEnded,
    ContactStarted,
    QueueJoined,
    QueueLeft,
    SafetyRaised,
    TalkEnded,
)
from ivr.telephony import calls
from ivr.telephony.calls import CallLedger, DialogueEnd, Noted
from ivr.telephony.events import (
    AgentCompleted,
    AgentConnected,
    CallEnded,
    CallerJoinedQueue,
    CallerLeftQueue,
    CallPlaced,
    CallStarted,
    ChannelHungUp,
    ContactStatus,
    DialAnswered,
    EmergencyBegun,
    HangupRequested,
    MemberStateChanged,
    Snapshot,
    TelephonyEvent,
)
from ivr.telephony.translate import snapshot
from tests.unit.ivr.telephony.recordings_of_ami import NOW, call_facts, ledger, phone_words, snapshot_rows, typed


def fold(book: CallLedger, events: Sequence[TelephonyEvent]) -> list[Noted]:
    return [note for event in events for note in book.apply(event)]


def fold_recording(name: str, dialogue: DialogueEnd | None = None) -> list[Noted]:
    """Fold a recording; with `dialogue`, an AGI session knew the contact and ended so."""
    book = ledger()
    notes = []
    for event in typed(name):
        notes += book.apply(event)
        if isinstance(event, CallStarted) and dialogue is not None:
            notes += book.contact_known(event.contact, event.linkedid, event.uniqueid, event.at)
            notes += book.dialogue_ended(event.contact, dialogue)
    assert book.open_calls == 0
    return notes


def kinds(notes: Sequence[Noted]) -> list[str]:
    return [fact.KIND for fact in call_facts(notes)]


def ended(notes: Sequence[Noted]) -> ContactEnded:
    (fact,) = [fact for fact in call_facts(notes) if isinstance(fact, ContactEnded)]
    return fact


@pytest.mark.parametrize(("name", "by"), [("talk-agent-hangs-up", "agent"), ("talk-caller-hangs-up", "caller")])
def test_talk(name: str, by: str) -> None:
    notes = fold_recording(name, DialogueEnd.HANDED_OVER)
    assert kinds(notes) == ["queue_joined", "agent_ringing", "agent_answered", "talk_ended", "contact_ended"]
    facts = call_facts(notes)
    answered = next(fact for fact in facts if isinstance(fact, AgentAnswered))
    assert answered.agent == "8001"
    assert 1000 <= answered.ring_ms <= answered.wait_ms < 1030
    talk = next(fact for fact in facts if isinstance(fact, TalkEnded))
    assert (talk.by, talk.visit) == (by, answered.visit)
    assert 1200 < talk.talk_ms < 1700
    assert ended(notes).outcome == "talked"
    assert len({note.contact for note in notes if note.contact}) == 1


def test_no_answer_then_abandoned_while_ringing() -> None:
    notes = fold_recording("ring-no-answer-abandon", DialogueEnd.HANDED_OVER)
    rings = [fact for fact in call_facts(notes) if isinstance(fact, AgentRingEnded)]
    assert [ring.reason for ring in rings] == ["no_answer", "canceled"]
    assert rings[0].ring_ms == 4000
    (left,) = [fact for fact in call_facts(notes) if isinstance(fact, QueueLeft)]
    assert (left.reason, left.position) == ("abandoned", 1)
    assert kinds(notes)[-2:] == ["callback_requested", "contact_ended"]
    assert ended(notes).outcome == "abandoned"


def test_queue_time_out_is_not_an_abandonment_though_asterisk_says_so() -> None:
    notes = fold_recording("queue-timeout-voicemail", DialogueEnd.HANDED_OVER)
    (left,) = [fact for fact in call_facts(notes) if isinstance(fact, QueueLeft)]
    assert left.reason == "timeout"
    assert 7950 < left.wait_ms < 8050
    assert kinds(notes)[-3:] == ["voicemail_recorded", "callback_requested", "contact_ended"]
    assert ended(notes).outcome == "voicemail"


def test_key_leads_out_of_the_queue_and_asterisk_says_only_that_the_caller_left() -> None:
    notes = fold_recording("queue-key-voicemail", DialogueEnd.HANDED_OVER)
    (left,) = [fact for fact in call_facts(notes) if isinstance(fact, QueueLeft)]
    assert left.reason == "key"
    assert 600 < left.wait_ms < 700
    assert ended(notes).outcome == "voicemail"


def test_key_is_told_while_the_caller_still_speaks_to_the_voicemail() -> None:
    book = ledger()
    events = typed("queue-key-voicemail")
    index = next(index for index, event in enumerate(events) if isinstance(event, CallerLeftQueue))
    fold(book, events[: index + 1])
    assert kinds(book.tick(events[index].at + timedelta(seconds=4))) == []
    assert kinds(book.tick(events[index].at + timedelta(seconds=6))) == ["queue_left"]
    assert kinds(book.tick(events[index].at + timedelta(seconds=7))) == []


def test_duty_phone_that_answered_is_a_talk() -> None:
    book = ledger()
    events = typed("queue-key-voicemail")
    start, end = events[0], events[-1]
    assert isinstance(start, CallStarted)
    fold(book, [*events[:-2], DialAnswered(end.at, start.linkedid, start.uniqueid, "duty")])
    assert ended(fold(book, events[-2:])).outcome == "talked"


def test_key_9_without_ivr_is_told_once_as_a_danger() -> None:
    raised = [fact for fact in call_facts(fold_recording("emergency-nobody")) if isinstance(fact, SafetyRaised)]
    assert [(fact.matter, fact.safety, fact.trigger) for fact in raised] == [(0, "unknown", "key")]


def test_a_danger_told_twice_is_raised_once() -> None:
    book = ledger()
    events = typed("emergency-nobody")
    begun = next(index for index, event in enumerate(events) if isinstance(event, EmergencyBegun))
    notes = fold(book, [*events[: begun + 1], *events[begun:]])
    assert sum(isinstance(fact, SafetyRaised) for fact in call_facts(notes)) == 1


def test_who_joins_another_queue_has_left_the_first_though_nobody_said_so() -> None:
    book, start = waiting()
    notes = fold(book, [CallerJoinedQueue(NOW, start.linkedid, start.uniqueid, "emergency", 1)])
    left = next(fact for fact in call_facts(notes) if isinstance(fact, QueueLeft))
    joined = next(fact for fact in call_facts(notes) if isinstance(fact, QueueJoined))
    assert left.visit != joined.visit
    assert joined.queue == "emergency"
    assert kinds(notes) == ["agent_ring_ended", "queue_left", "queue_joined"]


def test_caller_ivr_never_saw() -> None:
    notes = fold_recording("hangup-in-ivr")
    (started, _) = call_facts(notes)
    assert isinstance(started, ContactStarted)
    assert (started.caller_raw, started.caller_e164, started.did) == ("13800000000", "+8613800000000", "4001726011")
    assert ended(notes).outcome == "hung_up"


@pytest.mark.parametrize(
    ("dialogue", "outcome"),
    [
        (DialogueEnd.REPORTED, "reported"),
        (DialogueEnd.SERVED, "served"),
        (DialogueEnd.HUNG_UP, "hung_up"),
        (DialogueEnd.MISSED, "missed"),
        (DialogueEnd.VOICEMAIL, "voicemail"),
        (DialogueEnd.CALLBACK, "callback"),
        (DialogueEnd.HANDED_OVER, "handed_over_lost"),
    ],
)
def test_outcome_of_a_dialogue_without_queue(dialogue: DialogueEnd, outcome: str) -> None:
    notes = fold_recording("ivr-ends", dialogue)
    assert ended(notes).outcome == outcome
    assert ("callback_requested" in kinds(notes)) is (outcome == "handed_over_lost")


def test_end_waits_for_the_session_but_not_for_ever() -> None:
    book = ledger()
    events = typed("hangup-in-ivr")
    start = next(event for event in events if isinstance(event, CallStarted))
    book.contact_known(start.contact, start.linkedid, start.uniqueid, start.at)
    assert kinds(fold(book, events)) == []
    last = events[-1].at
    assert book.tick(last + timedelta(seconds=9)) == []
    assert ended(book.tick(last + timedelta(seconds=11))).outcome == "hung_up"
    assert book.dialogue_ended(start.contact, DialogueEnd.REPORTED) == []
    assert book.contact_known(start.contact, start.linkedid, start.uniqueid, last) == []


def test_phone_states_of_a_day() -> None:
    book = ledger()
    notes = fold(book, typed("login"))
    assert phone_words(notes) == ["unreachable"]
    talk = fold(book, typed("talk-agent-hangs-up"))
    assert phone_words(talk) == ["ready", "ringing", "talking", "wrapup"]
    end = typed("talk-agent-hangs-up")[-1].at
    assert phone_words(book.tick(end + timedelta(seconds=1))) == []
    assert phone_words(book.tick(end + timedelta(seconds=3))) == ["ready"]
    assert phone_words(fold(book, typed("unregister"))) == ["unreachable", "offline"]


def test_pause_and_its_reason() -> None:
    book = ledger()
    start = NOW
    for queue in ("repair", "consult"):
        fold(book, [MemberStateChanged(start, "8002", queue, True, False, "", 1)])
    notes = fold(book, [MemberStateChanged(start, "8002", "repair", True, True, "rest", 1)])
    assert [note.fact for note in notes] == [AgentPhoneChanged("8002", "paused", "rest")]
    notes = fold(book, [MemberStateChanged(start, "8002", "repair", True, False, "", 1)])
    assert phone_words(notes) == ["ready"]
    assert phone_words(fold(book, [ContactStatus(start, "8002", False)])) == ["unreachable"]
    assert fold(book, [ContactStatus(start, "carrier", True)]) == []


# ---- AMI away ----


def waiting() -> tuple[CallLedger, CallStarted]:
    """Return a ledger in which a caller waits while a phone rings."""
    book = ledger()
    events = typed("snapshots")
    ringing = next(index for index, event in enumerate(events) if isinstance(event, AgentConnected)) - 1
    fold(book, events[:ringing])
    start = next(event for event in events if isinstance(event, CallStarted))
    return book, start


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


def test_beginning_missed_the_end_still_gives_whole_facts() -> None:
    events = typed("talk-agent-hangs-up")
    connected = next(index for index, event in enumerate(events) if isinstance(event, AgentConnected))
    for first in (connected, connected + 1):
        notes = fold(ledger(), events[first:])
        assert kinds(notes) == ["contact_started", "queue_joined", "agent_answered", "talk_ended", "contact_ended"]


def test_call_whose_contact_is_never_learned_is_counted() -> None:
    book = ledger()
    events = [event for event in typed("talk-agent-hangs-up") if not isinstance(event, CallStarted | CallEnded)]
    assert call_facts(fold(book, events)) == []
    assert book.unattributed == 1
    assert book.open_calls == 0


def test_visit_ids_stay_unique_over_a_restart() -> None:
    events = typed("talk-agent-hangs-up")
    start = next(event for event in events if isinstance(event, CallStarted))
    book = ledger()
    book.contact_known(start.contact, start.linkedid, start.uniqueid, start.at, joins=2)
    book.dialogue_ended(start.contact, DialogueEnd.HANDED_OVER)
    visits = {fact.visit for fact in call_facts(fold(book, events)) if isinstance(fact, TalkEnded)}
    assert visits == {f"{start.linkedid}/repair/3"}


def test_foreign_channels_are_no_calls() -> None:
    book = ledger()
    assert fold(book, [HangupRequested(NOW, "a", "b"), ChannelHungUp(NOW, "a", "b", 16)]) == []
    assert book.open_calls == 0
    assert book.dialogue_ended("nobody", DialogueEnd.REPORTED) == []


def test_a_call_that_is_placed_is_none_until_somebody_answers() -> None:
    book = ledger()
    assert fold(book, [CallPlaced(NOW, "callback-1", end) for end in ("answered", "busy", "no_answer")]) == []
    assert (book.open_calls, book.unattributed) == (0, 0)


def test_times_are_asterisks_own() -> None:
    assert all(isinstance(note.at, datetime) and note.at != NOW for note in fold_recording("talk-agent-hangs-up"))
