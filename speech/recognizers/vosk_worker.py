"""A decoder worker: its own process, the only place that loads libvosk. Started by the pool, ends with its pipe.

Two decodes an utterance, one within the grammar and one open; a new recognizer for each utterance (SetGrammar on a
running one would abort the process, a used one may give another text).
"""

import json
import signal
import socket
import sys
from dataclasses import dataclass
from typing import Any

import vosk

from speech.recognizers.port import UNKNOWN
from speech.recognizers.wire import Kind, Message, Unpacker, encode_message

SAMPLE_RATE = 8000


@dataclass(slots=True)
class _Utterance:
    free: Any
    grammar: Any | None
    heard: list[str]  # grammar text, free text


class Decoder:
    """Answers the pool's messages one by one."""

    def __init__(self, model_path: str) -> None:
        vosk.SetLogLevel(-1)
        self._model = vosk.Model(model_path)
        self._grammars: dict[int, str] = {}
        self._utterances: dict[int, _Utterance] = {}
        # A model of another rate fails on every packet: better now than on the first call.
        vosk.KaldiRecognizer(self._model, SAMPLE_RATE).AcceptWaveform(bytes(SAMPLE_RATE // 5 * 2))

    def answer(self, message: Message) -> Message | None:
        """Carry out one request; returns its answer, if it has one."""
        session = message.session
        match message.kind:
            case Kind.GRAMMAR:
                return Message(Kind.DROPPED, session, _json(self._add_grammar(session, message.payload)))
            case Kind.OPEN:
                self._utterances[session] = self._open(int(message.payload))
            case Kind.CANCEL:
                self._utterances.pop(session, None)
            case Kind.PING:
                return Message(Kind.PONG)
            case Kind.AUDIO:
                utterance = self._utterances.get(session)
                heard = _feed(utterance, message.payload) if utterance else ["", ""]
                return Message(Kind.PARTIAL, session, _json(heard))
            case Kind.FINISH:
                utterance = self._utterances.pop(session, None)
                return Message(Kind.FINAL, session, _json(_finish(utterance) if utterance else ["", ""]))
            case _:
                pass
        return None

    def _add_grammar(self, number: int, payload: bytes) -> list[str]:
        phrases: list[str] = json.loads(payload)
        unknown: dict[str, None] = {}
        kept: dict[str, None] = {}
        for phrase in phrases:
            words = phrase.split()
            missing = [word for word in words if word != UNKNOWN and self._model.vosk_model_find_word(word) < 0]
            unknown.update(dict.fromkeys(missing))
            rest = " ".join(word for word in words if word not in unknown)
            if rest:
                kept[rest] = None
        kept[UNKNOWN] = None
        self._grammars[number] = json.dumps(list(kept), ensure_ascii=False)
        return list(unknown)

    def _open(self, number: int) -> _Utterance:
        grammar = self._grammars[number] if number else None
        free = vosk.KaldiRecognizer(self._model, SAMPLE_RATE)
        narrow = vosk.KaldiRecognizer(self._model, SAMPLE_RATE, grammar) if grammar else None
        return _Utterance(free, narrow, ["", ""])


def _feed(utterance: _Utterance, pcm: bytes) -> list[str]:
    return [
        _accept(utterance, index, decoder, pcm) for index, decoder in enumerate((utterance.grammar, utterance.free))
    ]


def _accept(utterance: _Utterance, index: int, decoder: Any | None, pcm: bytes) -> str:
    if decoder is None:
        return ""
    if decoder.AcceptWaveform(pcm):
        # Vosk saw an end of its own; ours has not come, so the text is put by and the utterance goes on.
        utterance.heard[index] = _join(utterance.heard[index], json.loads(decoder.Result()).get("text", ""))
        return utterance.heard[index]
    return _join(utterance.heard[index], json.loads(decoder.PartialResult()).get("partial", ""))


def _finish(utterance: _Utterance) -> list[str]:
    heard = []
    for before, decoder in zip(utterance.heard, (utterance.grammar, utterance.free), strict=True):
        text = json.loads(decoder.FinalResult()).get("text", "") if decoder is not None else ""
        heard.append(_join(before, text))
    return heard


def _join(first: str, second: str) -> str:
    return f"{first} {second}".strip()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def serve(pipe: socket.socket, model_path: str) -> None:
    """Load the model, say so, and answer until the pipe is closed."""
    try:
        decoder = Decoder(model_path)
    except Exception as error:  # noqa: BLE001 - vosk raises bare Exception for a model it cannot use
        pipe.sendall(encode_message(Message(Kind.FAILED, 0, str(error).encode())))
        return
    pipe.sendall(encode_message(Message(Kind.READY, 0, _json({"rate": SAMPLE_RATE}))))
    unpacker = Unpacker()
    while data := pipe.recv(65536):
        for message in unpacker.feed(data):
            reply = decoder.answer(message)
            if reply is not None:
                pipe.sendall(encode_message(reply))


def main() -> None:
    """Run as `python -m speech.recognizers.vosk_worker MODEL FD`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the media process, whose end ends us
    with socket.socket(fileno=int(sys.argv[2])) as pipe:
        serve(pipe, sys.argv[1])


if __name__ == "__main__":
    main()
