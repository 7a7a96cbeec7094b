import * as v from 'valibot';
import { messageOf, RegistryError } from '../base/errors.ts';
import type { OperationOptions } from '../base/progress.ts';
import { serialQueue } from '../base/serial.ts';
import { isDeclared } from '../gates/declared.ts';
import type { Webhook } from '../project/after-schema.ts';
import { readProject } from '../project/project-file.ts';
import type { Project } from '../project/project-schema.ts';
import type { Recording, Registry } from '../registry/api/registry.ts';
import { recordedEvents } from '../registry/recorded-events.ts';
import { originsOf, readConfirmations, writeConfirmations } from '../serving/after/confirmed.ts';
import { followUp, secretFromEnvironment } from '../serving/after/follow-up.ts';
import { keepWaiting, takeDecided } from '../serving/after/waiting.ts';
import { askedPlaces, placesOf } from '../serving/declared-places.ts';
import { type Deployment, type DeployRequest, deploy } from '../serving/deploy.ts';
import type { DeploymentState, RegistryThreadEvent } from './registry-messages.ts';

const rootSchema = v.object({ root: v.string() });
const keepUpSchema = v.object({ root: v.string(), secrets: v.record(v.string(), v.string()) });
const deploySchema = v.object({ root: v.string(), model: v.optional(v.string()) });
const answerSchema = v.object({ root: v.string(), origin: v.string(), answer: v.picklist(['yes', 'no']) });

const FIRST_RETRY_MS = 5000;
const LONGEST_RETRY_MS = 5 * 60_000;

/** A workspace folder whose deployed folders follow production, and in which transitions set things off. */
interface Kept {
  readonly secrets: Readonly<Record<string, string>>;
  readonly serially: ReturnType<typeof serialQueue>;
  /** A look is asked for and hasn't begun. */
  isDue: boolean;
  failures: number;
  retry: NodeJS.Timeout | undefined;
}

