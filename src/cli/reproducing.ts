import { relative, resolve } from 'node:path';
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
  const result = await context.withQueries((registry) =>
    context.withProgress((operation) =>
      reproduce({ registry, ref, near: [context.cwd], to, kind: 'clone' }, operation),
    ),
  );
  if (context.isJson) {
    const { version, folder, requirements = null, command = null, data, missing } = result;
    return printJson({ version: versionJson(version), to, folder, requirements, command, data, missing });
  }
  print(textOf(context, to, result));
}

function textOf({ cwd }: CommandContext, to: string, result: Reproduced): string {
  const { version, commit, hasPatch, runFolder, requirements, command, data, missing } = result;
  const changes = hasPatch ? ' with the changes that were not committed' : '';
  return [
    `The code that trained ${labelOf(version)} is in ${to}: commit ${commit.slice(0, 12)}${changes}`,
    ...missing.map((what) => `  missing: ${safeLine(what)}`),
    ...data.map((entry) => `  data ${safeLine(entry.path)}: ${stateOf(entry)}`),
    ...(requirements === undefined
      ? []
      : [`  ${plural(version.lineage.dependencies.length, 'package')}: pip install -r ${requirements}`]),
    ...(command === undefined
      ? []
      : [`  command: ${safeLine(command, 1000)}`, `  folder:  ${relative(cwd, runFolder) || runFolder}`]),
  ].join('\n');
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
