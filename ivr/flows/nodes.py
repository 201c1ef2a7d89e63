"""The shape of a flow document: node kinds and their fields. `docs/flows/schema.json` is exported from here."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
Key = Annotated[str, Field(pattern=r"^[0-9#]$")]
Step = Literal["p", "r1", "r2", "keys"]
Outcome = Literal[
    "reported", "handed_over", "self_resolved", "solved", "unconfirmed", "cancelled_by_caller", "voicemail"
]
TicketKind = Literal[
    "consult", "complaint", "repair", "install", "unit_return", "part_return", "part_request", "training",
    "tech_support", "follow_up",
]  # fmt: skip

RETURN = "return"  # go back to the flow node that called this flow
RESUME = "resume"  # go back to the question that was interrupted


class _Part(BaseModel):
    """Frozen, and strict about foreign fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Say(_Part):
    """Speaks a prompt and goes on; consecutive say nodes and the next question are one turn.

    prompt: another prompt's key than the node's name. uninterrupted: the first segment is a turn of its own that
    nothing interrupts; whole: all of them. ticket: the matter becomes a ticket here.
    callback: somebody must ring back, and why; in_turn: the hotline itself, keeping the place. raises: a danger that
    was not named is raised here, unless one is known. fill: a filler that keeps what is known of the
    matter. reads: prompt variable -> variable that is read instead. about: from here on the matter is the ticket that
    was asked about; urges: it is urged; denied: the caller could not show that it is theirs.
    """

    kind: Literal["say"]
    prompt: str = ""
    to: Name
    uninterrupted: bool = False
    whole: bool = False
    ticket: Outcome | None = None
    callback: Literal["asked", "no_agent", "voicemail"] | None = None
    in_turn: bool = False
    raises: Literal["gas", "unknown"] | None = None
    fill: Name | None = None
    reads: dict[Name, Name] = Field(default_factory=dict)
    about: bool = False
    urges: bool = False
    denied: bool = False


class _Question(_Part):
    """What menu and ask share.

    keys: key -> meaning. hear: meaning -> sample phrases. to: meaning -> node. slot: where the answer is kept;
    names: meaning -> how it is spoken in a read-back. tries: the order of prompts, one failure each; `keys` is
    common_keys_only + r2, by keys only. limit: how often the question may be opened per matter.
    fallback: where to go after the last try (limit_to: when the limit is reached; the same when not given).
    corrections_to: where to go when the value has been corrected too often (when not given, by keys only).
    no_match_to, no_input_to: leave at the first failure of that sort. keys_only_prompt, keys_only_to: what is
    different when speech is away. fill: meaning (or "fallback") -> filler that keeps a known value.
    reads: prompt variable -> variable that is read instead. slow_again: r2 is the prompt before it, said slowly.
    identifies: who callers say to be (经销商, 工程商, 网点) is kept.
    safety: danger is asked about: a meaning may be a kind of
    it, and a no that is not sure is none. one_breath: other slots said in the same sentence are captured
    (speech.contract.SlotSpec). captures_as: the meaning of a sentence that holds nothing but such slots; captures: only
    these, beside no other meaning than that, and what was held of them before is thrown away. forgets: slots that a no
    throws away.
    """

    keys: dict[Key, Name] = Field(default_factory=dict)
    hear: dict[Name, tuple[str, ...]] = Field(default_factory=dict)
    to: dict[Name, Name]
    slot: Name | None = None
    names: dict[Name, str] = Field(default_factory=dict)
    tries: tuple[Step, ...] = ("p", "r1", "r2", "keys")
    limit: int = Field(default=3, ge=1, le=20)
    limit_to: Name | None = None
    fallback: Name = "to_agent"
    corrections_to: Name | None = None
    no_match_to: Name | None = None
    no_input_to: Name | None = None
    keys_only_prompt: Literal["p", "r2"] = "p"
    keys_only_to: Name | None = None
    fill: dict[Name, Name] = Field(default_factory=dict)
    reads: dict[Name, Name] = Field(default_factory=dict)
    slow_again: bool = False
    identifies: bool = False
    safety: bool = False
    one_breath: bool = False
    captures_as: Name | None = None
    captures: tuple[Name, ...] = ()
    forgets: tuple[Name, ...] = ()

    @property
    def meanings(self) -> set[str]:
        """What an answer can mean, besides a value, yes and no."""
        return {*self.keys.values(), *self.hear}


