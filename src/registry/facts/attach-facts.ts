import type { IntakeResult } from '../../artifacts/intake.ts';
import { versionWithFacts } from '../../catalog/artifact-queries.ts';
import type { EventOf } from '../../log/events.ts';
import { RESERVED_KEYS } from '../../log/parts.ts';
import type { MetricHistory } from '../../runs/run-record.ts';
import { dataWithoutSecrets } from '../../secrets/remove-secrets.ts';
import { registrationOf } from '../queries/intent-lines.ts';
import { dbOf, type Session } from '../session.ts';
import { storeAttached } from './attached.ts';
import type { FactsReading } from './read-beside.ts';
import { INLINE_BYTES, recordedSummary } from './recorded-facts.ts';
import { encodeFacts, storable } from './stored-facts.ts';

/** What a registration says beside everything else: what the files say, and the course of the metrics. */
export type Attached = Pick<EventOf<'version.registered'>, 'facts' | 'history'>;

/** Waits for the facts of what was stored, unless a version with the same bytes has them, and keeps what is long as objects. */
export async function attachedTo(
  session: Session,
  stored: IntakeResult,
  reading: FactsReading,
  history: Readonly<Record<string, MetricHistory>> | undefined,
): Promise<Attached> {
  const known = await knownFacts(session, stored.digest);
  if (known) await reading.stop();
  const facts = known ?? (await newFacts(session, stored, reading));
  const course = history && (await courseOf(session, history));
  return { ...(facts ? { facts } : {}), ...(course ? { history: course } : {}) };
}

/** Facts of other versions with the same bytes, unless reading them had problems: this program may do better. */
async function knownFacts(session: Session, digest: string): Promise<Attached['facts']> {
  const version = versionWithFacts(dbOf(session), digest);
  const facts = version === undefined ? undefined : (await registrationOf(session, version))?.facts;
  return facts?.problems === undefined ? facts : undefined;
}

async function newFacts(session: Session, stored: IntakeResult, reading: FactsReading): Promise<Attached['facts']> {
  const read = await reading.of(stored);
  if (!read) return undefined;
  const { tensors, ...said } = storable(read);
  // What files carry in their own words may hold a secret; an object can't forget it either.
  const facts = { ...(await dataWithoutSecrets(said)), ...(tensors ? { tensors } : {}) };
  const bytes = encodeFacts(facts);
  const summary = recordedSummary(facts);
  return bytes.length <= INLINE_BYTES
    ? { ...summary, all: { ...facts } }
    : { ...summary, object: await storeAttached(session, bytes) };
}

async function courseOf(
  session: Session,
  history: Readonly<Record<string, MetricHistory>>,
): Promise<Attached['history']> {
  const metrics = Object.fromEntries(
    Object.entries(history).flatMap(([name, { points, total }]) =>
      RESERVED_KEYS.has(name)
        ? []
        : [
            [
              name,
              {
                points: points.map(({ step, value, atMs }) =>
                  atMs === undefined ? [step, value] : [step, value, atMs],
                ),
                total,
              },
            ],
          ],
    ),
  );
  if (Object.keys(metrics).length === 0) return undefined;
  const bytes = new TextEncoder().encode(JSON.stringify({ metrics }));
  return bytes.length <= INLINE_BYTES ? { metrics } : storeAttached(session, bytes);
}
