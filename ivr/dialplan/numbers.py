"""The numbers callers dial: the table and the forms in which a trunk sends them."""

from collections.abc import Iterable

SERVICE_LINE = "4001726011"
LANDLINE = "075766883358"  # also what agents' and duty calls show as the caller
DIDS = (SERVICE_LINE, LANDLINE)


def forms(did: str) -> tuple[str, ...]:
    """Return every form of a national number: as dialled, with 0, with 86, 086, 0086 and +86 before it."""
    national = did.removeprefix("0")
    prefixes = ("", "0", "86", "086", "0086", "+86")
    return tuple(dict.fromkeys((did, *(prefix + national for prefix in prefixes), f"86{did}", f"+86{did}")))


def table(dids: Iterable[str] = DIDS) -> dict[str, str]:
    """Return form -> canonical number for all `dids`."""
    return {form: did for did in dids for form in forms(did)}
