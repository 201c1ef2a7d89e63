"""In-band keys: DTMF tones as samples (ITU-T Q.23), for lines that know no RFC 4733."""

import numpy as np

RATE = 8000
_ROWS = (697, 770, 852, 941)
_COLUMNS = (1209, 1336, 1477, 1633)
_PAD = "123A456B789C*0#D"


def tones(digits: str, on_ms: int = 120, off_ms: int = 120) -> bytes:
    """Return s16le 8 kHz samples of the keys; raises ValueError on anything that is no key."""
    out = [np.zeros(RATE * off_ms // 1000)]
    when = np.arange(RATE * on_ms // 1000) / RATE
    for digit in digits:
        place = _PAD.index(digit)
        low, high = _ROWS[place // 4], _COLUMNS[place % 4]
        out.append(7000 * (np.sin(2 * np.pi * low * when) + np.sin(2 * np.pi * high * when)))
        out.append(np.zeros(RATE * off_ms // 1000))
    return np.concatenate(out).astype("<i2").tobytes()
