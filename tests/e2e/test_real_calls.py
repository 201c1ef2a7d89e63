"""Real calls over SIP with real audio, Vosk, PostgreSQL and a browser: what each kind of caller gets."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import vosk

from ops.robots.ear import is_marker
from ops.robots.report import CallReport
from ops.robots.voice import RATE
from tests.e2e.calls import Made
from tests.e2e.stack import Stack
from tests.e2e.stereo import read_stereo

pytestmark = [pytest.mark.real, pytest.mark.timeout(1500)]


def call(made: Made, name: str) -> CallReport:
    report = made.reports[name]
    assert report.answered, name
    assert report.contact, name
    return report


def only_ticket(report: CallReport) -> dict[str, Any]:
    assert len(report.tickets) == 1, f"{len(report.tickets)} tickets"
    return report.tickets[0]


def slots(report: CallReport) -> dict[str, dict[str, Any]]:
    return {slot["slot"]: slot for slot in only_ticket(report)["slots"] if slot["text"]}


def answers(report: CallReport) -> list[datetime]:
    """When agents answered, in Asterisk's own time."""
    return [datetime.fromisoformat(visit["answered_at"]) for visit in report.visits if visit["answered_at"]]


def answered_at(report: CallReport) -> datetime:
    """When the agent answered."""
    (answered,) = answers(report)
    return answered


def test_a_repair_is_reported_by_voice(made: Made) -> None:
    report = call(made, "repair_by_voice")
    found = slots(report)
    assert found["fault_code"]["value"]["canonical"] == "E03"
    assert found["fault_code"]["status"] == "voice_confirmed"
    address = found["address"]["value"]
    assert (address["region"], address["road"]) == ("广东省佛山市顺德区容桂街道", "文海路18号")
    assert "502" in address["room"]
    assert report.tickets[0]["kind"] == "repair"
    assert report.outcome == "talked"


def test_every_pop_is_painted_before_the_agent_answers(made: Made) -> None:
    talked = {name: report for name, report in made.reports.items() if report.pops and len(answers(report)) == 1}
    assert len(talked) >= 10
    for name, report in talked.items():
        shown = made.ledgers[report.contact].shown
        assert shown is not None, name
        assert shown < answered_at(report), name
    assert made.page_errors == []


def test_the_card_holds_what_the_caller_said(made: Made) -> None:
    assert "E03" in made.cards[call(made, "repair_by_voice").contact]


def test_a_repair_is_reported_by_keys(made: Made) -> None:
    report = call(made, "repair_by_keys")
    found = slots(report)
    assert found["fault_code"]["value"]["canonical"] == "F28"
    assert found["fault_code"]["status"] in ("dtmf", "voice_confirmed")
    assert report.tickets[0]["kind"] == "repair"


def test_a_wrong_code_is_corrected_in_one_turn(made: Made) -> None:
    report = call(made, "code_corrected")
    assert slots(report)["fault_code"]["value"]["canonical"] == "F28"


def test_a_caller_who_hangs_up_half_way_leaves_a_ticket_and_a_call_back(made: Made) -> None:
    report = call(made, "code_corrected")
    assert report.outcome == "hung_up"
    assert report.tickets[0]["outcome"] == "hung_up"
    assert report.tickets[0]["callback"]["reason"] == "hung_up"


def test_no_code_leads_to_the_symptom(made: Made) -> None:
    found = slots(call(made, "no_code"))
    assert "没热水" in found["symptom"]["text"]
    assert "fault_code" not in found


def test_the_address_on_file_is_confirmed(made: Made) -> None:
    found = slots(call(made, "address_on_file"))
    assert found["address"]["status"] == "crm_confirmed"
    assert found["fault_code"]["value"]["canonical"] == "F28"


@pytest.mark.parametrize("name", ["zero_to_agent", "anonymous", "unknown_number"])
def test_key_zero_leads_to_a_person(made: Made, name: str) -> None:
    report = call(made, name)
    assert report.ok, report.why
    assert report.outcome == "talked"


def test_an_unknown_number_gets_the_main_menu(made: Made, stack: Stack) -> None:
    report = call(made, "unknown_number")
    answer = httpx.get(
        f"{stack.web}/api/v1/calls/{report.contact}", headers={"Authorization": f"Bearer {stack.token}"}, timeout=10
    )
    assert ("main_menu", "dtmf") in [(turn["node"], turn["mode"]) for turn in answer.json()["turns"]]


