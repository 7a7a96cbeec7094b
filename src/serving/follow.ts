import { resolve } from 'node:path';
import { isoTime } from '../base/clock.ts';
import { messageOf, RegistryError } from '../base/errors.ts';
import type { VersionSummary } from '../catalog/read-models/versions.ts';
import type { Registry } from '../registry/api/registry.ts';
import { type ReportedState, reporter } from './reporter.ts';
import { runSwitchCommand } from './switch-command.ts';
import { openTarget, type Served, type Target } from './target.ts';

export interface FollowOptions {
  readonly registry: Pick<Registry, 'sync' | 'show' | 'pull' | 'refresh' | 'location' | 'reportServing'>;
  /** A reference to a version, such as `fraud-detector@production`. */
  readonly ref: string;
  /** What programs read: a link to a folder beside it. */
  readonly to: string;
  /** Run by the shell after each switch; what it ends with decides whether the switch stays. */
  readonly exec?: string;
  readonly execTimeoutMs?: number;
  readonly everyMs: number;
  /** Ends after the first look. */
  readonly isOnce?: boolean;
  /** The name of this machine where others are to see what it serves. */
  readonly reportAs?: string;
  readonly signal: AbortSignal;
  readonly onEvent: (event: FollowEvent) => void;
  readonly random?: () => number;
  readonly clock?: () => number;
}

export type FollowEvent =
  | { readonly kind: 'serving'; readonly version: VersionSummary; readonly path: string }
  /** The command failed, and what was served before is served again. */
  | { readonly kind: 'went back'; readonly version: VersionSummary; readonly why: string }
  | { readonly kind: 'unreachable'; readonly error: unknown }
  /** What is served couldn't be told. It is tried again; serving goes on. */
  | { readonly kind: 'unreported'; readonly error: unknown }
  | { readonly kind: 'problem'; readonly error: unknown };

const EXEC_MS = 5 * 60_000;
const LONGEST_PAUSE_MS = 5 * 60_000;

/** What the looks so far came to. */
interface Outcome {
  readonly served?: Served;
  /** Its command failed: not tried again until another version is wanted. */
  readonly refused?: {
    readonly version: string;
    readonly name: string;
    readonly artifact: string;
    readonly why: string;
  };
}

/**
 * Keeps `to` at the files of the version that `ref` names: written and verified beside it first, then switched by one rename, so that a
 * program that opens it sees one version or the other. Goes on with what it has while the shared storage doesn't answer. Ends when
 * `signal` does. Throws `TARGET_NOT_LINK` for a `to` that it didn't make, `TARGET_SERVES_OTHER` for one that serves another model, and
 * where it looks once `SWITCH_FAILED` for a version that the command refuses.
 */
export async function follow(options: FollowOptions): Promise<void> {
  const { registry, everyMs, signal, onEvent, random = Math.random, clock = Date.now, ref, reportAs } = options;
  const target = await openTarget(options.to);
  const tells =
    reportAs === undefined
      ? undefined
      : reporter({
          registry,
          machine: reportAs,
          ref,
          place: target.link,
          everyMs,
          clock,
          onFailure: (error) => onEvent({ kind: 'unreported', error }),
        });
  let outcome: Outcome = {};
  let failures = 0;
  while (!signal.aborted) {
    if (registry.location.remoteUrl !== undefined) {
      try {
        await registry.sync({ withBytes: false }, { signal });
        failures = 0;
      } catch (error) {
        if (signal.aborted) break;
        failures += 1;
        onEvent({ kind: 'unreachable', error });
      }
    }
    try {
      const { version, ...next } = await serve(options, target, outcome, clock);
      outcome = next;
      // While the storage doesn't answer it hears nothing either.
      if (!signal.aborted && failures === 0) await tells?.tell(stateOf(version, outcome));
    } catch (error) {
      if (signal.aborted) break;
      // Once, where a person waits for the outcome; and what nobody but a person can decide.
      if (options.isOnce || RegistryError.is(error, 'TARGET_SERVES_OTHER')) throw error;
      onEvent({ kind: 'problem', error });
      failures = Math.max(failures, 1);
    }
    if (options.isOnce) return refuseRefused(outcome);
    const pause = failures === 0 ? everyMs : Math.min(LONGEST_PAUSE_MS, everyMs * 2 ** failures);
    await sleep(pause * (0.75 + random() / 2), signal);
  }
  await tells?.stop();
}

