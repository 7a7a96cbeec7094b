import { relative, resolve } from 'node:path';
import type { OperationOptions } from '../base/progress.ts';
import { type Reproduced, type ReproducedData, reproduce } from '../lineage/reproduce.ts';
import type { CommandContext } from './context.ts';
import { versionJson } from './format/json.ts';
import { labelOf, plural } from './format/values.ts';
import { print, printJson, safeLine } from './terminal.ts';

/** `reproduce`: the source tree that a version was trained from, its packages, and whether its data is what it was. */
export async function reproduceVersion(
  context: CommandContext,
  options: { readonly to: string },
  ref: string,
): Promise<void> {
  const to = resolve(context.cwd, options.to);
  const { result, dir } = await context.withQueries(async (registry) => {
    const reproducing = (operation: OperationOptions) =>
      reproduce({ registry, ref, near: [context.cwd], to, kind: 'clone' }, operation);
    return { result: await context.withProgress(reproducing), dir: registry.location.dir };
  });
  if (context.isJson) {
    const { version, folder, requirements = null, command = null, data, missing } = result;
    const python = version.lineage.environment?.python ?? null;
    return printJson({ version: versionJson(version), to, folder, python, requirements, command, data, missing });
  }
  print(textOf(context, { to, dir }, result));
}

function textOf(
  { cwd }: CommandContext,
  { to, dir }: { readonly to: string; readonly dir: string },
  result: Reproduced,
): string {
  const { version, commit, hasPatch, runFolder, requirements, command, data, missing } = result;
  const changes = hasPatch ? ' with the changes that were not committed' : '';
  const python = version.lineage.environment?.python;
  const here = `model-registry --registry ${wordOf(dir)}`;
  return [
    `The code that trained ${labelOf(version)} is in ${safeLine(to, 4096)}: commit ${commit.slice(0, 12)}${changes}`,
    ...missing.map((what) => `  missing: ${safeLine(what)}`),
    ...data.map((entry) => `  data ${safeLine(entry.path)}: ${stateOf(entry)}`),
    ...(python === undefined ? [] : [`  python:  ${safeLine(python)}`]),
    ...(requirements === undefined
      ? []
      : [`  ${plural(version.lineage.dependencies.length, 'package')}: pip install -r ${wordOf(requirements)}`]),
    ...(command === undefined
      ? []
      : [
          `  command: ${safeLine(command, 1000)}`,
          `  folder:  ${safeLine(relative(cwd, runFolder) || runFolder, 4096)}`,
        ]),
    `  compare: train there with ${here} run -- COMMAND, then ${here} compare ${labelOf(version)} ${safeLine(version.model)}`,
  ].join('\n');
}

/** A path as a shell takes it, and a terminal shows it. */
function wordOf(path: string): string {
  const shown = safeLine(path, 4096);
  return /^[\w@%+=:,./\\-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", `'\\''`)}'`;
}

function stateOf({ state, foundAt }: ReproducedData): string {
  return foundAt === undefined ? DATA_STATES[state] : `not here: copy it from ${safeLine(foundAt)}`;
}

const DATA_STATES = {
  same: 'as it was',
  different: 'not as it was: bring the recorded version here before you train',
  missing: 'not here: copy it to this place before you train',
  unknown: 'recorded without a digest, so that it can’t be checked',
} as const;
