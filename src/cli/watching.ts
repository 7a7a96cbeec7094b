import { once } from 'node:events';
import { RegistryError } from '../base/errors.ts';
import { recordingsIn } from '../outputs/recordings.ts';
import { RunsGoingOn } from '../outputs/running.ts';
import { watchOutputs } from '../outputs/watcher.ts';
import type { Project } from '../project/project-schema.ts';
import { refusalOf } from '../project/refused-models.ts';
import type { RegisterResult } from '../registry/api/registering.ts';
import { providersFor } from './capture.ts';
import type { CommandContext } from './context.ts';
import { versionJson } from './format/json.ts';
import { elsewhereLine, registeredLine, sameLine } from './format/registered.ts';
import { findProject } from './project-root.ts';
import { print, printJson, reportError, reportLeftOut, safeLine } from './terminal.ts';

/** `watch`: registers declared outputs until Ctrl-C, a line for each version; with `--json` all of them at the end. */
export async function watchProject(context: CommandContext): Promise<void> {
  const { root, project } = await findProject(context.cwd);
  const watched = Object.keys(project.models).filter((name) => (project.models[name]?.outputs.length ?? 0) > 0);
  if (watched.length === 0) throw nothingToWatch(project, root);
  const registered: RegisterResult[] = [];
  await context.withRegistry(async (registry) => {
    const watcher = watchOutputs({
      root,
      project,
      registry: async () => registry,
      providers: providersFor(root),
      goingOn: new RunsGoingOn(root, undefined, () => recordingsIn(registry.location.dir, root)),
      onRegistered: (result, earlier) => {
        registered.push(result);
        if (!context.isJson) print(registeredLine(result, earlier));
      },
      onSame: ({ version }) => {
        if (!context.isJson) print(sameLine(version));
      },
      onElsewhere: ({ version }) => {
        if (!context.isJson) print(elsewhereLine(version));
      },
      onProblem: (error) =>
        RegistryError.is(error) && error.details.isLeftOut === true
          ? reportLeftOut(error, context.isJson)
          : reportError(error, context.isJson),
    });
    try {
      const names = watched.map((name) => safeLine(name));
      if (!context.isJson) print(`Watching the outputs of ${names.join(', ')}. Stop with Ctrl-C.`);
      await watcher.rescan();
      if (!context.signal.aborted) await once(context.signal, 'abort');
    } finally {
      await watcher.dispose();
    }
  }, 'auto');
  if (context.isJson) printJson(registered.map(({ version }) => versionJson(version)));
}

function nothingToWatch({ refused: [refused] = [] }: Project, root: string): RegistryError {
  if (refused) return refusalOf(refused);
  return new RegistryError(
    'OUTPUTS_MISSING',
    `model-registry.yaml in ${root} declares no outputs, so there is nothing to watch. Add to a model: outputs: [models/**].`,
  );
}
