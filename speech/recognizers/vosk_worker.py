"""A decoder worker: its own process, the only place that loads libvosk. Started by the pool, ends with its pipe.

Two decodes an utterance, one within the grammar and one open. A recognizer is used for one utterance after the other
(SetGrammar on a running one would abort the process), each time after it has been brought to its end: only then does
Vosk begin with features of their own again, and the text is the one that a new recognizer would give.
"""

import json
import select
import signal
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import vosk

from speech.recognizers.paths import SEVERAL, likeliest, read_repeats
from speech.recognizers.port import UNKNOWN
from speech.recognizers.shelf import Shelf
from speech.recognizers.wire import Kind, Message, Unpacker, encode_message

SAMPLE_RATE = 8000
# Heard before an utterance: a sound at its very first moment has a beginning then, and is not lost (E of E零三).
LEAD = bytes(SAMPLE_RATE // 10 * 2)
_OPEN = 0  # the number of the grammar that is none


class _Listener:
    """A Vosk recognizer whose results are whole paths.

    Vosk's other way puts a text together from the likeliest word of each moment, by Bayes risk: where a name can be cut
    in two ways it says half of it twice, or not at all (海富 海富花园, 新村 新村).
    """

    def __init__(self, recognizer: Any, repeats: Mapping[str, float]) -> None:
        recognizer.SetMaxAlternatives(SEVERAL if repeats else 1)
        self._recognizer = recognizer
        self._repeats = repeats
        self._at_work = False  # between a packet and the end of its stretch

    def hear(self, pcm: bytes) -> bool:
        """Decode a packet; tell whether Vosk saw the end of a stretch."""
        self._at_work = True
        return bool(self._recognizer.AcceptWaveform(pcm))

    def partial(self) -> str:
        """Return Vosk's partial result, JSON."""
        return str(self._recognizer.PartialResult())

    def stretch(self) -> str:
        """Return the words of the stretch that has ended."""
        self._at_work = False
        return likeliest(self._recognizer.Result(), self._repeats)

    def end(self) -> str:
        """Return the words of what was heard last; what is heard after that is another utterance."""
        nothing_new = not self._at_work
        if nothing_new:
            # Vosk takes no end right behind a stretch, and would go on with the features of this utterance.
            self.hear(LEAD)
        text = likeliest(self._recognizer.FinalResult(), self._repeats)
        self._at_work = False
        return "" if nothing_new else text


@dataclass(slots=True)
class _Utterance:
    free: _Listener
    grammar: _Listener | None
    number: int  # of the grammar
    heard: list[str]  # grammar text, free text, of the stretches that Vosk has closed
    partials: list[str]  # Vosk's last partial results as they came
    texts: list[str]  # what was answered last


class Decoder:
    """Answers the pool's messages one by one."""

    def __init__(self, model_path: str) -> None:
        vosk.SetLogLevel(-1)
        self._model = vosk.Model(model_path)
        self._grammars: dict[int, str] = {}
        self._utterances: dict[int, _Utterance] = {}
        self._repeats = read_repeats(Path(model_path))
        self._shelf = Shelf(self._make)
        self._shelf.want(_OPEN)
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
                if utterance := self._utterances.pop(session, None):
                    self._end(utterance)
            case Kind.PING:
                return Message(Kind.PONG)
            case Kind.AUDIO:
                utterance = self._utterances.get(session)
                return Message(Kind.PARTIAL, session, _feed(utterance, message.payload) if utterance else b"")
            case Kind.FINISH:
                utterance = self._utterances.pop(session, None)
                return Message(Kind.FINAL, session, _json(self._end(utterance) if utterance else ["", ""]))
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
        self._shelf.want(number)
        return list(unknown)

    def _open(self, number: int) -> _Utterance:
        free = self._shelf.take(_OPEN)
        narrow = self._shelf.take(number) if number else None
        for recognizer in filter(None, (free, narrow)):
            recognizer.hear(LEAD)
        return _Utterance(free, narrow, number, ["", ""], ["", ""], ["", ""])

    def _end(self, utterance: _Utterance) -> list[str]:
        """Return the texts of a whole utterance; its recognizers are free for another."""
        heard = []
        for before, number, listener in zip(
            utterance.heard, (utterance.number, _OPEN), (utterance.grammar, utterance.free), strict=True
        ):
            heard.append(_join(before, listener.end()) if listener is not None else before)
            if listener is not None:
                self._shelf.put_back(number, listener)
        return heard

    def _make(self, number: int) -> _Listener:
        grammar = (self._grammars[number],) if number else ()
        return _Listener(vosk.KaldiRecognizer(self._model, SAMPLE_RATE, *grammar), self._repeats)

    def make_ahead(self) -> bool:
        """Make one recognizer that is wanted; False when there is nothing to do. For idle moments."""
        return self._shelf.make_ahead()


def _feed(utterance: _Utterance, pcm: bytes) -> bytes:
    """Return the texts so far as JSON, nothing when they are what they were: most packets change nothing."""
    decoders = (utterance.grammar, utterance.free)
    changed = [_accept(utterance, index, decoder, pcm) for index, decoder in enumerate(decoders)]
    return _json(utterance.texts) if any(changed) else b""


def _accept(utterance: _Utterance, index: int, decoder: _Listener | None, pcm: bytes) -> bool:
    """Decode a packet; tell whether the text has changed."""
    if decoder is None:
        return False
    if decoder.hear(pcm):
        # Vosk saw an end of its own; ours has not come, so the text is put by and the utterance goes on.
        utterance.heard[index] = _join(utterance.heard[index], decoder.stretch())
        utterance.partials[index], text = "", utterance.heard[index]
    else:
        raw = decoder.partial()
        if raw == utterance.partials[index]:
            return False
        utterance.partials[index] = raw
        text = _join(utterance.heard[index], json.loads(raw).get("partial", ""))
    changed, utterance.texts[index] = text != utterance.texts[index], text
    return changed


def _join(first: str, second: str) -> str:
    return f"{first} {second}".strip()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _receive(pipe: socket.socket, decoder: Decoder) -> bytes:
    """Return what came next; while nothing comes, recognizers are made ahead."""
    while not select.select([pipe], [], [], 0)[0] and decoder.make_ahead():
        pass
    return pipe.recv(65536)


def serve(pipe: socket.socket, model_path: str) -> None:
    """Load the model, say so, and answer until the pipe is closed."""
    try:
        decoder = Decoder(model_path)
    except Exception as error:  # noqa: BLE001 - vosk raises bare Exception for a model it cannot use
        pipe.sendall(encode_message(Message(Kind.FAILED, 0, str(error).encode())))
        return
    pipe.sendall(encode_message(Message(Kind.READY, 0, _json({"rate": SAMPLE_RATE}))))
    unpacker = Unpacker()
    while data := _receive(pipe, decoder):
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
