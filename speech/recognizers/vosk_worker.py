"""A decoder worker: its own process, the only place that loads libvosk. Started by the pool, ends with its pipe.

Two decodes an utterance, one within the grammar and one open; a new recognizer for each utterance (SetGrammar on a
running one would abort the process, a used one may give another text).
"""

import json
import select
import signal
import socket
import sys
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import vosk

from speech.recognizers.paths import SEVERAL, likeliest, read_repeats
from speech.recognizers.port import UNKNOWN
from speech.recognizers.wire import Kind, Message, Unpacker, encode_message

SAMPLE_RATE = 8000
# Heard before an utterance: a sound at its very first moment has a beginning then, and is not lost (E of E零三).
LEAD = bytes(SAMPLE_RATE // 10 * 2)
MAX_SPARES = 32  # grammars whose next recognizer is kept ready


class _Listener:
    """A Vosk recognizer whose results are whole paths.

    Vosk's other way puts a text together from the likeliest word of each moment, by Bayes risk: where a name can be cut
    in two ways it says half of it twice, or not at all (海富 海富花园, 新村 新村).
    """

    def __init__(self, recognizer: Any, repeats: Mapping[str, float]) -> None:
        recognizer.SetMaxAlternatives(SEVERAL if repeats else 1)
        self._recognizer = recognizer
        self._repeats = repeats

    def hear(self, pcm: bytes) -> bool:
        """Decode a packet; tell whether Vosk saw the end of a stretch."""
        return bool(self._recognizer.AcceptWaveform(pcm))

    def partial(self) -> str:
        """Return Vosk's partial result, JSON."""
        return str(self._recognizer.PartialResult())

    def stretch(self) -> str:
        """Return the words of the stretch that has ended."""
        return likeliest(self._recognizer.Result(), self._repeats)

    def end(self) -> str:
        """Return the words of what was heard last; nothing is heard after that."""
        return likeliest(self._recognizer.FinalResult(), self._repeats)


@dataclass(slots=True)
class _Utterance:
    free: _Listener
    grammar: _Listener | None
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
        self._spares: OrderedDict[int, _Listener | None] = OrderedDict()  # made ahead, by grammar; the newest used last
        self._wanted: list[int] = []
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
                return Message(Kind.PARTIAL, session, _feed(utterance, message.payload) if utterance else b"")
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
        self._wanted.append(number)
        return list(unknown)

    def _open(self, number: int) -> _Utterance:
        free = _Listener(vosk.KaldiRecognizer(self._model, SAMPLE_RATE), self._repeats)
        narrow = self._narrow(number) if number else None
        for recognizer in filter(None, (free, narrow)):
            recognizer.hear(LEAD)
        return _Utterance(free, narrow, ["", ""], ["", ""], ["", ""])

    def _narrow(self, number: int) -> _Listener:
        """Return a recognizer of a grammar, the one made ahead if there is one, and want another."""
        if number not in self._wanted:
            self._wanted.append(number)
        return self._spares.pop(number, None) or self._make(number)

    def _make(self, number: int) -> _Listener:
        return _Listener(vosk.KaldiRecognizer(self._model, SAMPLE_RATE, self._grammars[number]), self._repeats)

    def make_ahead(self) -> bool:
        """Make one recognizer of a grammar that is wanted; False when there is nothing to do. For idle moments."""
        if not self._wanted:
            return False
        number = self._wanted.pop(0)
        self._spares.setdefault(number, None)
        self._spares[number] = self._spares[number] or self._make(number)
        self._spares.move_to_end(number)
        if len(self._spares) > MAX_SPARES:
            self._spares.popitem(last=False)
        return True


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


def _finish(utterance: _Utterance) -> list[str]:
    heard = []
    for before, decoder in zip(utterance.heard, (utterance.grammar, utterance.free), strict=True):
        text = decoder.end() if decoder is not None else ""
        heard.append(_join(before, text))
    return heard


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
