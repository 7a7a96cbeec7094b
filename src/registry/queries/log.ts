import { RegistryError } from '../../base/errors.ts';
import { type IntentPlace, intentPlaces } from '../../catalog/log-queries.ts';
import { limitOf, numbersOfCursor, pageOf } from '../../catalog/paging.ts';
import type { LogEntry, Page } from '../../catalog/read-models.ts';
import { MAX_COMMIT_BYTES } from '../../log/commit.ts';
import { decodeIntent } from '../../log/intent.ts';
import { readCommit } from '../../log/log-reader.ts';
import { findModel } from '../references.ts';
import { dbOf, readToHead, type Session } from '../session.ts';
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
  const commits = new Map<number, readonly Uint8Array[]>();
  const items: LogEntry[] = [];
  for (const place of page.items) {
    const lines = commits.get(place.seq) ?? (await intentLines(session, place.seq));
    commits.set(place.seq, lines);
    items.push(entryOf(session, place, lines[place.position]));
  }
  return { items, ...(page.next === undefined ? {} : { next: page.next }) };
}

function cursorOf(place: IntentPlace): string {
  return `${place.seq}.${place.position}`;
}

async function intentLines(session: Session, seq: number): Promise<readonly Uint8Array[]> {
  const bytes = await readCommit(session.store, seq);
  if (!bytes)
    throw new RegistryError('LOG_GAP', `Commit ${seq} is missing from the log. Run \`model-registry verify\`.`);
  const lines: Uint8Array[] = [];
  for (let start = 0; start < Math.min(bytes.length, MAX_COMMIT_BYTES); ) {
    const end = bytes.indexOf(0x0a, start);
    if (end < 0) break;
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return lines.slice(1);
}

function entryOf(session: Session, place: IntentPlace, line: Uint8Array | undefined): LogEntry {
  const decoded = line && decodeIntent(line);
  const effect = place.outcome === 'applied' ? {} : { void: place.message ?? place.outcome };
  const common = { cursor: cursorOf(place), seq: place.seq, id: place.id ?? '', at: place.at, ...effect };
  if (decoded?.kind !== 'intent') {
    return {
      ...common,
      askedAt: place.at,
      by: { name: '', email: '' },
      via: '',
      summary: 'An entry that has no effect',
      events: [],
    };
  }
  const { askedAt, by, via, events } = decoded.intent;
  const reason = reasonIn(events);
  return {
    ...common,
    askedAt,
    by: { name: by.name, email: by.email },
    via,
    summary: summaryOf(session, events),
    events,
    ...(reason === undefined ? {} : { reason }),
  };
}
