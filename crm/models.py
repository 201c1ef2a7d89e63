"""Every table, imported once so that the metadata is whole."""

from crm.accounts.models import Access, Account, Session, Token
from crm.agents.models import AgentPhone
from crm.callbacks.models import CallbackTask
from crm.calls.models import Contact, HeardSlot, Matter, PathNode, RecordingEntry, Ring, Turn, Visit
from crm.customers.models import Address, Customer, PhoneNumber
from crm.database import Base
from crm.desk.models import FactNode, NumberLease, ReceivedFact
from crm.events.models import Event
from crm.idempotency import IdempotencyKey
from crm.knowledge.models import KnowledgeEntry, KnowledgeVersion
from crm.live.models import Pop
from crm.products.models import Product
from crm.tickets.models import Ticket, TicketSlot, TimelineEntry

__all__ = [
    "Access",
    "Account",
    "Address",
    "AgentPhone",
    "Base",
    "CallbackTask",
    "Contact",
    "Customer",
    "Event",
    "FactNode",
    "HeardSlot",
    "IdempotencyKey",
    "KnowledgeEntry",
    "KnowledgeVersion",
    "Matter",
    "NumberLease",
    "PathNode",
    "PhoneNumber",
    "Pop",
    "Product",
    "ReceivedFact",
    "RecordingEntry",
    "Ring",
    "Session",
    "Ticket",
    "TicketSlot",
    "TimelineEntry",
    "Token",
    "Turn",
    "Visit",
]  # fmt: skip
