import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { messageOf, RegistryError } from '../base/errors.ts';
import { serialQueue } from '../base/serial.ts';
import { serveCalls, type ThreadPort } from '../base/worker-rpc.ts';
import { authorOf } from '../lineage/author.ts';
import { ownKeyIn } from '../lineage/own-key.ts';
import { reproduce } from '../lineage/reproduce.ts';
import { surroundingsOf } from '../lineage/surroundings.ts';
import { threadInspector } from '../modelfiles/inspector.ts';
import { type CaptureProviders, registerDeclared } from '../outputs/capture.ts';
import { type OutputWatcher, watchOutputs } from '../outputs/watcher.ts';
import { problemsIn } from '../project/parse-project.ts';
import { readProject } from '../project/project-file.ts';
import { refuseUnreadable } from '../project/refused-models.ts';
import type { Registry } from '../registry/api/registry.ts';
import { registryGone } from '../registry/gone.ts';
import { isRegistryMethod } from '../registry/methods.ts';
import { initRegistry, openRegistry } from '../registry/open.ts';
import { pinnedHead } from '../registry/shared/pinned.ts';
import { runThread } from '../runs/run-thread.ts';
import { answerAboutCode } from './code.ts';
import { findingOf } from './finding.ts';
import { followUpsOf } from './follow-ups.ts';
import { gatesOf } from './gates.ts';
import { answerAboutProject } from './project-help.ts';
import type { RegistryThreadEvent } from './registry-messages.ts';
import { runsOf } from './runs.ts';
import { sharingOf } from './sharing.ts';
import { takingOver } from './take-over.ts';

const POLL_MS = 2000;
/** Files of models on a slow drive take a while; nobody waits for the answer. */
const INSPECTION_LIMIT_MS = 10 * 60_000;

const dataSchema = v.object({ dir: v.string(), root: v.string(), wasThere: v.boolean() });
const rootSchema = v.object({ root: v.string(), interpreter: v.optional(v.string()) });
const reproduceSchema = v.object({ ref: v.string(), near: v.array(v.string()), to: v.string() });
const valuesSchema = v.object({ metrics: v.array(v.string()), params: v.array(v.string()) });
const ofModelSchema = v.object({ model: v.string() });
const fileSchema = v.object({ file: v.string() });
const textSchema = v.object({ text: v.string() });
const declaredSchema = v.object({ root: v.string(), model: v.string(), leavesOut: v.optional(v.boolean()) });