/** Brings the target to where the reference leads now. */
async function serve(
  options: FollowOptions,
  target: Target,
  last: Outcome,
  clock: () => number,
): Promise<Outcome & { readonly version: VersionSummary }> {
  const { registry, ref, signal, onEvent } = options;
  const version = await registry.show({ ref });
  const { digest } = version.artifact;
  const before = await target.current();
  const folder = target.folderOf(digest);
  const settled = before === undefined ? undefined : await target.settled(before);
  refuseOther(options, version, settled);
  // Whoever ended between the switch and the end of the command runs it again.
  if (before === folder && settled) return { version, served: { ...settled, version: version.id } };
  if (digest === last.refused?.artifact) {
    return { version, ...(settled ? { served: settled } : {}), refused: last.refused };
  }
  await registry.pull({ ref: version.id, to: folder }, { signal });
  await target.switchTo(folder);
  const why = await outcomeOf(options, version, false);
  if (signal.aborted) return { version };
  if (why === undefined) {
    const model = { id: version.modelId, name: version.model };
    const served = { model, version: version.id, artifact: digest, since: isoTime(clock()) };
    await target.settle(folder, served);
    onEvent({ kind: 'serving', version, path: target.link });
    await target.sweep([folder, before]);
    return { version, served };
  }
  // What was served before goes on; its own command brings the program back to it.
  const isAlone = before === undefined || before === folder;
  if (isAlone) await target.clear();
  else {
    await target.switchTo(before);
    await outcomeOf(options, version, true);
  }
  if (!options.isOnce) onEvent({ kind: 'went back', version, why });
  const refused = { version: version.id, name: nameOf(version), artifact: digest, why };
  return { version, ...(!isAlone && settled ? { served: settled } : {}), refused };
}

/**
 * A place that serves another model is somebody's: a typing error in a script mustn't take it away from them. Throws
 * `TARGET_SERVES_OTHER`.
 */
function refuseOther({ to }: FollowOptions, version: VersionSummary, settled: Served | undefined): void {
  // A switch that was interrupted before its command had ended says nothing.
  if (!settled || settled.model.id === version.modelId || settled.model.name === version.model) return;
  throw new RegistryError(
    'TARGET_SERVES_OTHER',
    `${to} serves ${settled.model.name}, so ${version.model} isn't put there. Choose another name for --to; or, where ${version.model} is to take its place, end what follows there and remove ${to} first. Nothing was changed.`,
    { details: { to, serves: settled.model.name } },
  );
}

/** Whoever looks once waits for the outcome. */
function refuseRefused({ refused, served }: Outcome): void {
  if (!refused) return;
  const instead = served ? 'What was served before goes on.' : 'Nothing is served.';
  throw new RegistryError(
    'SWITCH_FAILED',
    `${refused.name} isn't served: ${refused.why}. ${instead} Repair the command or the version, and follow again.`,
    { details: { version: refused.version } },
  );
}

function nameOf({ model, number, id, pending }: VersionSummary): string {
  return `${model}@${pending ? `draft-${id.slice(-6).toLowerCase()}` : number}`;
}

function stateOf({ modelId }: VersionSummary, { served, refused }: Outcome): ReportedState {
  return {
    model: modelId,
    ...(served ? { serving: { version: served.version, artifact: served.artifact, since: served.since } } : {}),
    ...(refused ? { refused: { version: refused.version, why: refused.why.slice(0, 500) } } : {}),
  };
}

/** Why the command refuses the version; undefined where it doesn't. */
async function outcomeOf(
  { exec, execTimeoutMs = EXEC_MS, signal, to }: FollowOptions,
  version: VersionSummary,
  isBack: boolean,
): Promise<string | undefined> {
  try {
    return await runSwitchCommand({ exec, version, path: resolve(to), isBack, timeoutMs: execTimeoutMs, signal });
  } catch (error) {
    return messageOf(error);
  }
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      done();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end, { once: true });
  });
}
