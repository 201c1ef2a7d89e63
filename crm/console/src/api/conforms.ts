// Compile-time proof that our types are those of the committed OpenAPI document: same fields, ours at most narrower.
import type { components } from './schema'
import type * as Ours from './types'

type Theirs = components['schemas']
type Fits<O, T> = [keyof O] extends [keyof T] ? ([keyof T] extends [keyof O] ? (O extends T ? true : 'another type') : 'field missing here') : 'field unknown there'
type Message<T extends Ours.LiveMessage['type']> = Extract<Ours.LiveMessage, { type: T }>

interface Proof {
  me: Fits<Ours.Me, Theirs['Me']>
  card: Fits<Ours.Card, Theirs['Card']>
  caller: Fits<Ours.CardCaller, Theirs['Caller']>
  emergency: Fits<Ours.CardEmergency, Theirs['Emergency']>
  slot: Fits<Ours.Slot, Theirs['SlotForm']>
  ledger: Fits<Ours.Ledger, Theirs['LedgerForm']>
  recording: Fits<Ours.Recording, Theirs['RecordingForm']>
  ticketRow: Fits<Ours.TicketRow, Theirs['TicketRow']>
  ticketLine: Fits<Ours.TicketLine, Theirs['TicketLine']>
  ticket: Fits<Ours.Ticket, Theirs['TicketForm']>
  move: Fits<Ours.TicketMove, Theirs['MoveForm']>
  warranty: Fits<Ours.Warranty, Theirs['WarrantyForm']>
  clock: Fits<Ours.TicketClock, Theirs['ClockForm']>
  entry: Fits<Ours.TicketEntry, Theirs['TimelineForm']>
  callback: Fits<Ours.Callback, Theirs['CallbackForm']>
  callbackAsked: Fits<Ours.CallbackAsked, Theirs['CallbackAskedForm']>
  callRow: Fits<Ours.CallRow, Theirs['CallRow']>
  call: Fits<Ours.Call, Theirs['CallForm']>
  turn: Fits<Ours.CallTurn, Theirs['TurnForm']>
  visit: Fits<Ours.CallVisit, Theirs['crm__calls__schemas__VisitForm']>
  board: Fits<Ours.Board, Theirs['Board']>
  boardQueue: Fits<Ours.BoardQueue, Theirs['BoardQueue']>
  boardAgent: Fits<Ours.BoardAgent, Theirs['BoardAgent']>
  status: Fits<Ours.Status, Theirs['StatusForm']>
  snapshot: Fits<Message<'snapshot'>, Theirs['SnapshotMessage']>
  cardMessage: Fits<Message<'card'>, Theirs['CardMessage']>
  meMessage: Fits<Message<'me'>, Theirs['MeMessage']>
  boardMessage: Fits<Message<'board'>, Theirs['BoardMessage']>
  heartbeat: Fits<Message<'heartbeat'>, Theirs['HeartbeatMessage']>
}

/** Never false: the assignment is the proof. */
export const CONFORMS: Proof = {
  me: true, card: true, caller: true, emergency: true, slot: true, ledger: true, recording: true, ticketRow: true, ticketLine: true, ticket: true, move: true, warranty: true, clock: true, entry: true, callback: true, callbackAsked: true,
  callRow: true, call: true, turn: true, visit: true, board: true, boardQueue: true, boardAgent: true, status: true,
  snapshot: true, cardMessage: true, meMessage: true, boardMessage: true, heartbeat: true,
}
