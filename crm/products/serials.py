"""One form of a machine's serial, however it is typed: "sn 1" and "ＳＮ１" are "SN1"; pure."""

import re
import unicodedata

_UNSEEN = re.compile(r"[\s\u200b-\u200d\u2060\ufeff]+")


def normal(serial: str) -> str:
    """Return a serial in one width and case, without blanks."""
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", serial)).upper()
