import { sizeText } from '../../base/size.ts';
import type { DataLineage, Lineage, MachineLineage, PackageVersion } from '../../catalog/read-models/lineage.ts';
import { safeLine } from '../terminal.ts';
import { pairs, section } from './sections.ts';
import { plural } from './values.ts';

type Pair = readonly [string, string];

/** Lines of a version about what it was trained with and on. */
export function lineagePairs(lineage: Lineage): readonly Pair[] {
  const { locks, machine } = lineage;
  return [
    ['environment', environmentText(lineage)],
    ['lock files', locks.map(({ path, sha256 }) => `${safeLine(path)} ${sha256.slice(0, 12)}`).join(', ')],
    ['machine', machine ? machineText(machine) : ''],
  ];
}

/** What isn't known of where a version came from, and why; empty where everything is. */
export function missingSection({ missing }: Lineage): string {
  return section('Not known', pairs(missing.map(({ what, why }) => [safeLine(what), safeLine(why, 400)])));
}

const FOUND_BY = {
  command: 'by the command',
  editor: 'chosen in the editor',
  active: 'the active one',
  project: 'of the folder',
} as const;

function environmentText({ environment, dependencies }: Lineage): string {
  if (!environment) return '';
  const python = environment.python === undefined ? '' : `Python ${safeLine(environment.python)}, `;
  const foundBy = environment.foundBy === undefined ? '' : `, ${FOUND_BY[environment.foundBy]}`;
  return `${python}${plural(dependencies.length, 'package')}${foundBy}`;
}

export function machineText({
  os,
  architecture,
  cpu,
  cpuCount,
  memoryBytes,
  gpus,
  gpuDriver,
  cuda,
}: MachineLineage): string {
  const parts = [
    os,
    architecture,
    cpu,
    cpuCount === undefined ? undefined : plural(cpuCount, 'CPU'),
    memoryBytes === undefined ? undefined : `${sizeText(memoryBytes)} of memory`,
    ...gpuTexts(gpus ?? []),
    gpuDriver === undefined ? undefined : `driver ${gpuDriver}`,
    cuda === undefined ? undefined : `CUDA ${cuda}`,
  ];
  return parts.flatMap((part) => (part === undefined ? [] : [safeLine(part)])).join(', ');
}

function gpuTexts(gpus: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const gpu of gpus) counts.set(gpu, (counts.get(gpu) ?? 0) + 1);
  return [...counts].map(([gpu, count]) => (count === 1 ? gpu : `${count} × ${gpu}`));
}

/** Data by its name, and by what names its content. */
export function dataPair({ path, sha256, sizeBytes, kind, hash, revision, rows, fileCount }: DataLineage): Pair {
  const named = sha256?.slice(0, 16) ?? hash ?? (revision === undefined ? NAMELESS[kind ?? 'file'] : `at ${revision}`);
  const more = [
    sizeBytes === undefined ? '' : sizeText(sizeBytes),
    fileCount === undefined ? '' : plural(fileCount, 'file'),
    rows === undefined ? '' : plural(rows, 'row'),
    kind === undefined ? '' : KINDS[kind],
  ].filter((text) => text !== '');
  return [safeLine(path), `${safeLine(named)}  ${more.join(', ')}`.trimEnd()];
}

const KINDS = {
  dvc: 'by DVC',
  lfs: 'by git-lfs',
  huggingface: 'on the Hugging Face Hub',
  url: 'by its address',
} as const;
const NAMELESS = {
  file: 'not hashed',
  dvc: 'not hashed',
  lfs: 'not hashed',
  huggingface: 'revision not known',
  url: 'no version in the address',
} as const;

/** Packages that were installed from elsewhere than an index. */
export function sourcePairs(dependencies: readonly PackageVersion[]): readonly Pair[] {
  return dependencies.flatMap(({ name, version, source }) => {
    if (!source) return [];
    const { isEditable, commit, isDirty, url, folder, sha256 } = source;
    const parts = [
      version,
      isEditable ? 'editable' : undefined,
      commit === undefined ? undefined : `commit ${commit.slice(0, 12)}`,
      isDirty ? 'with uncommitted changes' : undefined,
      folder === undefined ? undefined : `in ${folder}`,
      url,
      sha256 === undefined ? undefined : sha256.slice(0, 12),
    ];
    return [[safeLine(name), safeLine(parts.filter((part) => part !== undefined).join(', '), 200)] as const];
  });
}
