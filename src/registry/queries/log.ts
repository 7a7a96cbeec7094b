import { type IntentPlace, intentPlaces } from '../../catalog/log-queries.ts';
import { limitOf, numbersOfCursor, pageOf } from '../../catalog/paging.ts';
import type { LogEntry, Page } from '../../catalog/read-models.ts';
import { decodeIntent } from '../../log/intent.ts';
import { findModel } from '../references.ts';
import { dbOf, readToHead, type Session } from '../session.ts';
import { intentLines } from './intent-lines.ts';
import { reasonIn, summaryOf } from './log-summary.ts';

export async function log(
  session: Session,
  request: { readonly model?: string; readonly before?: string; readonly limit?: number } = {},
): Promise<Page<LogEntry>> {
  await readToHead(session);
  const limit = limitOf(request);
  const subject = request.model === undefined ? undefined : findModel(session, request.model).id;
  const [seq, position] = request.before === undefined ? [] : numbersOfCursor(request.before, 2);
  const before = seq === undefined || position === undefined ? undefined : { seq, position };
  const page = pageOf(intentPlaces(dbOf(session), { subject, before }, limit + 1), limit, cursorOf);
  const items = await entriesAt(session, page.items);
  return { items, ...(page.next === undefined ? {} : { next: page.next }) };
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
    };
  }
  const { by, via, events } = decoded.intent;
  const reason = reasonIn(events);
  return {
    ...common,
    askedAt,
    by: { name: by.name, email: by.email, ...(place.signer === undefined ? {} : { signer: place.signer }) },
    via,
    summary: summaryOf(session, events),
    events,
    ...(reason === undefined ? {} : { reason }),
  };
}