class Menu(_Question):
    """One choice of several. pick: the slot whose candidates are the choices (meanings pick1 pick2 pick3).

    several: all that one sentence asks is answered.
    chooses: the choices are the caller's tickets (pick1 pick2 pick3, or a kind).
    correcting: the kind of a value that may be said instead of a choice; it leads to the edge `corrected`, as does what
    a one-breath menu captures when it has that edge.
    """

    kind: Literal["menu"]
    pick: Name | None = None
    chooses: bool = False
    several: bool = False
    correcting: Literal["address", "region"] | None = None


class Ask(_Question):
    """A value or a yes. confirms: the slots a yes confirms; correcting: the kind of the value read back.

    begun: a slot with the first part of the value that is asked for. check: pure check of digits. Meanings besides
    keys' and hear's: yes and no; value, ambiguous and empty.
    """

    kind: Literal["ask"]
    listen: Literal[
        "yes_no", "fault_code", "address", "region", "road", "room", "digits", "phone", "visit_time", "purchase_date",
        "product", "name",
    ]  # fmt: skip
    confirms: tuple[Name, ...] = ()
    correcting: Literal["fault_code", "address", "phone", "visit_time", "purchase_date"] | None = None
    begun: Name | None = None
    max_digits: int = Field(default=1, ge=1, le=20)
    check: Name | None = None
    tries: tuple[Step, ...] = ("p", "r1", "keys")


class Record(_Part):
    """Records the caller after a beep. voicemail: the clip is a message of its own.

    optional: `#` alone says that there is nothing to say, and leads on at once.
    catches: a value that may be noticed in what is said; when there is one, it is kept and `caught_to` is next.
    """

    kind: Literal["record"]
    slot: Name
    max_s: int = Field(ge=5, le=180)
    final_silence_s: int = Field(default=5, ge=2, le=10)
    tries: tuple[Step, ...] = ("p",)
    limit: int = Field(default=3, ge=1, le=20)
    to: Name
    fallback: Name
    voicemail: bool = False
    optional: bool = False
    catches: Literal["fault_code"] | None = None
    caught_to: Name | None = None


class Branch(_Part):
    """Chooses by a pure function of the registry; every value it can return has an edge."""

    kind: Literal["branch"]
    by: Name
    to: dict[Name, Name]


class Do(_Part):
    """Asks the outside. matter: a matter of this kind is entered; its ticket number is fetched here.

    join: a matter that is there will do, whatever its kind and even when it is a ticket already. turns: the present
    matter becomes one of this kind, unless it is a ticket. fill: a filler that keeps what is known of the matter from
    the way that led here. patient: once more after sys_wait when no answer came.
    """

    kind: Literal["do"]
    action: Name
    matter: TicketKind | None = None
    join: bool = False
    fill: Name | None = None
    turns: bool = False
    patient: bool = False
    to: dict[Literal["done", "failed"], Name]


class FlowCall(_Part):
    """Runs another flow from its entry, or from its node `at`; its `return` comes back to `to`.

    forgets: slots that are to be asked anew and are thrown away first.
    """

    kind: Literal["flow"]
    call: Name
    at: Name | None = None
    forgets: tuple[Name, ...] = ()
    to: Name


class Queue(_Part):
    """Leaves the dialogue for an agents' queue or the dialplan's voicemail."""

    kind: Literal["queue"]
    queue: Literal["emergency", "complaint", "repair", "consult"]
    target: Literal["queue", "voicemail"] = "queue"
    priority: int = Field(default=0, ge=0, le=100)


class End(_Part):
    """Leaves the dialogue by hanging up. reason: why, where it is not that the caller is done."""

    kind: Literal["end"]
    reason: Literal["wrong_number"] | None = None


Listening = Menu | Ask
Node = Say | Menu | Ask | Record | Branch | Do | FlowCall | Queue | End


class Flow(_Part):
    """One document. counted: failures here count for the whole call, and people are offered.

    aside: entered in the middle of another question, to which `resume` goes back. back: where `*`, the main menu and
    giving up lead from here, instead of their usual places. way_out: we rang, so giving up and what breaks
    leads here: nobody is put in a queue, or into our menu, who did not ask for it.
    """

    flow: Name
    title: str
    entry: Name
    counted: bool = True
    aside: bool = False
    back: Name | None = None
    way_out: Name | None = None
    nodes: dict[Name, Annotated[Node, Field(discriminator="kind")]] = Field(min_length=1)
