"""What each dialogue listens for now, for robots and the X-ray: a board with long polling."""

import asyncio
from collections import OrderedDict
from dataclasses import asdict, dataclass
from typing import Any

_KEPT = 500


@dataclass(frozen=True, slots=True)
class LiveNode:
    """Where a dialogue is. version counts its changes; listening: listen | speak | record | wait | over.

    slot: what an answer fills (Flow.slot), "" unless it listens or records.
    said: the prompt's segments as texts (pii: read-backs hold what the caller said).
    """

    contact: str
    version: int
    flow: str
    node: str
    slot: str
    listening: str
    keys_only: bool
    said: tuple[str, ...] = ()


class LiveBoard:
    """Newest node per contact; the oldest contacts are forgotten."""

    def __init__(self) -> None:
        self._nodes: OrderedDict[str, LiveNode] = OrderedDict()
        self._callers: OrderedDict[str, str] = OrderedDict()
        self._changed = asyncio.Condition()

    async def begin(self, contact: str, caller: str) -> None:
        """A dialogue of this caller (E.164 or "") begins."""
        if caller:
            self._callers[caller] = contact
            self._callers.move_to_end(caller)
            while len(self._callers) > _KEPT:
                self._callers.popitem(last=False)
        await self.put(contact, "", "", "", "wait", keys_only=False)

    async def put(
        self,
        contact: str,
        flow: str,
        node: str,
        slot: str,
        listening: str,
        *,
        keys_only: bool,
        said: tuple[str, ...] = (),
    ) -> None:
        """The dialogue came to this node."""
        version = self._nodes[contact].version + 1 if contact in self._nodes else 1
        self._nodes[contact] = LiveNode(contact, version, flow, node, slot, listening, keys_only, said)
        self._nodes.move_to_end(contact)
        while len(self._nodes) > _KEPT:
            self._nodes.popitem(last=False)
        async with self._changed:
            self._changed.notify_all()

    def newest(self, caller: str) -> str:
        """Return the newest contact of a caller number, "" when there is none."""
        return self._callers.get(caller, "")

    async def wait(self, contact: str, after: int, timeout_s: float) -> dict[str, Any] | None:
        """Return the node once its version is above `after`; None when the contact is unknown or nothing changed."""
        try:
            async with asyncio.timeout(timeout_s), self._changed:
                await self._changed.wait_for(lambda: contact in self._nodes and self._nodes[contact].version > after)
        except TimeoutError:
            return None
        return asdict(self._nodes[contact])
