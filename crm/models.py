"""Every table, imported once so that the metadata is whole."""

from crm.accounts.models import Account, Session, Token
from crm.agents.models import AgentPhone
from crm.audit.models import AuditEntry
from crm.callbacks.models import CallbackAsked, CallbackTask
from crm.calls.models import Contact, HeardSlot, Matter, PathNode, RecordingEntry, Ring, Turn, Visit
from crm.clocks.models import ClockPause, TicketClock
from crm.corrections.models import Correction
from crm.customers.models import Address, Customer, CustomerMerge, CustomerNote, PhoneNumber
from crm.database import Base
from crm.desk.models import FactNode, NumberLease, ReceivedFact
from crm.engineers.models import Engineer
from crm.events.models import Event
from crm.followups.models import FollowUp, FollowUpAttempt
from crm.gas_phones.models import GasPhone
from crm.idempotency import IdempotencyKey
from crm.imports.models import ImportChange, ImportLine, ImportRun
from crm.knowledge.models import KnowledgeEntry, KnowledgeVersion
from crm.live.models import Pop
from crm.messages.models import Channel, Message
from crm.notices.models import Notice
from crm.outlets.models import Outlet
from crm.parts.models import Part, PartLine, Partner, PartPrice
from crm.privacy.models import Erasure
from crm.products.models import Product
from crm.rules.models import RuleSet
from crm.saved_views.models import SavedView
from crm.stock.models import StockLevel, StockMove
from crm.tickets.models import Ticket, TicketSlot, TimelineEntry
from crm.visits.models import CallbackCode, CodeCheck, EngineerVisit, VisitPhoto
from crm.webhooks.models import Webhook

__all__ = [
    "Account",
    "Address",
    "AgentPhone",
    "AuditEntry",
    "Base",
    "CallbackAsked",
    "CallbackCode",
    "CallbackTask",
    "Channel",
    "ClockPause",
    "CodeCheck",
    "Contact",
    "Correction",
    "Customer",
    "CustomerMerge",
    "CustomerNote",
    "Engineer",
    "EngineerVisit",
    "Erasure",
    "Event",
    "FactNode",
    "FollowUp",
    "FollowUpAttempt",
    "GasPhone",
    "HeardSlot",
    "IdempotencyKey",
    "ImportChange",
    "ImportLine",
    "ImportRun",
    "KnowledgeEntry",
    "KnowledgeVersion",
    "Matter",
    "Message",
    "Notice",
    "NumberLease",
    "Outlet",
    "Part",
    "PartLine",
    "PartPrice",
    "Partner",
    "PathNode",
    "PhoneNumber",
    "Pop",
    "Product",
    "ReceivedFact",
    "RecordingEntry",
    "Ring",
    "RuleSet",
    "SavedView",
    "Session",
    "StockLevel",
    "StockMove",
    "Ticket",
    "TicketClock",
    "TicketSlot",
    "TimelineEntry",
    "Token",
    "Turn",
    "Visit",
    "VisitPhoto",
    "Webhook",
]
