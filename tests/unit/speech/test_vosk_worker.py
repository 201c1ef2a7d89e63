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


def test_an_utterance_goes_on_behind_a_pause_of_its_own(decoder: Decoder) -> None:
    ask(decoder, Kind.OPEN, 2, b"0")
    pcm = say("佛山市") + SILENCE_100_MS * 20 + say("顺德区") + SILENCE_100_MS * 3
    for start in range(0, len(pcm), 1600):
        heard = ask(decoder, Kind.AUDIO, 2, pcm[start : start + 1600])
    assert isinstance(heard, list)
    assert "佛山市" in heard[1]
    assert ask(decoder, Kind.FINISH, 2) == ["", "佛山市 顺德区"]


def test_what_was_cancelled_or_never_opened_is_empty(decoder: Decoder) -> None:
    ask(decoder, Kind.OPEN, 4, b"0")
    ask(decoder, Kind.CANCEL, 4)
    assert ask(decoder, Kind.AUDIO, 4, SILENCE_100_MS) == ["", ""]
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
