"""The built dialplan has no dead end, no unknown name and no line that a value could change."""

import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.dialplan.conf import Extension, UnsafeValue, safe_path
from ivr.dialplan.extensions import extensions_conf
from ivr.dialplan.last_resorts import ACCEPT_CONTEXT
from ivr.dialplan.limits import Limits
from ivr.dialplan.numbers import DIDS
from ivr.dialplan.prompts import FALLBACK
from ivr.dialplan.queues import KEYS_CONTEXT
from ivr.dialplan.steps import Options
from ivr.dialplan.variables import (
    ASTERISK_VARIABLES,
    CALLBACK_CONTEXT,
    DUTY_RING_CONTEXT,
    DUTY_TOLD_CONTEXT,
    FOLLOW_UP_CONTEXT,
    HOTLINE_VARIABLES,
    RESUME_CONTEXT,
    Event,
    Next,
    Stage,
)
from ivr.dialplan.waiting import TURN
from tests.unit.ivr.dialplan.parsed import TERMINAL, Dialplan, parse

OPTIONS = Options(
    agi_port=17204,
    max_calls=30,
    prompts="/srv/hl/prompts/fallback",
    recordings="/srv/hl/recordings",
    voicemail="/srv/hl/voicemail",
    duty_numbers=("13900000001", "+8613900000002"),
)
TEXT = extensions_conf(OPTIONS)
PLAN = parse(TEXT)
ENTRIES = (
    CALLBACK_CONTEXT, DUTY_RING_CONTEXT, DUTY_TOLD_CONTEXT, FOLLOW_UP_CONTEXT, "hl-trunk", "hl-agents", "hl-ended",
    RESUME_CONTEXT, KEYS_CONTEXT, ACCEPT_CONTEXT,
)  # fmt: skip


def steps(context: str, extension: str = "s") -> list[str]:
    return [f"{step.app}({step.args})" for step in PLAN.contexts[context][extension]]


def test_every_target_exists() -> None:
    for context, extensions in PLAN.contexts.items():
        for extension in extensions:
            for target in PLAN.targets(context, extension):
                if "${" not in target[1]:
                    assert PLAN.exists(*target), (context, extension, target)


def test_every_context_can_be_reached() -> None:
    seen: set[str] = set()
    waiting = list(ENTRIES)
    while waiting:
        context = waiting.pop()
        if context not in seen:
            seen.add(context)
            for extension in PLAN.contexts[context]:
                waiting += [target[0] for target in PLAN.targets(context, extension)]
    assert seen == set(PLAN.contexts) - {"general"}


def test_no_extension_runs_off_its_end_and_no_step_is_dead() -> None:
    for context, extensions in PLAN.contexts.items():
        for extension, found in extensions.items():
            assert found[-1].app in TERMINAL, (context, extension)
            for before, after in itertools.pairwise(found):
                assert before.app not in TERMINAL or after.label, (context, extension, after)


def test_every_way_ends_within_a_bounded_number_of_plays() -> None:
    # the only ways back are to ivr (bounded by HL_LOST, HL_TRIES, HL_RESUMES, from the queue by what the caller chooses
    # there); the rest of the graph has no circle
    edges = {
        (context, extension): {(target[0], target[1]) for target in PLAN.targets(context, extension)}
        for context, extensions in PLAN.contexts.items()
        for extension in extensions
        if not context.startswith(("hl-after", "hl-resume", "hl-back"))
    }
    done: set[tuple[str, str]] = set()

    def visit(node: tuple[str, str], path: tuple[tuple[str, str], ...]) -> None:
        assert node not in path, path
        if node not in done:
            for target in edges.get(node, set()) - {node}:
                visit(target, (*path, node))
            done.add(node)

    for node in edges:
        visit(node, ())


def test_a_long_call_is_ended_politely_wherever_a_caller_can_stay() -> None:
    stays = {"Playback", "Read", "AGI", "Queue", "Dial", "Record", "MusicOnHold"}
    for context, extensions in PLAN.contexts.items():
        if context in ("hl-timeout", ACCEPT_CONTEXT):  # the end itself, and a leg that is not the caller's
            continue
        if any(step.app in stays for found in extensions.values() for step in found):
            assert "T" in extensions, context


