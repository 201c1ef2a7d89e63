"""Search terms: what a row is found by, and what a typed text asks for; pure.

Terms of a row, an array under a GIN index:

    顺德        two neighbouring characters of a text (a trigram index finds no two characters)
    =e01        the beginning of a run of letters and digits: codes, models, house numbers
    #8000       the last four and more digits of a telephone, ticket or serial number
    ^陈         the first character of a name
    ~cgq        the pinyin initials of a name, from two on

Every word of a query must be found; a word may be found in more than one way.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from pypinyin import Style, lazy_pinyin

from crm import phone, slots

LONGEST = 120  # characters of one text that are taken
_LEAST_SUFFIX = 4
_HOUSE_NUMBER = 5  # so many digits may also be part of an address
_NAME = 12
_CODE = 8
_RUN = re.compile(r"[a-z0-9]+")
_NOT_WORD = re.compile(r"[\W_]+")
_GAPS = (re.compile(r"\s+"), _NOT_WORD)
_NUMBER = re.compile(r"[0-9\s()+-]+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_SLOTS = frozenset(
    {"address", "fault_code", "symptom", "statement", "topic", "part", "name", "note", "brand", "contact", "product",
     "new_serial", "courier_in", "courier_out", "original", "reply", "resolution"}
)  # fmt: skip
_COUNTED = frozenset({"contact", "new_serial", "courier_in", "courier_out", "original"})


def of_text(text: str) -> set[str]:
    """Return the pairs of neighbouring characters of a text without its punctuation, and its runs' beginnings."""
    plain = _plain(text[:LONGEST])
    # "E01 E02" holds two codes, "HP-24" and "HP 24" one model: a run is taken over gaps and between them
    parts = {plain, *(_plain(part) for gap in _GAPS for part in gap.split(text[:LONGEST]))}
    runs = (run for part in parts for run in _RUN.findall(part))
    return _pairs(plain) | {f"={run[:length]}" for run in runs for length in range(2, min(len(run), _CODE) + 1)}


def of_number(number: str) -> set[str]:
    """Return the endings of a number, from four characters to the whole of it; E.164 counts as dialled in China."""
    plain = _plain(phone.national(number))[-24:]
    return {f"#{plain[-length:]}" for length in range(_LEAST_SUFFIX, len(plain) + 1)}


def of_name(name: str) -> set[str]:
    """Return the terms of a person's or firm's name."""
    plain = _plain(name[:LONGEST])
    found = of_text(name) | ({f"^{plain[0]}"} if plain else set())
    if _HAN.search(plain) and len(plain) <= _NAME:
        initials = "".join(lazy_pinyin(plain, style=Style.FIRST_LETTER))
        found |= {f"~{initials[:length]}" for length in range(2, len(initials) + 1)}
    return found


def of_person(name: str, numbers: Iterable[str]) -> set[str]:
    """Return what a customer is found by wherever the customer is named."""
    return of_name(name).union(*(of_number(number) for number in numbers))


def of_customer(
    name: str, numbers: Iterable[str], addresses: Iterable[Mapping[str, str]], machines: Iterable[tuple[str, str]]
) -> set[str]:
    """Return the terms of a customer's file; machines are (model, serial)."""
    found = of_person(name, numbers)
    for value in addresses:
        found |= _of_address(value)
    for model, serial in machines:
        found |= of_text(model) | of_text(serial) | of_number(serial)
    return found


def of_ticket(no: str, caller: str, held: Mapping[str, Mapping[str, str]], person: Iterable[str]) -> set[str]:
    """Return the terms of a ticket: its number, the caller's, its slots' (slot -> value), its customer's."""
    found = of_number(no) | of_number(caller) | set(person)
    for name, value in held.items():
        if name in _SLOTS:
            found |= _of_slot(name, value)
    return found


def asked(q: str) -> list[list[list[str]]]:
    """Return what a query asks for: of every word (and) one way (or) with all its terms (and). [] = nothing to find."""
    text = unicodedata.normalize("NFKC", q).strip()
    number, extension = phone.split(text)
    if extension and _NUMBER.fullmatch(number):
        text = number  # an extension is kept beside the number
    words = ["".join(filter(str.isdigit, text))] if _NUMBER.fullmatch(text) else [_plain(word) for word in text.split()]
    return [_ways(word) for word in words if word]


def _ways(word: str) -> list[list[str]]:
    if len(word) == 1:
        return [[f"^{word}"]]
    pairs = sorted(_pairs(word))
    if word.isascii() and word.isdigit() and len(word) >= _LEAST_SUFFIX:
        ending = [f"#{word.removeprefix('86') if len(word) > _NAME else word}"]
        return [ending, pairs] if len(word) <= _HOUSE_NUMBER else [ending]
    if word.isascii() and word.isalpha() and len(word) <= _NAME:
        return [pairs, [f"~{word}"]]
    if not word.isascii() or word.isdigit():
        # 路999号 is not the 路9, 99 and 9号 of 99; what stands first may be the end of a longer number
        runs = (found[0][:_CODE] for found in _RUN.finditer(word) if found.start())
        return [[*pairs, *(f"={run}" for run in runs if len(run) > 1)]]
    return [[f"={word}"] if len(word) <= _CODE else pairs, [f"#{word}"]]  # E02 is not the E0 and 02 of E01, 502


def _of_slot(name: str, value: Mapping[str, str]) -> set[str]:
    if name == "address":
        return _of_address(value)
    if name == "product":
        return _of_texts((value.get("model", ""), value.get("serial", ""))) | of_number(value.get("serial", ""))
    if name in _COUNTED:
        return set[str]().union(*(of_number(item) for item in value.values()))
    return _of_texts((slots.text(name, value), *value.values()))


def _of_address(value: Mapping[str, str]) -> set[str]:
    parts: Sequence[str] = [item for key, item in value.items() if key != "adcode"]
    return _of_texts((slots.address_text(value), *parts))


def _pairs(plain: str) -> set[str]:
    return {plain[index : index + 2] for index in range(len(plain) - 1)}


def _of_texts(texts: Iterable[str]) -> set[str]:
    return set[str]().union(*(of_text(text) for text in texts))


def _plain(text: str) -> str:
    """Return letters, digits and ideographs only, in one width and case."""
    return _NOT_WORD.sub("", unicodedata.normalize("NFKC", text)).lower()
