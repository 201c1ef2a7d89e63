"""The decoder worker's own code, in this process: its answers and its life on a pipe."""

import json
import socket
import threading
from pathlib import Path

import pytest

from speech.recognizers.vosk_worker import Decoder, serve
from speech.recognizers.wire import Kind, Message, Unpacker, encode_message
from tests.unit.speech.voices import MODEL, SILENCE_100_MS, say


@pytest.fixture(scope="module")
def decoder() -> Decoder:
    return Decoder(str(MODEL))


def ask(decoder: Decoder, kind: Kind, session: int = 1, payload: bytes = b"") -> object:
    reply = decoder.answer(Message(kind, session, payload))
    return json.loads(reply.payload or b"null") if reply else None


def test_two_decodes_an_utterance(decoder: Decoder) -> None:
    dropped = ask(decoder, Kind.GRAMMAR, 3, json.dumps(["E 零 三", "E 龘", "龘"]).encode())
    assert dropped == ["龘"]
    ask(decoder, Kind.OPEN, 1, b"3")
    heard = ask(decoder, Kind.AUDIO, 1, say("E零三") + SILENCE_100_MS * 3)
    assert isinstance(heard, list)
    assert ask(decoder, Kind.FINISH) == ["E 零 三", "E 零 三"]


def openly(decoder: Decoder, session: int, pcm: bytes) -> tuple[str, str]:
    """Return what open listening has heard at the last packet and at the end."""
    ask(decoder, Kind.OPEN, session, b"0")
    heard: object = None
    for start in range(0, len(pcm), 1600):
        heard = ask(decoder, Kind.AUDIO, session, pcm[start : start + 1600]) or heard
    heard = heard or ["", ""]
    assert isinstance(heard, list)
    finished = ask(decoder, Kind.FINISH, session)
    assert isinstance(finished, list)
    return str(heard[1]), str(finished[1])


def test_an_utterance_goes_on_behind_a_pause_of_its_own(decoder: Decoder) -> None:
    parts = [say("我要报修") + SILENCE_100_MS * 3, say("没有热水") + SILENCE_100_MS * 3]
    alone = [openly(decoder, 6, pcm)[1] for pcm in parts]
    assert all(alone)
    partial, finished = openly(decoder, 2, parts[0] + SILENCE_100_MS * 20 + parts[1])
    assert alone[0] in partial
    assert finished == " ".join(alone)


def test_a_packet_that_changes_no_text_is_answered_without_one(decoder: Decoder) -> None:
    ask(decoder, Kind.OPEN, 5, b"0")
    pcm = say("我要报修") + SILENCE_100_MS * 6
    packets = [pcm[start : start + 1600] for start in range(0, len(pcm), 1600)]
    answers = [decoder.answer(Message(Kind.AUDIO, 5, packet)) for packet in packets]
    texts = [json.loads(answer.payload)[1] for answer in answers if answer and answer.payload]
    assert all(answers)  # each packet has its answer all the same
    assert 0 < len(texts) < len(packets)
    assert texts == list(dict.fromkeys(texts))
    assert "报修" in texts[-1]
    decoder.answer(Message(Kind.CANCEL, 5))


def test_a_used_recognizer_hears_what_a_new_one_hears() -> None:
    said = [
        say("我要报修") + SILENCE_100_MS * 3,
        say("E零三") + SILENCE_100_MS * 3,
        say("没有热水") + SILENCE_100_MS * 25,
    ]
    grammar = json.dumps(["E 零 三", "报修", "没有 热水"]).encode()

    def heard(subject: Decoder, session: int, pcm: bytes) -> list[object]:
        ask(subject, Kind.OPEN, session, b"1")
        for start in range(0, len(pcm), 1600):
            ask(subject, Kind.AUDIO, session, pcm[start : start + 1600])
        finished = ask(subject, Kind.FINISH, session)
        assert isinstance(finished, list)
        return finished

    fresh = []
    for pcm in said:
        subject = Decoder(str(MODEL))
        ask(subject, Kind.GRAMMAR, 1, grammar)
        fresh.append(heard(subject, 1, pcm))
    assert all(map(any, fresh))
    # behind an end of its own, and behind one that was given up
    for number, pcm in enumerate(said + said[::-1]):
        ask(subject, Kind.OPEN, 90, b"1")
        ask(subject, Kind.AUDIO, 90, said[number % 3][:9600])
        ask(subject, Kind.CANCEL, 90)
        assert heard(subject, number, pcm) == fresh[said.index(pcm)]