def test_a_danger_nobody_takes_rings_the_duty_phones_in_order_and_says_the_number_twice() -> None:
    dials = [step for step in steps(DUTY_RING_CONTEXT) if step.startswith("Dial")]
    assert [step.split("@")[0] for step in dials] == ["Dial(PJSIP/13900000001", "Dial(PJSIP/+8613900000002"]
    numbers = ("13900000001", "+8613900000002")
    assert all(
        f"U({ACCEPT_CONTEXT}^${{HL_TASK}}^{number})" in step for step, number in zip(dials, numbers, strict=True)
    )
    said = [re.findall(r"/([a-z_]+)", step)[-1] for step in steps(DUTY_TOLD_CONTEXT) if step.startswith("Playback")]
    assert said == ["duty_told", "duty_told_cut", "duty_told_indoors", "digit"] * 2
    ways = [step for step in steps(DUTY_TOLD_CONTEXT) if "HL_WHY" in step]
    assert ways[:2] == [f'GotoIf($["${{HL_WHY}}" = "{why}"]?first{why})' for why in ("cut", "indoors")]


def test_who_was_cut_off_in_danger_is_first_asked_whether_they_are_outside() -> None:
    called = steps("hl-callback")
    said = called[called.index('GotoIf($["${HL_QUEUE}" = "emergency"]?recall)') :]
    recall = next(place for place, step in enumerate(said) if "emergency_recall" in step)
    assert [step.partition("(")[0] for step in said[recall:]] == ["Playback", "Wait", "Playback", "MixMonitor", "Goto"]
    assert said[-1] == "Goto(hl-emergency,queue,1)"
    assert not [step for step in called[: called.index(said[0])] if step.startswith(("Playback", "Read"))]


def test_who_is_rung_about_work_hears_who_calls_before_the_recording_and_comes_to_no_queue_without_asking() -> None:
    order = ("UserEvent", "followup_hello", "MixMonitor", "hl-after")
    text = "\n".join(steps(FOLLOW_UP_CONTEXT))
    places = [text.index(word) for word in order]
    assert places == sorted(places)
    fallback = steps("hl-fallback")
    asked = fallback.index('GotoIf($["${HL_ASKS}" != "" & "${HL_QUEUE}" = ""]?asked)')
    assert all("Playback" not in step and "Read" not in step for step in fallback[:asked])
    assert [step.partition("(")[0] for step in fallback[-2:]] == ["Playback", "Hangup"]
    assert fallback[-2].endswith("/fu_later)")


def test_a_danger_without_a_dialogue_is_told_before_the_first_word_and_again_at_the_queue() -> None:
    """Told: an agent is held from then on."""
    for extension, then in (("s", "Playback"), ("queue", "Queue")):
        told = [step.partition("(")[0] for step in steps("hl-emergency", extension)]
        assert told.index("UserEvent") == told.index(then) - 1


def test_every_variable_is_on_the_list_and_the_list_holds_no_other() -> None:
    named = set(re.findall(r"\$\{([A-Z][A-Z_]+)\b", TEXT)) | set(re.findall(r"Set\(([A-Z][A-Z_]+)=", TEXT))
    named |= set(re.findall(r"(?:Read|CUT)\(([A-Z][A-Z_]+),", TEXT))
    functions = {
        "CALLERID",
        "CUT",
        "FILTER",
        "GROUP_COUNT",
        "IF",
        "UUID",
        "TIMEOUT",
        "CHANNEL",
        "GROUP",
        "PJSIP_HEADER",
    }
    variables = {name for name in named if name not in functions}
    assert variables <= HOTLINE_VARIABLES | ASTERISK_VARIABLES
    assert variables >= HOTLINE_VARIABLES


def test_what_is_played_has_a_text_and_every_text_is_played() -> None:
    text = re.sub(r"digit\.\$\{HL_(?:CODE:\d|CALLER:\$\{HL_DIGIT\}):1\}", "digit.0", TEXT)
    played = set(re.findall(r"/srv/hl/prompts/fallback/([a-z_]+(?:\.(?:\d|ni|r1))?)", text))
    played |= {f"digit.{digit}" for digit in range(10)}
    assert played | {TURN} == set(FALLBACK)


