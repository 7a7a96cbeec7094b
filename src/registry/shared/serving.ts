import { isoTime } from '../../base/clock.ts';
import { RegistryError } from '../../base/errors.ts';
import { modelById } from '../../catalog/model-queries.ts';
import { versionById } from '../../catalog/version-queries.ts';
import type { ServingMachine, ServingRequest } from '../api/serving.ts';
import { findModel, findVersion } from '../references.ts';
import { dbOf, readToHead, type Session, stateOf } from '../session.ts';
import { followerId } from './serving-report.ts';
import type { KnownReport } from './serving-reports.ts';

/** Of the time until the next report: what is later is taken for silent. */
const GRACE = 1.25;

/** What machines say that they serve, beside what they should; those that have most recently reported first. */
export async function servingMachines(
  session: Session,
  { model, isFresh = true }: ServingRequest = {},
): Promise<readonly ServingMachine[]> {
  await readToHead(session);
  // A registry of this machine alone has them on this disk.
  const reports = isFresh || !session.shared ? await session.reports.look() : await session.reports.known();
  const wanted = model === undefined ? undefined : findModel(session, model).id;
  const now = session.shared?.now() ?? session.clock();
  const machines = reports.map((known) => machineOf(session, known, now));
  return machines.filter(({ modelId }) => wanted === undefined || modelId === wanted);
}

/** Says what this machine serves. Throws what the storage answers, `REMOTE_FORBIDDEN` where only reading is permitted. */
export async function reportServing(
  session: Session,
  { place, ...report }: Parameters<Session['reports']['report']>[1] & { readonly place: string },
): Promise<void> {
  await session.reports.report(followerId(report.machine, report.ref, place), report);
}

function machineOf(session: Session, { follower, atMs, report }: KnownReport, now: number): ServingMachine {
  const { machine, ref, serving, refused, isStopped, againAfter } = report;
  const db = dbOf(session);
  const modelId = stateOf(session).model(report.model)?.id ?? report.model;
  const isSilent = !isStopped && now - atMs > againAfter * 1000 * GRACE;
  const wanted = wantedBy(session, ref);
  const number = (id: string) => {
    const version = versionById(db, stateOf(session).version(id)?.id ?? id);
    return version ? { id: version.id, number: version.number } : { id };
  };
  const version = serving && number(serving.version);
  return {
    id: follower,
    machine,
    ref,
    model: modelById(db, modelId)?.name ?? modelId,
    modelId,
    state: isStopped ? 'stopped' : isSilent ? 'silent' : 'serving',
    heardAt: isoTime(atMs),
    ...(serving && version ? { version, artifact: serving.artifact, since: serving.since } : {}),
    ...(wanted ? { wanted } : {}),
    // The same files under another number serve the same.
    isDrift: wanted !== undefined && wanted.artifact !== serving?.artifact,
    ...(refused ? { refused: { ...number(refused.version), why: refused.why } } : {}),
  };
}

/** Where the reference leads now; undefined where it leads nowhere. */
function wantedBy(session: Session, ref: string): ServingMachine['wanted'] {
  try {
    const { id, number, artifact } = findVersion(session, ref);
    return { id, number, artifact: artifact.digest };
  } catch (error) {
    if (RegistryError.is(error)) return undefined;
    throw error;
  }
}