def test_agent_and_caller_hear_each_other(made: Made, stack: Stack) -> None:
    report = call(made, "zero_to_agent")
    _said, heard = read_stereo(Path(report.wav))
    answered = answered_at(report).timestamp()
    talk = min(made.talks, key=lambda item: abs(item.answered_at - answered))
    _spoken, at_agent = read_stereo(Path(talk.wav))
    marks = [at for at in range(0, heard.size - 160, 160) if is_marker(heard[at : at + 160].tobytes())]
    assert len(marks) >= 10
    from_agent = recognize(heard[marks[-1] + 160 :], stack.settings.model_dir)
    from_caller = recognize(at_agent, stack.settings.model_dir)
    assert "服务" in from_agent or "为您" in from_agent or "您好" in from_agent, "the agent's greeting"
    assert "漏水" in from_caller, "the caller's words"


def recognize(samples: "np.ndarray[Any, np.dtype[np.int16]]", model: Path) -> str:
    """Return all that Vosk hears in open listening, without blanks."""
    recognizer = vosk.KaldiRecognizer(vosk.Model(str(model)), RATE)
    chunks = (samples[start : start + RATE // 5].tobytes() for start in range(0, samples.size, RATE // 5))
    heard = [json.loads(recognizer.Result())["text"] for chunk in chunks if recognizer.AcceptWaveform(chunk)]
    return "".join([*heard, json.loads(recognizer.FinalResult())["text"]]).replace(" ", "")


def test_speech_stops_the_prompt_and_is_understood(made: Made) -> None:
    report = call(made, "barge_in")
    barge = next(step for step in report.steps if step.barge_stop_ms is not None)
    assert barge.barge_stop_ms is not None
    assert barge.barge_stop_ms < 1500
    assert report.outcome == "talked"


def test_silence_leads_to_a_person_and_makes_no_claim(made: Made) -> None:
    report = call(made, "silence")
    assert report.outcome == "talked"
    assert all(
        not [slot for slot in ticket["slots"] if slot["status"] == "voice_confirmed"] for ticket in report.tickets
    )


@pytest.mark.parametrize("name", ["noise", "noise_after_prompts"])
def test_noise_is_never_taken_for_an_answer(made: Made, name: str) -> None:
    report = call(made, name)
    assert report.outcome in ("talked", "hung_up")
    assert all(
        not [slot for slot in ticket["slots"] if slot["status"] == "voice_confirmed"] for ticket in report.tickets
    )


def test_the_loud_room_was_loud_throughout(made: Made) -> None:
    said, heard = read_stereo(Path(call(made, "noise").wav))
    frames = said[: heard.size // RATE * RATE].reshape(-1, RATE)
    assert float(np.mean(np.abs(frames).max(axis=1) > 1000)) > 0.9


def test_danger_goes_to_the_emergency_queue(made: Made) -> None:
    report = call(made, "danger")
    assert len(report.tickets) == 1
    assert report.tickets[0]["priority"] == "urgent"
    assert report.tickets[0]["safety"] == "gas"
    assert report.outcome == "talked"


def test_fire_said_over_the_menu_goes_to_the_emergency_queue(made: Made) -> None:
    report = call(made, "fire")
    ticket = only_ticket(report)
    assert (ticket["priority"], ticket["safety"]) == ("urgent", "fire")
    assert [step.node for step in report.steps] == ["main_menu", "emergency_outside"]
    assert report.outcome == "talked"


def test_danger_that_is_denied_is_one_question_and_not_urgent(made: Made) -> None:
    report = call(made, "no_danger")
    assert [step.node for step in report.steps] == ["main_menu", "emergency_check", "main_menu"]
    assert report.outcome == "talked"
    assert all(ticket["priority"] != "urgent" for ticket in report.tickets)


def test_danger_in_the_middle_of_a_report_makes_its_ticket_urgent(made: Made) -> None:
    report = call(made, "danger_on_the_way")
    ticket = only_ticket(report)
    assert (ticket["kind"], ticket["priority"], ticket["safety"]) == ("repair", "urgent", "gas")
    assert report.outcome == "talked"


@pytest.mark.parametrize(("name", "outcome"), [("consult_by_voice", "solved"), ("consult_by_keys", "person")])
def test_a_question_is_a_ticket_of_its_own_with_its_topic(made: Made, name: str, outcome: str) -> None:
    report = call(made, name)
    ticket = only_ticket(report)
    assert ticket["kind"] == "consult"
    assert (report.outcome == "talked") == (outcome == "person")
    assert slots(report)["topic"]["text"]


def test_a_complaint_keeps_the_callers_own_words(made: Made) -> None:
    report = call(made, "complaint")
    ticket, found = only_ticket(report), slots(report)
    assert (ticket["kind"], ticket["priority"]) == ("complaint", "high")
    assert "收费" in found["category"]["text"]
    assert found["statement"]["clip_ms"] > 2000
    assert ticket["callback"]


def test_an_installation_has_its_kind_and_place(made: Made) -> None:
    report = call(made, "request_install")
    assert only_ticket(report)["kind"] == "install"
    assert slots(report)["address"]["text"]


def test_a_return_has_its_kind_and_the_callers_own_words(made: Made) -> None:
    report = call(made, "unit_return")
    ticket = only_ticket(report)
    assert (ticket["kind"], ticket["outcome"]) == ("unit_return", "reported")
    assert slots(report)["note"]["clip_ms"] > 1500


def test_who_goes_to_look_is_waited_for_and_asked_nothing_twice(made: Made) -> None:
    report = call(made, "hold")
    assert [step.node for step in report.steps if step.node.startswith("fault_code")] == [
        *["fault_code"] * 3, "fault_code_confirm",
    ]  # fmt: skip
    assert slots(report)["fault_code"]["value"]["canonical"] == "E03"


def test_a_message_is_taken_when_nobody_is_there_and_rung_back(made: Made) -> None:
    report = call(made, "voicemail")
    ticket = only_ticket(report)
    assert (ticket["kind"], ticket["outcome"]) == ("consult", "voicemail")
    assert ticket["callback"]["reason"] == "voicemail"
    assert slots(report)["voicemail"]["clip_ms"] > 2000
    assert report.outcome != "talked"


def test_no_code_at_the_door_is_an_urgent_complaint_for_a_person(made: Made) -> None:
    report = call(made, "visit_code")
    ticket = only_ticket(report)
    assert (ticket["kind"], ticket["priority"]) == ("complaint", "urgent")
    assert report.outcome == "talked"


def test_who_asks_for_it_slowly_is_heard_and_gets_a_person(made: Made) -> None:
    report = call(made, "slower")
    assert [step.what for step in report.steps[:2]] == ["慢一点", "转人工"]
    assert report.outcome == "talked"


def test_who_gives_up_is_not_chased(made: Made) -> None:
    ticket = only_ticket(call(made, "gives_up"))
    assert ticket["outcome"] == "cancelled_by_caller"
    assert not ticket["callback"]


def test_what_one_breath_told_is_not_asked_again(made: Made) -> None:
    report = call(made, "one_breath")
    assert "repair_product" not in [step.node for step in report.steps]
    found = slots(report)
    assert found["product"]["value"]["value"] == "boiler"
    assert "没热水" in found["symptom"]["text"]


def test_urging_is_noted_on_the_ticket_that_is_there(made: Made) -> None:
    first, again = call(made, "repair_by_voice"), call(made, "urged")
    assert [step.node for step in again.steps] == ["main_menu", "my_ticket_menu"]
    assert {ticket["no"] for ticket in again.tickets} <= {ticket["no"] for ticket in first.tickets}


def test_a_strange_number_learns_nothing_of_a_ticket(made: Made) -> None:
    report = call(made, "ticket_of_another_number")
    assert report.outcome == "talked"
    assert "my_ticket_menu" not in [step.node for step in report.steps]


def test_several_calls_were_made_at_once(made: Made) -> None:
    names = list(made.begun)
    overlapping = [
        (one, other)
        for index, one in enumerate(names)
        for other in names[index + 1 :]
        if made.begun[one] < made.ended[other] and made.begun[other] < made.ended[one]
    ]
    assert overlapping


def test_all_calls_together_take_at_most_twelve_minutes(made: Made) -> None:
    assert max(made.ended.values()) - min(made.begun.values()) <= 12 * 60


def test_every_contact_has_one_outcome_and_no_pop_came_twice(made: Made) -> None:
    for name, report in made.reports.items():
        assert report.outcome, name
        keys = [(pop["agent"], pop["kind"]) for pop in report.pops]
        assert len(keys) == len(set(keys)), name


def test_recordings_are_there(made: Made, stack: Stack) -> None:
    for path in stack.layout.recordings.glob("*-rx.wav"):
        assert path.stat().st_size > 44
    assert len(list(stack.layout.recordings.glob("*-rx.wav"))) >= len(made.reports)


def test_pops_were_made_sent_and_then_seen(made: Made) -> None:
    assert made.ledgers
    for ledger in made.ledgers.values():
        assert ledger.sent is not None
        assert ledger.created <= ledger.sent
        # the page tells both at once, so either may arrive first
        assert all(seen is None or ledger.sent <= seen for seen in (ledger.received, ledger.shown))
