import { rename, rmdir } from 'node:fs/promises';
import { inspectTarget } from '../artifacts/target-folder.ts';
import { isoTime } from '../base/clock.ts';
import { RegistryError } from '../base/errors.ts';
import type { OperationOptions } from '../base/progress.ts';
import type { VersionSummary } from '../catalog/read-models/versions.ts';
import type { RegistryCalls } from '../registry/methods.ts';
import { hasCode, isAbsent } from '../storage/system-errors.ts';
import { deployPlace } from './deploy-place.ts';
import { fingerprintOf } from './fingerprint.ts';
import { openTarget, type Served, type TargetView, viewOfTarget } from './target.ts';

/** A folder of the workspace in which the version in production is to be. */
export interface DeployRequest {
  /** Of the project file. */
  readonly root: string;
  /** By its name in the project file. */
  readonly model: string;
  /** Relative to the root. */
  readonly path: string;
}

export interface Deployment extends DeployRequest {
  /**
   * `deployed`: the version in production is there. `out-of-step`: something else, or nothing. `changed`: somebody changed its files.
   * `none`: nothing is in production, and nothing was deployed.
   */
  readonly state: 'deployed' | 'out-of-step' | 'changed' | 'none';
  /** What is in production. */
  readonly wanted?: VersionSummary;
  /** What is there. */
  readonly served?: Served;
  /** Absolute. */
  readonly place: string;
}

export interface DeployResult extends Deployment {
  /** The folder was switched, or made. */
  readonly isChanged: boolean;
  /** Where files are that somebody changed in the folder, and that weren't thrown away. */
  readonly setAside?: string;
}

type Calls = Pick<RegistryCalls, 'listVersions' | 'pull'>;

export interface DeployOptions extends OperationOptions {
  /** A person asked for it: also over files that somebody changed in place. */
  readonly isAsked?: boolean;
  /** Called before anything is written, with how the folder stood. */
  readonly onStart?: (before: Deployment) => void;
  readonly clock?: () => number;
}

const ATTEMPTS = 3;

/** How the folder stands, by the account of the file system. Changes nothing, and reads no file whole. */
export async function deploymentOf(registry: Calls, request: DeployRequest): Promise<Deployment> {
  const [wanted, place] = await Promise.all([
    inProduction(registry, request.model),
    deployPlace(request.root, request.path),
  ]);
  return standing(request, viewOfTarget(place), wanted);
}

/** The same, and whether its files are those of the version, byte by byte. */
export async function checkDeployment(
  registry: Calls,
  request: DeployRequest,
  operation: OperationOptions = {},
): Promise<Deployment> {
  const found = await deploymentOf(registry, request);
  const folder = await viewOfTarget(found.place).current();
  if (!found.wanted || folder === undefined || found.state === 'none' || found.state === 'out-of-step') return found;
  try {
    const target = await inspectTarget(folder, operation);
    const isSame = target.kind === 'pulled' && target.digest === found.wanted.artifact.digest && target.isExact;
    return { ...found, state: isSame ? 'deployed' : 'changed' };
  } catch (error) {
    if (RegistryError.is(error) && error.code.startsWith('TARGET_')) return { ...found, state: 'changed' };
    throw error;
  }
}

/**
 * Brings the folder to the version in production: its files are written beside it and verified, then a link is switched in one step, so
 * that whoever opens it sees one version or the other. The version before stays beside it, for the way back. What is there stays where
 * nothing is in production, and where it is that version and somebody changed its files, unless a person asks. Throws
 * `PATH_OUTSIDE_WORKSPACE`, `TARGET_NOT_LINK` for what is there and isn't ours, and what `pull` throws; then everything is as it was.
 */
export async function deploy(
  registry: Calls,
  request: DeployRequest,
  options: DeployOptions = {},
): Promise<DeployResult> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await deployOnce(registry, request, options);
    } catch (error) {
      // Another window or the command line does the same at the same moment.
      if (attempt === ATTEMPTS || !isCrossed(error)) throw error;
    }
  }
}

