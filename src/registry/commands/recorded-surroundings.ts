import type { DataLineage, MissingFact } from '../../catalog/read-models/lineage.ts';
import { type EventOf, MAX_GPUS, MAX_LOCKS, MAX_MISSING, MAX_SOURCES } from '../../log/events.ts';
import type { RegisterRequest } from '../api/registering.ts';

type Recorded = Pick<EventOf<'version.registered'>, 'dependencies' | 'machine' | 'missing'>;

/** Packages, machine and what is missing, as far as they stand in the event. */
export function recordedSurroundings(
  { environment, locks = [], machine, missing = [] }: RegisterRequest,
  missingData: readonly MissingFact[],
): Recorded {
  const { foundBy, sources = [] } = environment ?? {};
  const dependencies = {
    ...(foundBy === undefined ? {} : { foundBy }),
    ...(locks.length === 0
      ? {}
      : { locks: locks.slice(0, MAX_LOCKS).map(({ path, sha256 }) => ({ path: line(path, 4096), sha256 })) }),
    ...(sources.length === 0 ? {} : { sources: sources.slice(0, MAX_SOURCES).map(recordedSource) }),
  };
  const facts = [...missing, ...missingData].slice(0, MAX_MISSING);
  return {
    ...(Object.keys(dependencies).length === 0 ? {} : { dependencies }),
    ...(machine ? { machine: recordedMachine(machine) } : {}),
    ...(facts.length === 0
      ? {}
      : { missing: facts.map(({ what, why }) => ({ what: line(what, 4096), why: line(why, 1024) })) }),
  };
}

/** One member that isn't well formed would take all of them along. */
export function recordedData(data: readonly DataLineage[]): EventOf<'version.registered'>['data'] {
  return data.map(({ hash, revision, ...entry }) => ({
    ...entry,
    ...(hash === undefined ? {} : { hash: line(hash, 256) }),
    ...(revision === undefined ? {} : { revision: line(revision, 512) }),
  }));
}

function recordedSource({
  name,
  commit,
  url,
  folder,
  ...others
}: NonNullable<NonNullable<RegisterRequest['environment']>['sources']>[number]) {
  return {
    ...others,
    name: line(name, 256),
    ...(commit === undefined ? {} : { commit: line(commit, 128) }),
    ...(url === undefined ? {} : { url: line(url, 2048) }),
    ...(folder === undefined ? {} : { folder: line(folder, 4096) }),
  };
}

function recordedMachine({
  os,
  architecture,
  cpu,
  gpus,
  gpuDriver,
  cuda,
  ...numbers
}: NonNullable<RegisterRequest['machine']>): NonNullable<Recorded['machine']> {
  return {
    ...numbers,
    ...(os === undefined ? {} : { os: line(os, 256) }),
    ...(architecture === undefined ? {} : { architecture: line(architecture, 64) }),
    ...(cpu === undefined ? {} : { cpu: line(cpu, 256) }),
    ...(gpus === undefined ? {} : { gpus: gpus.slice(0, MAX_GPUS).map((gpu) => line(gpu, 256)) }),
    ...(gpuDriver === undefined ? {} : { gpuDriver: line(gpuDriver, 128) }),
    ...(cuda === undefined ? {} : { cuda: line(cuda, 128) }),
  };
}

/** As the log can have it. */
function line(text: string, max: number): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ').slice(0, max) || '?';
}
