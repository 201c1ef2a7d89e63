"""Which roles may use which operation of the API: the table that every new operation must be entered in."""

from typing import Final

from crm.accounts.schemas import SEES_PEOPLE, Role

OPEN: Final = frozenset({"open"})
EVERYBODY: Final = frozenset(Role)
AGENT, DISPATCHER, SUPERVISOR, QUALITY, AUDITOR, ADMIN = (
    Role.AGENT, Role.DISPATCHER, Role.SUPERVISOR, Role.QUALITY, Role.AUDITOR, Role.ADMIN,
)  # fmt: skip
STAFF = frozenset({AGENT, DISPATCHER, SUPERVISOR})
PEOPLE = frozenset(SEES_PEOPLE)
LEADS = frozenset({SUPERVISOR, ADMIN})
KEEPERS = frozenset({DISPATCHER, SUPERVISOR, ADMIN})
PLANNERS = frozenset({DISPATCHER, SUPERVISOR})
CALLERS = frozenset({AGENT, SUPERVISOR})

ADMINS = frozenset({ADMIN})

ROLES_OF: dict[str, frozenset[str]] = {
    "logIn": OPEN, "logOut": OPEN, "getStatus": OPEN,
    "getMe": EVERYBODY, "signIn": EVERYBODY, "signOut": EVERYBODY, "becomeReady": EVERYBODY, "pause": EVERYBODY,
    "popReceived": EVERYBODY, "popShown": EVERYBODY, "popActed": EVERYBODY,
    "getBoard": LEADS, "listQueues": EVERYBODY, "getMetrics": EVERYBODY,  # by token; people: LEADS
    "listTickets": EVERYBODY, "getTicket": EVERYBODY, "exportTickets": LEADS,
    "listSavedViews": EVERYBODY, "saveView": EVERYBODY, "removeSavedView": EVERYBODY,
    "countTickets": EVERYBODY,
    "openTicket": STAFF, "changeTicket": STAFF, "listTicketOwners": STAFF,
    "addNote": STAFF | {QUALITY}, "judgeSample": STAFF,
    "listCalls": PEOPLE, "getCall": PEOPLE, "getRecording": PEOPLE, "getClip": PEOPLE,
    "listCustomers": PEOPLE, "getCustomer": PEOPLE, "changeCustomer": STAFF,
    "createCustomer": STAFF, "putNumber": STAFF, "removeNumber": STAFF, "putAddress": STAFF, "addCustomerNote": STAFF,
    "markNumber": STAFF, "changeAddress": STAFF, "removeAddress": STAFF,
    "listDuplicates": PEOPLE, "mergeCustomer": PLANNERS, "undoMerge": PLANNERS,
    "createProduct": STAFF, "getProduct": PEOPLE, "changeProduct": STAFF,
    "listCallbacks": CALLERS, "finishCallback": CALLERS, "takeCallback": CALLERS,
    "listFollowUps": CALLERS, "getFollowUpHours": CALLERS, "takeFollowUp": CALLERS, "tellFollowUp": CALLERS,
    "getFollowUpFigures": LEADS | {QUALITY},
    "listGasPhones": EVERYBODY, "saveGasPhone": ADMINS, "removeGasPhone": ADMINS,
    "getKnowledgePack": EVERYBODY, "listKnowledge": EVERYBODY, "getKnowledge": EVERYBODY,
    "createKnowledge": LEADS, "writeKnowledge": LEADS, "submitKnowledge": LEADS, "refuseKnowledge": LEADS,
    "publishKnowledge": LEADS, "withdrawKnowledge": LEADS, "rollBackKnowledge": LEADS,
    "listOutlets": EVERYBODY, "createOutlet": KEEPERS, "changeOutlet": KEEPERS,
    "listEngineers": EVERYBODY, "createEngineer": KEEPERS, "changeEngineer": KEEPERS,
    "suggestEngineers": STAFF, "getDispatchBoard": STAFF | {ADMIN}, "listVisits": EVERYBODY, "getVisit": EVERYBODY,
    "planVisit": PLANNERS, "changeVisit": PLANNERS, "reportVisit": PLANNERS, "revokeVisit": PLANNERS,
    "addVisitPhoto": PLANNERS, "proposeCharge": PLANNERS, "getVisitPlaces": PLANNERS,
    "getVisitPhoto": PEOPLE,
    "judgeWarranty": EVERYBODY, "judgeTicket": STAFF, "getClocks": EVERYBODY, "listClocks": EVERYBODY,
    "pauseClock": frozenset({DISPATCHER, SUPERVISOR}), "resumeClock": frozenset({DISPATCHER, SUPERVISOR}),
    "listParts": EVERYBODY, "savePart": KEEPERS, "addPrice": LEADS, "getPartner": EVERYBODY, "savePartner": KEEPERS,
    "listStock": EVERYBODY, "getStock": EVERYBODY, "moveStock": KEEPERS, "markStock": KEEPERS,
    "listPartners": PEOPLE, "getPartnerQuota": PEOPLE,
    "getPartRequest": EVERYBODY, "savePartRequest": STAFF,
    "getRules": EVERYBODY, "addRules": frozenset({ADMIN}), "listAudit": LEADS | {AUDITOR},
    "changePassword": EVERYBODY, "listAccounts": frozenset({ADMIN}), "saveAccount": frozenset({ADMIN}),
    "resetPassword": frozenset({ADMIN}),
    "listNotices": EVERYBODY, "createNotice": LEADS, "changeNotice": LEADS,
    "listWebhooks": frozenset({ADMIN}), "addWebhook": frozenset({ADMIN}), "removeWebhook": frozenset({ADMIN}),
    "switchWebhook": ADMINS, "tellWebhookAgain": ADMINS, "listDeliveries": ADMINS,
    "listImports": LEADS, "listImportColumns": LEADS, "getImportTemplate": LEADS, "checkImport": LEADS,
    "runImport": LEADS, "getImport": LEADS, "undoImport": LEADS, "exportTable": LEADS,
    "leaveMessage": OPEN, "sendMessage": OPEN, "listChannels": ADMINS, "addChannel": ADMINS, "removeChannel": ADMINS,
    "exportPerson": LEADS, "erasePerson": frozenset({ADMIN}), "revealNumber": STAFF | {ADMIN},
}  # fmt: skip
