import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { RegistryError } from '../base/errors.ts';
import { writeSourceTree } from '../lineage/source-tree.ts';
import type { CodeChanges, VersionDetails } from '../registry/api.ts';
import type { CommandContext } from './context.ts';
import { versionJson } from './format/json.ts';
import { labelOf, plural } from './format/values.ts';
import { print, printJson, safeLine } from './terminal.ts';

/** Where the packages are written: in the clone's own folder, so that the source tree stays what it was. */
const REQUIREMENTS = '.git/requirements.txt';

/** `reproduce`: the source tree that a version was trained from, its packages, and whether its data is what it was. */
export async function reproduce(context: CommandContext, options: { readonly to: string }, ref: string): Promise<void> {
  const to = resolve(context.cwd, options.to);
  const { version, patch, data } = await context.withQueries(async (registry) => {
    const found = await registry.show({ ref });
    const { code } = found.lineage;
    if (!code) {
      throw new RegistryError(
        'CODE_UNKNOWN',
        `${labelOf(found)} was registered without its code. Only versions that were trained in a git repository can be reproduced.`,
      );
    }
    const changes = await registry.patch({ ref: found.id });
    await writeSourceTree({ repository: context.cwd, commit: code.commit, patch: changes, to });
    const folder = join(to, code.folder ?? '');
    return { version: found, patch: changes, data: await registry.checkData({ ref: found.id, root: folder }) };
  });
  const { code, dependencies, run } = version.lineage;
  const folder = join(to, code?.folder ?? '');
  if (dependencies.length > 0)
    await writeFile(join(to, REQUIREMENTS), dependencies.map((entry) => `${entry.name}==${entry.version}\n`).join(''));
  const missing = missingOf(version, (path) => existsSync(join(to, path)));
  if (context.isJson) {
    const requirements = dependencies.length > 0 ? join(to, REQUIREMENTS) : null;
    return printJson({
      version: versionJson(version),
      to,
      folder,
      requirements,
      command: run?.command ?? null,
      data,
      missing,
    });
  }
  print(
    [
      `The code that trained ${labelOf(version)} is in ${to}: commit ${code?.commit.slice(0, 12) ?? ''}${patch ? ' with the changes that were not committed' : ''}`,
      ...missing.map((what) => `  missing: ${what}`),
      ...data.map(({ path, state }) => `  data ${safeLine(path)}: ${DATA_STATES[state]}`),
      ...(dependencies.length > 0
        ? [`  ${plural(dependencies.length, 'package')}: pip install -r ${join(to, REQUIREMENTS)}`]
        : []),
      ...(run?.command === undefined
        ? []
        : [`  command: ${safeLine(run.command, 1000)}`, `  folder:  ${relative(context.cwd, folder) || folder}`]),
    ].join('\n'),
  );
}

const DATA_STATES = {
  same: 'as it was',
  different: 'not as it was: bring the recorded version here before you train',
  missing: 'not here: copy it to this place before you train',
  unknown: 'recorded without a digest, so that it can’t be checked',
} as const;

/** What commit and patch don't have of the tree that trained the version. */
function missingOf({ lineage }: VersionDetails, isThere: (path: string) => boolean): readonly string[] {
  const { code } = lineage;
  if (!code?.isDirty) return [];
  const { changes } = code;
  if (!changes) return ['the changes that were not committed, which were not recorded'];
  const leftOut = changes.leftOut.map((entry) => leftOutText(entry, isThere(entry.path)));
  return [...leftOut, ...othersText(changes)];
}

/** A file that git tracks is there as it was committed. */
function leftOutText({ path, why }: CodeChanges['leftOut'][number], isThere: boolean): string {
  const because = why === 'secret' ? 'seemed to hold a secret' : 'was too large';
  return isThere
    ? `the changes of ${safeLine(path)}, which ${because}: it is here as it was committed`
    : `${safeLine(path)}, which ${because}`;
}

function othersText({ leftOut, leftOutCount, untrackedCount }: CodeChanges): readonly string[] {
  return [
    ...(leftOutCount > leftOut.length ? [`${plural(leftOutCount - leftOut.length, 'other changed file')}`] : []),
    ...(untrackedCount > 0 ? [`${plural(untrackedCount, 'file')} that git didn’t track`] : []),
  ];
}