/** The thread that has the registry open for the editor, and watches the outputs of its workspaces. Its own threads start with `workerFile`. */
export function serveRegistry(port: ThreadPort, workerData: unknown, workerFile: string): void {
  const { dir, root: firstRoot, ...given } = v.parse(dataSchema, workerData);
  const watchers = new Map<string, OutputWatcher>();
  const runs = runsOf(dir);
  const serially = serialQueue();
  let opened: Promise<Registry> | undefined;
  /** This window knew a registry here: where it is gone, nothing makes a new one but a person who asks for it. */
  let { wasThere } = given;
  let stopFollowing = () => {};
  // What takes long to read is read elsewhere, so that nobody who asks something of the registry waits for it.
  const trackers = runThread({ workerFile });
  const inspector = threadInspector({ workerFile, timeLimitMs: INSPECTION_LIMIT_MS });
  /** What the editor said last is chosen there, by root. */
  const interpreters = new Map<string, string | undefined>();
  const rootIn = (args: unknown): string => {
    const { root, interpreter } = v.parse(rootSchema, args);
    interpreters.set(root, interpreter);
    return root;
  };
  const providersFor = (root: string): CaptureProviders => ({
    ...surroundingsOf(root, process.env, () => interpreters.get(root)),
    metrics: trackers.metrics,
    params: trackers.params,
    runs: async (files, sinceMs) => (await trackers.findRuns(root, { near: files, sinceMs })).runs,
  });
  /** What is asked of the open registry right now. */
  const asked = new Set<Promise<unknown>>();

  const ownKey = ownKeyIn(firstRoot, { env: process.env, isInteractive: false });
  const emit = (event: RegistryThreadEvent) => push(event);

  const open = (): Promise<Registry> => {
    opened ??= openFollowed().catch((error: unknown) => {
      opened = undefined;
      const isGone = wasThere && RegistryError.is(error, 'REGISTRY_NOT_FOUND');
      throw isGone ? registryGone(dir) : error;
    });
    return opened;
  };

  async function openFollowed(): Promise<Registry> {
    const author = await authorOf(firstRoot);
    await sharing.hasMoved();
    const registry = await openRegistry({
      dir,
      author,
      via: 'editor',
      ownKey,
      workerFile,
      connect: sharing.connect,
    });
    wasThere = true;
    emit({ kind: 'opened' });
    registry.onDidChange(({ head }) => emit({ kind: 'changed', head }));
    follow(registry);
    sharing.follow(registry);
    followUps.follow(registry);
    return registry;
  }

  /** Another one has to be opened: the registry was attached to shared storage, or detached, or removed. What is asked of the old one is answered. */
  const reopen = () =>
    serially(async () => {
      const last = opened;
      if (!last) return;
      opened = undefined;
      stopFollowing();
      await sharing.leave();
      await Promise.allSettled(asked);
      await (await last.catch(() => undefined))?.close();
      // Where there is none any more, whoever asks next is told.
      const registry = await open().catch(() => undefined);
      emit({ kind: 'changed', head: 0 });
      await registry?.refresh().catch(() => undefined);
    });

  const sharing = sharingOf({
    dir,
    author: () => authorOf(firstRoot),
    ownKey,
    pinned: async (url) => pinnedHead(await readProject(firstRoot), url),
    emit,
    reopen,
  });

  async function openOrMake(): Promise<Registry> {
    if (!wasThere) await initRegistry({ dir });
    return open();
  }

  /** Also where one is gone: a person asks for it. */
  async function make(): Promise<void> {
    await initRegistry({ dir });
    if (await sharing.hasMoved()) await reopen();
    await open();
  }

  /** Other processes append to the log: the watch is a hint, the poll is what can be relied on. */
  function follow(registry: Registry): void {
    // What goes wrong here goes wrong for whoever asks next, too, with a person to show it to.
    const refresh = () => {
      void registry.refresh().catch(() => undefined);
      void sharing
        .hasMoved()
        .then((hasMoved) => (hasMoved ? reopen() : undefined))
        .catch(() => undefined);
    };
    const poll = setInterval(refresh, POLL_MS);
    const { logDir } = registry.location;
    const watcher = watchQuietly(join(logDir, 'log'), refresh) ?? watchQuietly(logDir, refresh);
    watcher?.on('error', () => watcher.close());
    stopFollowing = () => {
      clearInterval(poll);
      watcher?.close();
    };
  }

  const finding = findingOf({
    registry: openOrMake,
    providersFor,
    inspector,
    runsIn: runs.in,
    onProblem: (root, problem) => emit({ kind: 'problem', root, ...described(problem) }),
  });

  const imports = takingOver({ dir, workerFile, registry: openOrMake });

  const gates = gatesOf({ registry: openOrMake, emit });

  const followUps = followUpsOf({ registry: open, emit });

  const startWatching = (root: string) =>
    serially(async () => {
      await watchers.get(root)?.dispose();
      watchers.delete(root);
      const project = await readProject(root);
      if (!project) return false;
      const watcher = watchOutputs({
        root,
        project,
        registry: openOrMake,
        providers: providersFor(root),
        inspector,
        goingOn: runs.in(root),
        onRegistered: (result, earlier) => emit({ kind: 'registered', root, result, ...(earlier ? { earlier } : {}) }),
        onSame: (result) => emit({ kind: 'registered', root, result }),
        onBusy: (isBusy) => emit({ kind: 'busy', root, isBusy }),
        onProgress: (progress) => emit({ kind: 'progress', root, progress }),
        onProblem: (error) => emit({ kind: 'problem', root, ...described(error) }),
      });
      watchers.set(root, watcher);
      await watcher.rescan();
      return true;
    });

  const stopWatching = (root: string) =>
    serially(async () => {
      await watchers.get(root)?.dispose();
      watchers.delete(root);
    });

  const push = serveCalls(port, async (name, args, options) => {
    switch (name) {
      case 'make':
        await make();
        return undefined;
      case 'watch':
        return startWatching(rootIn(args));
      case 'unwatch':
        return stopWatching(v.parse(rootSchema, args).root);
      case 'cancelAutomatic':
        return watchers.get(v.parse(rootSchema, args).root)?.cancel();
      case 'commandStarted':
        return runs.started(args);
      case 'programSeen':
        return runs.programSeen(args);
      case 'commandEnded':
        return watchers.get(await runs.ended(args))?.rescan();
      case 'rescan':
        return watchers.get(rootIn(args))?.rescan();
      case 'registerDeclared': {
        const { root, model: wanted, leavesOut } = v.parse(declaredSchema, args);
        const tell = (problem: unknown) => emit({ kind: 'problem', root, ...described(problem) });
        rootIn(args);
        const project = await readProject(root);
        refuseUnreadable(project, wanted);
        const model = project?.models[wanted];
        if (!project || !model)
          throw new RegistryError('OUTPUTS_MISSING', `model-registry.yaml declares no model called ${wanted}.`);
        const registry = await openOrMake();
        return registerDeclared({
          root,
          name: wanted,
          model,
          project,
          providers: providersFor(root),
          registry,
          goingOn: runs.in(root),
          operation: options,
          onLeftOut: tell,
          ...(leavesOut ? { onProblem: tell } : {}),
        });
      }
      case 'project':
        return readProject(v.parse(rootSchema, args).root);
      case 'projectProblems':
        return problemsIn(v.parse(textSchema, args).text);
      case 'lineage': {
        const root = rootIn(args);
        const { model } = v.parse(ofModelSchema, args);
        const providers = providersFor(root);
        const [code, environment] = [await providers.code(model), await providers.environment()];
        return { ...(await providers.circumstances?.({ code, environment })), code, environment };
      }
      case 'reproduce':
        return reproduce({ ...v.parse(reproduceSchema, args), registry: await open(), kind: 'worktree' }, options);
      case 'measured':
        return trackers.measured(v.parse(fileSchema, args).file);
      case 'values': {
        const files = v.parse(valuesSchema, args);
        const metrics = await Promise.all(files.metrics.map((file) => trackers.metrics(file)));
        const params = await Promise.all(files.params.map((file) => trackers.params(file)));
        return { metrics: Object.assign({}, ...metrics), params: Object.assign({}, ...params) };
      }
      case 'close':
        await Promise.all([gates.close(), followUps.close()]);
        await Promise.all([...watchers.values()].map((watcher) => watcher.dispose()));
        await sharing.leave();
        await Promise.all([trackers.close(), inspector.close(), imports.close()]);
        await (await opened?.catch(() => undefined))?.close();
        return undefined;
      default: {
        const answer =
          (await sharing.answer(name, args, options)) ??
          (await finding.answer(name, args, options)) ??
          (await imports.answer(name, args, options)) ??
          (await gates.answer(name, args, options)) ??
          (await followUps.answer(name, args, options)) ??
          (await answerAboutCode(open, name, args, options)) ??
          (await answerAboutProject(open, name, args));
        if (answer) return answer.value;
        if (!isRegistryMethod(name)) throw new Error(`The registry has no method ${name}`);
        const registry = await open();
        const method: (request: never, operation: typeof options) => Promise<unknown> = registry[name].bind(registry);
        const result = method(args as never, options);
        asked.add(result);
        return result.finally(() => {
          asked.delete(result);
          if (name === 'sync') sharing.looked();
        });
      }
    }
  });
}

function described(error: unknown) {
  return RegistryError.is(error)
    ? { code: error.code, message: error.message, details: error.details }
    : { code: 'INTERNAL', message: messageOf(error), details: {} };
}

function watchQuietly(folder: string, onChange: () => void): FSWatcher | undefined {
  try {
    return watch(folder, { persistent: false }, onChange);
  } catch {
    // No such folder yet, or no more watches to be had: the poll does it.
    return undefined;
  }
}
