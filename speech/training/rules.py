"""Pure: the little grammar language of data/sentences.yaml, and sampling from it.

A rule is a list of alternatives: words and {names} between blanks, (a|b|) a choice, "5* ..." the weight of the
alternative. {name} is a rule or a builtin; {name:argument} hands the argument to the builtin.
"""

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

_WEIGHT = re.compile(r"(\d+(?:\.\d+)?)\*\s*(.*)", re.DOTALL)
_TOKEN = re.compile(r"\(|\)|\||\{[a-z_]+(?::[^}]*)?\}|[^\s(){}|]+")


class BadRule(ValueError):
    """A rule that cannot be read; the message names it."""


@dataclass(frozen=True, slots=True)
class Word:
    """One spoken word. place: for names of places, which sort and parent they were drawn from, else ""."""

    text: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class _Call:
    name: str
    argument: str


@dataclass(frozen=True, slots=True)
class _Choice:
    options: tuple["_Sequence", ...]
    shares: tuple[float, ...]  # cumulative, the last is 1


_Sequence = tuple["str | _Call | _Choice", ...]
Builtin = Callable[[np.random.Generator, str], Sequence[Word]]


class Grammar:
    """Rules ready to be sampled."""

    def __init__(self, rules: Mapping[str, Sequence[str]], builtins: Mapping[str, Builtin]) -> None:
        self._rules = {name: _alternatives(name, options) for name, options in rules.items()}
        self._builtins = builtins
        for name, call in ((name, call) for name, choice in self._rules.items() for call in _calls(choice)):
            if call.name not in self._rules and call.name not in builtins:
                raise BadRule(f"{name}: {{{call.name}}} is neither a rule nor a builtin")

    def sample(self, name: str, chance: np.random.Generator) -> list[Word]:
        """Return one sentence of the rule `name`."""
        return list(self._run(self._rules[name], chance))

    def words(self) -> list[str]:
        """Return every word that stands in a rule, each once."""
        found = itertools.chain.from_iterable(_words(choice) for choice in self._rules.values())
        return list(dict.fromkeys(found))

    def _run(self, choice: _Choice, chance: np.random.Generator) -> Iterator[Word]:
        drawn = float(chance.random())
        number = next(index for index, share in enumerate(choice.shares) if drawn < share)
        for item in choice.options[number]:
            if isinstance(item, str):
                yield Word(item)
            elif isinstance(item, _Choice):
                yield from self._run(item, chance)
            elif item.name in self._rules:
                yield from self._run(self._rules[item.name], chance)
            else:
                yield from self._builtins[item.name](chance, item.argument)


def _alternatives(name: str, options: Sequence[str]) -> _Choice:
    weights, parsed = [], []
    for option in options:
        found = _WEIGHT.fullmatch(str(option))
        weights.append(float(found.group(1)) if found else 1.0)
        tokens = _TOKEN.findall(found.group(2) if found else str(option))
        sequence, rest = _sequence(tokens, 0)
        if rest != len(tokens):
            raise BadRule(f"{name}: one bracket too many in {option}")
        parsed.append(sequence)
    return _choice(parsed, weights)


def _choice(options: Sequence[_Sequence], weights: Sequence[float]) -> _Choice:
    total = sum(weights)
    shares = [share / total for share in itertools.accumulate(weights)]
    return _Choice(tuple(options), (*shares[:-1], 1.0))


def _sequence(tokens: Sequence[str], at: int) -> tuple[_Sequence, int]:
    out: list[str | _Call | _Choice] = []
    while at < len(tokens) and tokens[at] not in {"|", ")"}:
        piece = tokens[at]
        at += 1
        if piece == "(":
            group, at = _group(tokens, at)
            out.append(group)
        elif piece.startswith("{"):
            name, _, argument = piece[1:-1].partition(":")
            out.append(_Call(name, argument))
        else:
            out.append(piece)
    return tuple(out), at


def _group(tokens: Sequence[str], at: int) -> tuple[_Choice, int]:
    options = []
    while True:
        option, at = _sequence(tokens, at)
        options.append(option)
        if at >= len(tokens):
            raise BadRule("a bracket is not closed: " + " ".join(tokens))
        at += 1
        if tokens[at - 1] == ")":
            return _choice(options, [1.0] * len(options)), at


def _calls(choice: _Choice) -> Iterator[_Call]:
    for item in itertools.chain.from_iterable(choice.options):
        if isinstance(item, _Call):
            yield item
        elif isinstance(item, _Choice):
            yield from _calls(item)


def _words(choice: _Choice) -> Iterator[str]:
    for item in itertools.chain.from_iterable(choice.options):
        if isinstance(item, str):
            yield item
        elif isinstance(item, _Choice):
            yield from _words(item)