def test_notice_comes_before_the_recording_and_ivr_after_both() -> None:
    order = ("Answer", "UserEvent", "GROUP_COUNT", "opening_notice", "MixMonitor", "hl-after")
    text = "\n".join(steps("hl-call"))
    places = [text.index(name) for name in order]
    assert places == sorted(places)
    agi = steps("hl-after", "agi")
    assert agi.index("Set(IVR_NEXT=)") < agi.index("AGI(agi://127.0.0.1:17204/call)")
    assert agi.index("Set(AGIEXITONHANGUP=yes)") < agi.index("AGI(agi://127.0.0.1:17204/call)")


def test_nothing_a_caller_sends_reaches_a_file_name_or_a_shell() -> None:
    for line in TEXT.splitlines():
        if "MixMonitor(" in line or "Record(" in line:
            assert "CALLERID" not in line
            assert "${HL_RECORDING}" in line or "StopMixMonitor" in line
        assert not re.search(r"\b(System|TrySystem|SHELL|Exec|CURL)\(", line)
    raw = [
        line
        for line in TEXT.splitlines()
        if re.search(r"CALLERID\(num\)|\{EXTEN|PJSIP_HEADER|\{IVR_NEXT|\{QUEUE_PRIO", line)
    ]
    assert raw
    assert all("FILTER(" in line or "HL_DIVERSION" in line for line in raw)


def test_every_word_of_ivr_has_its_branch() -> None:
    text = "\n".join(steps("hl-after"))
    assert all(f'"${{HL_NEXT}}" = "{word}"' in text for word in Next)
    assert all(f"HL_STAGE={stage}" in TEXT for stage in Stage)
    of_calls = set(Event) - {Event.DUTY_TAKEN}
    assert all(f"UserEvent({event},Contact: ${{HL_CONTACT}},Recording: ${{HL_RECORDING}}" in TEXT for event in of_calls)


def test_a_duty_phone_is_taken_only_by_key_1() -> None:
    dials = [step for step in steps("hl-emergency", "queue") if step.startswith("Dial")]
    assert dials
    assert all(f"U({ACCEPT_CONTEXT})" in step for step in dials)
    accept = steps(ACCEPT_CONTEXT)
    assert accept[0] == "Set(GOSUB_RESULT=BUSY)"
    assert accept[-8:] == [
        "Set(GOSUB_RESULT=)",
        'GotoIf($["${ARG1}" = ""]?caller)',
        "Set(HL_TAKEN=${ARG1}:${ARG2}:${EPOCH})",
        "Set(GLOBAL(HL_DUTY_TAKEN)=${HL_TAKEN} ${HL_DUTY_TAKEN:0:900})",
        f"UserEvent({Event.DUTY_TAKEN},Taken: ${{HL_TAKEN}})",
        "Return()",
        "Set(MASTER_CHANNEL(HL_SERVED)=1)",
        "Return()",
    ]
    assert PLAN.contexts[ACCEPT_CONTEXT]["s"][2].args == '$["${HL_ACCEPT}" = "1"]?yes'


def test_a_call_without_ivr_or_in_danger_leaves_a_trace_before_anybody_hears_of_its_end() -> None:
    stop, gate, trace, told, _ = steps("hl-ended")
    assert (stop, gate) == ("StopMixMonitor()", 'GotoIf($["${HL_LOST}${HL_DANGER}" = ""]?told)')
    assert trace.startswith("QueueLog(hl,${UNIQUEID},NONE,HLCALL,${HL_CONTACT}:${HL_RECORDING}:")
    assert told.startswith(f"UserEvent({Event.ENDED},")
    for extension in ("s", "queue"):
        assert "Set(HL_DANGER=1)" in steps("hl-emergency", extension)[:2]


def test_danger_is_heard_when_all_lines_are_taken() -> None:
    left = steps("hl-call")
    busy = next(index for index, step in enumerate(left) if "limit_busy.1" in step)
    assert left[busy].startswith("Read(HL_KEY,")
    assert left[busy + 1] == 'GotoIf($["${HL_KEY}" = "9"]?hl-emergency,s,1)'