/** What the registry's thread does after transitions, in the workspace folders that the editor trusts. */
export function followUpsOf(options: {
  readonly registry: () => Promise<Registry>;
  readonly emit: (event: RegistryThreadEvent) => void;
}) {
  const { emit } = options;
  const kept = new Map<string, Kept>();
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();
  /** What went wrong last, by root. */
  const told = new Map<string, string>();

  const track = <T>(task: Promise<T>): Promise<T> => {
    running.add(task);
    return task.finally(() => running.delete(task));
  };
  const quietly = (root: string, task: Promise<unknown>) =>
    void track(task).catch((error: unknown) => {
      const message = messageOf(error);
      // A project file that can't be used is told of elsewhere, and what goes wrong at every look is told once.
      if (closing.signal.aborted || RegistryError.is(error, 'PROJECT_FILE_INVALID') || told.get(root) === message)
        return;
      told.set(root, message);
      emit({ kind: 'followUpProblem', root, message });
    });

  /** Looks at a folder's deployments, and at what waits for it; several requests at once come to one look. */
  function look(root: string): void {
    const state = kept.get(root);
    if (!state || state.isDue || closing.signal.aborted) return;
    state.isDue = true;
    quietly(
      root,
      state.serially(async () => {
        state.isDue = false;
        const project = await readProject(root);
        const registry = await options.registry();
        await deployAll(registry, root, project, state);
        if (project) await runWaiting(registry, root, project);
        told.delete(root);
      }),
    );
  }

  async function deployAll(registry: Registry, root: string, project: Project | undefined, state: Kept): Promise<void> {
    clearTimeout(state.retry);
    let hasFailed = false;
    for (const request of placesOf(root, project)) {
      if (!(await bring(registry, request))) hasFailed = true;
    }
    state.failures = hasFailed ? state.failures + 1 : 0;
    if (!hasFailed || kept.get(root) !== state) return;
    const pause = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (state.failures - 1));
    state.retry = setTimeout(() => look(root), pause * (0.75 + Math.random() / 2)).unref();
  }

  /** False where it should be tried again. */
  async function bring(registry: Registry, request: DeployRequest): Promise<boolean> {
    const { root } = request;
    let found: Deployment | undefined;
    let startedAt = 0;
    try {
      const done = await deploy(registry, request, {
        signal: closing.signal,
        onStart(before) {
          found = before;
          startedAt = performance.now();
          tell(root, before, { isBusy: true });
        },
      });
      tell(root, done, done.isChanged ? { tookMs: performance.now() - startedAt } : {});
      return true;
    } catch (error) {
      if (closing.signal.aborted) return true;
      tell(root, found ?? { ...request, place: '', state: 'out-of-step' }, { problem: messageOf(error) });
      return false;
    }
  }

  function tell(root: string, deployment: Deployment, more: Partial<DeploymentState> = {}): void {
    const { model, path, place, state, wanted, served } = deployment;
    emit({
      kind: 'deployment',
      root,
      deployment: {
        ...{ model, path, place, state },
        ...(wanted ? { wanted } : {}),
        ...(served ? { served } : {}),
        ...more,
      },
    });
  }

  /** What was recorded here: for the folder that declares its model, or the first one that has webhooks. */
  async function recorded(registry: Registry, recording: Recording): Promise<void> {
    const home = await homeOf(registry, recording);
    if (!home) return;
    if (recording.pending) await keepWaiting(registry.location.dir, home.root, recording);
    else await run(registry, home.root, home.project, recording);
  }

  async function homeOf(registry: Registry, recording: Recording) {
    const ids = recordedEvents(recording).flatMap((event) =>
      'version' in event && typeof event.version === 'string' ? [event.version] : [],
    );
    const shown = await Promise.all(ids.slice(0, 1).map((ref) => registry.show({ ref }).catch(() => undefined)));
    const model = shown[0]?.model;
    const projects = await Promise.all(
      [...kept.keys()].map(async (root) => ({ root, project: await readProject(root).catch(() => undefined) })),
    );
    const homes = projects.flatMap(({ root, project }) => (project ? [{ root, project }] : []));
    const declaring = homes.find(({ project }) => model !== undefined && isDeclared(project, model));
    return declaring ?? homes.find(({ project }) => project.webhooks !== undefined || project.unusable !== undefined);
  }

  async function runWaiting(registry: Registry, root: string, project: Project): Promise<void> {
    for await (const recording of takeDecided(registry, root)) quietly(root, run(registry, root, project, recording));
  }

  async function run(registry: Registry, root: string, project: Project, recording: Recording): Promise<void> {
    const { hosts } = await readConfirmations(root);
    await followUp(recording, {
      ...{ registry, root, project },
      mayRun: true,
      mayTell: (origin) => hosts[origin] === 'yes',
      secretOf: async (webhook) =>
        kept.get(root)?.secrets[keyOfWebhook(webhook)] ?? secretFromEnvironment(webhook, process.env),
      deploy: (model) => deployAfter(registry, root, project, model),
      signal: closing.signal,
      onActivity: (activity) => emit({ kind: 'followUp', root, activity }),
    });
  }

  async function deployAfter(registry: Registry, root: string, project: Project, model: string) {
    const [request] = placesOf(root, project, model);
    const state = kept.get(root);
    if (!request || !state) return undefined;
    return state.serially(() => deploy(registry, request, { signal: closing.signal }));
  }

  /** Deploys because a person asked, also over files that somebody changed in place. */
  async function deployNow(
    { root, model: only }: v.InferOutput<typeof deploySchema>,
    operation: OperationOptions,
  ): Promise<readonly DeploymentState[]> {
    const registry = await options.registry();
    const done: DeploymentState[] = [];
    for (const request of askedPlaces(root, await readProject(root), only)) {
      const result = await deploy(registry, request, { ...operation, isAsked: true });
      tell(root, result);
      done.push(result);
    }
    return done;
  }

  async function webhooksIn(root: string) {
    const project = await readProject(root);
    const { hosts } = await readConfirmations(root);
    return (project?.webhooks ?? []).map((webhook) => {
      const { url, events, name } = webhook;
      const { origin, host } = new URL(url);
      const answer = hosts[origin];
      return {
        key: keyOfWebhook(webhook),
        ...{ url, origin, host, events },
        ...(name === undefined ? {} : { name }),
        ...(answer === undefined ? {} : { answer }),
        hasEnvironmentSecret: secretFromEnvironment(webhook, process.env) !== undefined,
      };
    });
  }

  async function confirm({ root, origin, answer }: v.InferOutput<typeof answerSchema>): Promise<void> {
    const project = await readProject(root);
    // Only what the file names, so that nothing else gets into what this person said.
    if (!project || !originsOf(project).includes(origin)) return;
    const before = await readConfirmations(root);
    await writeConfirmations(root, { ...before, hosts: { ...before.hosts, [origin]: answer } });
  }

  return {
    /** To be called with a registry that was just opened. */
    follow(registry: Registry): void {
      registry.onDidChange(() => {
        for (const root of kept.keys()) look(root);
      });
      registry.onDidRecord((recording) => {
        for (const root of [...kept.keys()].slice(0, 1)) quietly(root, recorded(registry, recording));
      });
    },
    /** Undefined for what is none of its business. */
    async answer(
      name: string,
      args: unknown,
      operation: OperationOptions,
    ): Promise<{ readonly value: unknown } | undefined> {
      switch (name) {
        case 'keepUp': {
          const { root, secrets } = v.parse(keepUpSchema, args);
          const { serially = serialQueue(), failures = 0, retry } = kept.get(root) ?? {};
          clearTimeout(retry);
          kept.set(root, { secrets, serially, isDue: false, failures, retry: undefined });
          look(root);
          return { value: undefined };
        }
        case 'endKeepUp': {
          const { root } = v.parse(rootSchema, args);
          clearTimeout(kept.get(root)?.retry);
          kept.delete(root);
          return { value: undefined };
        }
        case 'deployNow': {
          const request = v.parse(deploySchema, args);
          return { value: await track(deployNow(request, operation)) };
        }
        case 'webhooks':
          return { value: await webhooksIn(v.parse(rootSchema, args).root) };
        case 'answerHost':
          return { value: await confirm(v.parse(answerSchema, args)) };
        default:
          return undefined;
      }
    },
    /** Ends what is under way: commands, deliveries and copies. */
    async close(): Promise<void> {
      closing.abort();
      for (const { retry } of kept.values()) clearTimeout(retry);
      await Promise.allSettled(running);
    },
  };
}

/** What the editor keeps a webhook's secret under. */
function keyOfWebhook({ name, url }: Webhook): string {
  return name ?? url;
}
