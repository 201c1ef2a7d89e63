"""The call ledger on recorded calls and on what a recording cannot show: missing events, foreign channels."""

from datetime import datetime, timedelta

import pytest

from ivr.contract.facts import (
    AgentAnswered,
    AgentPhoneChanged,
    AgentRingEnded,
    ContactStarted,
    QueueJoined,
    QueueLeft,
    SafetyRaised,
    TalkEnded,
)
from ivr.telephony.calls import DialogueEnd, Noted
from ivr.telephony.events import (
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
)
from tests.unit.ivr.telephony.recordings_of_ami import (
    NOW,
    call_facts,
    ended,
    fold,
    kinds,
    ledger,
    phone_words,
    typed,
    waiting,
)


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