def test_nobody_hears_the_rest_of_another_utterance() -> None:
    """Vosk takes no end right behind a stretch: what it had not decoded yet would open the next utterance."""
    subject = Decoder(str(MODEL))
    begun = say("没有热水") + SILENCE_100_MS * 25
    ask(subject, Kind.OPEN, 1, b"0")
    packets = [begun[start : start + 1600] for start in range(0, len(begun), 1600)]
    last = 0
    while not subject._utterances[1].heard[1]:
        ask(subject, Kind.AUDIO, 1, packets[last])
        last += 1
    ask(subject, Kind.CANCEL, 1)
    for voiced_ms in (200, 300, 400):
        ask(subject, Kind.OPEN, 1, b"0")
        for packet in packets[: last - 1]:
            ask(subject, Kind.AUDIO, 1, packet)
        # Vosk sees the end in a packet that holds the beginning of more
        ask(subject, Kind.AUDIO, 1, packets[last - 1] + say("漏气了")[3200 : 3200 + voiced_ms * 16])
        assert subject._utterances[1].heard[1]
        ask(subject, Kind.CANCEL, 1)
        assert openly(subject, 2, SILENCE_100_MS * 10) == ("", "")


def test_recognizers_are_made_ahead_and_used_again() -> None:
    subject = Decoder(str(MODEL))
    ask(subject, Kind.GRAMMAR, 1, json.dumps(["E 零 三"]).encode())
    made = 0
    while subject.make_ahead():
        made += 1
    assert made == 2  # an open one, and one of the grammar
    ask(subject, Kind.OPEN, 1, b"1")
    used = subject._utterances[1]
    ask(subject, Kind.FINISH, 1)
    ask(subject, Kind.OPEN, 2, b"1")
    again = subject._utterances[2]
    assert (again.free, again.grammar) == (used.free, used.grammar)
    ask(subject, Kind.OPEN, 3, b"0")
    assert subject._utterances[3].free is not again.free
    ask(subject, Kind.CANCEL, 2)
    ask(subject, Kind.CANCEL, 3)


def test_what_was_cancelled_or_never_opened_is_empty(decoder: Decoder) -> None:
    ask(decoder, Kind.OPEN, 4, b"0")
    ask(decoder, Kind.CANCEL, 4)
    assert ask(decoder, Kind.AUDIO, 4, SILENCE_100_MS) is None
    assert ask(decoder, Kind.FINISH, 4) == ["", ""]
    assert decoder.answer(Message(Kind.PING)) == Message(Kind.PONG)
    assert decoder.answer(Message(Kind.READY)) is None


def talk(model: Path, requests: list[Message], answers: int) -> list[Message]:
    ours, theirs = socket.socketpair()

    def work() -> None:
        with theirs:
            serve(theirs, str(model))

    thread = threading.Thread(target=work)
    thread.start()
    with ours:
        ours.settimeout(20)
        if requests:  # the other end may be gone already
            ours.sendall(b"".join(map(encode_message, requests)))
        unpacker, found = Unpacker(), list[Message]()
        while len(found) < answers and (data := ours.recv(65536)):
            found += unpacker.feed(data)
    thread.join(20)
    assert not thread.is_alive()
    return found


def test_it_serves_until_the_pipe_is_closed() -> None:
    found = talk(MODEL, [Message(Kind.PING)], 2)
    assert [message.kind for message in found] == [Kind.READY, Kind.PONG]


def test_a_model_that_does_not_load_is_said(tmp_path: Path) -> None:
    found = talk(tmp_path, [], 1)
    assert found[0].kind is Kind.FAILED