async function deployOnce(
  registry: Calls,
  request: DeployRequest,
  { isAsked = false, onStart, clock = Date.now, ...operation }: DeployOptions,
): Promise<DeployResult> {
  const wanted = await inProduction(registry, request.model);
  const place = await deployPlace(request.root, request.path);
  const before = await standing(request, viewOfTarget(place), wanted);
  if (!wanted || before.state === 'deployed' || (before.state === 'changed' && !isAsked))
    return { ...before, isChanged: false };
  onStart?.(before);
  await removeIfEmpty(place);
  const target = await openTarget(place);
  const folder = target.folderOf(wanted.artifact.digest);
  const setAside = await restore(registry, wanted, folder, operation);
  const fingerprint = await fingerprintOf(folder);
  const previous = await target.current();
  const served: Served = {
    model: { id: wanted.modelId, name: wanted.model },
    version: wanted.id,
    ...(wanted.pending ? {} : { number: wanted.number }),
    artifact: wanted.artifact.digest,
    since: isoTime(clock()),
    ...(fingerprint === undefined ? {} : { fingerprint }),
  };
  await target.settle(folder, served);
  await target.switchTo(folder);
  if ((await fingerprintOf(folder)) === undefined) throw crossed(place);
  // Of files that were only written anew, nothing was there before: what is kept stays.
  if (previous !== folder) await target.sweep([folder, previous]);
  return {
    ...request,
    place,
    state: 'deployed',
    wanted,
    served,
    isChanged: true,
    ...(setAside === undefined ? {} : { setAside }),
  };
}

async function inProduction(registry: Calls, model: string): Promise<VersionSummary | undefined> {
  try {
    return (await registry.listVersions({ model, stage: 'production', limit: 1 })).items[0];
  } catch (error) {
    // Declared, and nothing was registered yet; or a policy without a stage of that name.
    if (RegistryError.is(error, 'MODEL_NOT_FOUND') || RegistryError.is(error, 'STAGE_UNKNOWN')) return undefined;
    throw error;
  }
}

async function standing(
  { root, model, path }: DeployRequest,
  target: TargetView,
  wanted: VersionSummary | undefined,
): Promise<Deployment> {
  const request = { root, model, path, place: target.link, ...(wanted ? { wanted } : {}) };
  const folder = await target.current();
  const served = folder === undefined ? undefined : await target.settled(folder);
  if (folder === undefined || !served) return { ...request, state: wanted ? 'out-of-step' : 'none' };
  if (served.artifact !== wanted?.artifact.digest || folder !== target.folderOf(served.artifact))
    return { ...request, served, state: 'out-of-step' };
  const isSame = served.fingerprint !== undefined && (await fingerprintOf(folder)) === served.fingerprint;
  return { ...request, served, state: isSame ? 'deployed' : 'changed' };
}

/** Writes the files of a version into `folder`, or verifies those that are there. Returns where changed ones were put. */
async function restore(
  registry: Calls,
  version: VersionSummary,
  folder: string,
  operation: OperationOptions,
): Promise<string | undefined> {
  try {
    await registry.pull({ ref: version.id, to: folder }, operation);
    return undefined;
  } catch (error) {
    if (!RegistryError.is(error, 'TARGET_MODIFIED')) throw error;
    // Going back mustn't wait for a person who decides about files that were changed in place.
    const aside = `${folder}.changed-${Date.now().toString(36)}`;
    await rename(folder, aside);
    await registry.pull({ ref: version.id, to: folder }, operation);
    return aside;
  }
}

async function removeIfEmpty(place: string): Promise<void> {
  try {
    await rmdir(place);
  } catch (error) {
    if (!isAbsent(error) && !hasCode(error, 'ENOTEMPTY', 'EEXIST', 'EPERM', 'EACCES', 'EBUSY')) throw error;
  }
}

function isCrossed(error: unknown): boolean {
  return isAbsent(error) || ['TARGET_NOT_EMPTY', 'DEPLOY_CROSSED'].some((code) => RegistryError.is(error, code));
}

function crossed(place: string): RegistryError {
  return new RegistryError(
    'DEPLOY_CROSSED',
    `${place} was brought to another version at the same moment. Deploy again: \`model-registry deploy\`.`,
  );
}
