import { changedSubmodules } from '../../base/changed-submodules.ts';
import type { Lineage } from '../../catalog/read-models/lineage.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import { type Cells, cellOf } from './compared-rows.ts';
import { machineCells } from './lineage-cells.ts';

/** What of a version's lineage stands beside that of others, and whether it was recorded at all. */

const OF_CODE = ['code commit', 'branch', 'uncommitted changes'];
const OF_MACHINE = Object.keys(machineCells({}));

export function lineageCells(version: VersionSummary, lineage: Lineage | undefined): Cells {
  const code = lineage?.code;
  return {
    'code commit': code?.commit,
    branch: code?.branch,
    'uncommitted changes': code ? (code.isDirty || changedSubmodules(code).length > 0 ? 'yes' : 'no') : undefined,
    run: lineage?.run?.name ?? lineage?.run?.id,
    command: lineage?.run?.command,
    'base model': lineage?.baseModel?.name,
    artifact: version.artifact.digest.slice(0, 12),
  };
}

export function environmentCells({ environment, machine, locks }: Lineage): Cells {
  return {
    python: environment?.python,
    packages: environment?.digest.slice(0, 12),
    ...machineCells(machine),
    ...Object.fromEntries(locks.map(({ path, sha256 }) => [lockName(path), sha256.slice(0, 12)])),
  };
}

function lockName(path: string): string {
  return `lock ${path}`;
}

/** Code may be on no branch; every run has a command, and so on. */
export function knowsLineage(version: VersionSummary | undefined, lineage: Lineage | undefined, name: string): boolean {
  if (version === undefined) return false;
  if (OF_CODE.includes(name)) return lineage?.code !== undefined;
  return cellOf(lineageCells(version, lineage), name) !== undefined;
}

/** A machine may have no GPU, and a folder no lock files, which are recorded with the machine. */
export function knowsEnvironment(lineage: Lineage | undefined, name: string): boolean {
  if (lineage === undefined) return false;
  if (OF_MACHINE.includes(name)) return lineage.machine !== undefined;
  if (name.startsWith(lockName(''))) return lineage.machine !== undefined || lineage.locks.length > 0;
  return cellOf(environmentCells(lineage), name) !== undefined;
}

/** Of what it is a part: of a machine, all is recorded or nothing. */
export function recordedWith(name: string): string {
  return OF_MACHINE.includes(name) ? 'machine' : name;
}
