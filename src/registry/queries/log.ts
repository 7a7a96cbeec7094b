import { type IntentPlace, intentPlaces } from '../../catalog/log-queries.ts';
import type { Page } from '../../catalog/paging.ts';
import { limitOf, numbersOfCursor, pageOf } from '../../catalog/paging.ts';
import type { LogEntry } from '../../catalog/read-models/log.ts';
import { decodeIntent } from '../../log/intent.ts';
import type { LogRequest } from '../api/log.ts';
import { findModel } from '../references.ts';
import { dbOf, readToHead, type Session } from '../session.ts';
import { intentLines } from './intent-lines.ts';
import { kindOf, subjectOf } from './log-kinds.ts';
import { reasonIn, summaryOf } from './log-summary.ts';

/** What an entry is about stands in its body: so many are read for one page before whoever asks is asked whether to go on. */
const LOOKED_THROUGH = 1000;
const AT_ONCE = 200;

export async function log(session: Session, request: LogRequest = {}): Promise<Page<LogEntry>> {
  await readToHead(session);
  const limit = limitOf(request);
  const subject = request.model === undefined ? undefined : findModel(session, request.model).id;
  const isFiltered = request.kinds !== undefined || request.person !== undefined;
  const found: LogEntry[] = [];
  let cursor = request.before;
  for (let lookedThrough = 0; lookedThrough < LOOKED_THROUGH; ) {
    const size = isFiltered ? AT_ONCE : limit;
    const { items, next } = pageOf(
      intentPlaces(dbOf(session), { subject, before: placeOf(cursor) }, size + 1),
      size,
      cursorOf,
    );
    const entries = await entriesAt(session, items);
    const wanted = entries.filter((entry) => isWanted(entry, request));
    const missing = limit - found.length;
    found.push(...wanted.slice(0, missing));
    const last = found.at(-1);
    if (wanted.length > missing && last) return { items: found, next: last.cursor };
    if (next === undefined) return { items: found };
    cursor = next;
    lookedThrough += items.length;
    if (found.length >= limit) break;
  }
  return { items: found, ...(cursor === undefined ? {} : { next: cursor }) };
}

function placeOf(cursor: string | undefined): { readonly seq: number; readonly position: number } | undefined {
  const [seq, position] = cursor === undefined ? [] : numbersOfCursor(cursor, 2);
  return seq === undefined || position === undefined ? undefined : { seq, position };
}

function isWanted({ kind, by }: LogEntry, { kinds, person }: LogRequest): boolean {
  if (kinds !== undefined && !kinds.includes(kind)) return false;
  return person === undefined || by.name === person || by.email === person;
}

/** The newest entries about a model by its id, deleted or not. */
export function newestAbout(session: Session, model: string, limit: number): Promise<readonly LogEntry[]> {
  return entriesAt(session, intentPlaces(dbOf(session), { subject: model }, limit));
}

async function entriesAt(session: Session, places: readonly IntentPlace[]): Promise<readonly LogEntry[]> {
  const seqs = [...new Set(places.map((place) => place.seq))];
  const lines = new Map(await Promise.all(seqs.map(async (seq) => [seq, await intentLines(session, seq)] as const)));
  return places.map((place) => entryOf(session, place, lines.get(place.seq)?.[place.position]));
}

function cursorOf(place: IntentPlace): string {
  return `${place.seq}.${place.position}`;
}

function entryOf(session: Session, place: IntentPlace, line: Uint8Array | undefined): LogEntry {
  const decoded = line && decodeIntent(line);
  const effect = place.outcome === 'applied' ? {} : { void: place.message ?? place.outcome };
  const askedAt = decoded?.kind === 'intent' ? decoded.intent.askedAt : '';
  const at = place.at ?? askedAt;
  const pending = place.at === undefined ? { pending: true } : {};
  const common = { cursor: cursorOf(place), seq: place.seq, id: place.id ?? '', at, ...effect, ...pending };
  if (decoded?.kind !== 'intent') {
    return {
      ...common,
      askedAt: at,
      by: { name: '', email: '' },
      via: '',
      summary: 'An entry that has no effect',
      events: [],
      kind: 'change',
    };
  }
  const { by, via, events } = decoded.intent;
  const reason = reasonIn(events);
  const subject = subjectOf(session, events);
  return {
    ...common,
    askedAt,
    by: { name: by.name, email: by.email, ...(place.signer === undefined ? {} : { signer: place.signer }) },
    via,
    summary: summaryOf(session, events),
    events,
    kind: kindOf(events),
    ...(subject ? { subject } : {}),
    ...(reason === undefined ? {} : { reason }),
  };
}