def test_duty_phones_ring_in_order_and_none_means_voicemail() -> None:
    dials = [step for step in steps("hl-emergency", "queue") if step.startswith("Dial")]
    assert [re.split(r"[/@]", dial)[1] for dial in dials] == ["13900000001", "+8613900000002"]
    *_, last_words, voicemail, _done = steps("hl-emergency", "queue")
    assert (last_words.rpartition("/")[2], voicemail) == ("emergency_no_agent)", "Goto(hl-voicemail,s,1)")
    without = parse(extensions_conf(Options(1, 1, "/p", "/r", "/v")))
    left = [step.app for step in without.contexts["hl-emergency"]["queue"]]
    assert "Dial" not in left
    assert without.targets("hl-emergency", "queue")[-1] == ("hl-voicemail", "s", "1")


@pytest.mark.parametrize("form", ["4001726011", "864001726011", "+864001726011", "04001726011", "075766883358",
                                  "75766883358", "8675766883358", "+8675766883358", "86075766883358"])  # fmt: skip
def test_every_form_of_our_numbers_is_known(form: str) -> None:
    first = PLAN.contexts["hl-trunk"][form][0]
    assert first.args.partition("=")[2] in DIDS
    assert form in PLAN.contexts["hl-diverted"]


def test_agents_cannot_dial_and_special_extensions_are_never_matched_by_numbers() -> None:
    assert PLAN.contexts["hl-agents"] == {"_[0-9+*#]!": parse("[a]\nexten => x,1,Hangup(21)").contexts["a"]["x"]}
    for context in ("hl-trunk", "hl-diverted", "hl-agents"):
        assert not [name for name in PLAN.contexts[context] if name.startswith("_") and re.search("[a-zA-WY-Z.]", name)]


@pytest.mark.parametrize("bad", ["", "relative", "/a b", "/a,b", "/a&b", "/a\nb", "/${X}", "/a;b", "/a)b"])
def test_folders_that_would_change_a_line_are_refused(bad: str) -> None:
    with pytest.raises(UnsafeValue):
        safe_path(bad)
    with pytest.raises(UnsafeValue):
        Options(1, 1, bad, "/r", "/v")


@settings(deadline=None)  # the machine may be busy
@given(st.text())
def test_a_duty_number_is_a_number_or_refused(number: str) -> None:
    try:
        text = extensions_conf(Options(1, 1, "/p", "/r", "/v", (number,)))
    except UnsafeValue:
        return
    assert re.fullmatch(r"\+?[0-9]+", number)
    assert f"PJSIP/{number}@carrier" in text


def test_a_line_break_in_a_step_is_refused() -> None:
    with pytest.raises(UnsafeValue):
        Extension("s", ["Set(X=1\n2)"]).lines()


def test_times_come_from_the_limits() -> None:
    plan: Dialplan = parse(
        extensions_conf(Options(1, 1, "/p", "/r", "/v", ("110",), Limits(queue_timeout_s=7, duty_ring_s=8)))
    )
    waits = [step.args for step in plan.contexts["hl-queue"]["s"] if step.args.startswith("HL_WAIT=")]
    assert waits == ["HL_WAIT=7", "HL_WAIT=90"]
    dial = next(step.args for step in plan.contexts["hl-emergency"]["queue"] if step.app == "Dial")
    assert dial.split(",")[1] == "8"


def test_key_2_leads_to_ivrs_message_unless_no_dialogue_waits_for_the_caller() -> None:
    assert steps(KEYS_CONTEXT, "2") == [
        'GotoIf($["${HL_BACK}" = ""]?hl-voicemail,s,1)',
        "Set(HL_BACK=voicemail)",
        "Goto(hl-back,s,1)",
    ]
    queue = steps("hl-queue")
    # of the fallback and of who is called back: no dialogue
    assert queue.count("Set(HL_BACK=)") == 2


def test_a_queue_that_cannot_be_had_is_said_and_tried_once_more() -> None:
    queue = steps("hl-queue")
    at = next(place for place, step in enumerate(queue) if step.startswith("Queue("))
    assert queue[at + 1 : at + 5] == [
        'GotoIf($["${QUEUESTATUS}" = "TIMEOUT" | "${HL_AGAIN}" != ""]?left)',
        "Set(HL_AGAIN=1)",
        "Playback(/srv/hl/prompts/fallback/sys_transfer_fail)",
        "Goto(join)",
    ]
    assert queue.index("Set(HL_AGAIN=)") < at  # each stay in the queue has its second try
