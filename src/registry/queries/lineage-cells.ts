import type { DataLineage, MachineLineage, PackageVersion } from '../../catalog/read-models/lineage.ts';

/** A package as it is compared: what isn't from an index differs by its commit, too. */
export function packageCell({ version, source }: PackageVersion): string {
  if (!source) return version;
  const { commit, isDirty, isEditable, sha256 } = source;
  const named = commit?.slice(0, 12) ?? sha256?.slice(0, 12);
  const at = named === undefined ? '' : ` @${named}`;
  return `${version}${at}${isDirty ? '+' : ''}${isEditable ? ' (editable)' : ''}`;
}

/** What names the content of data, with its rows. */
export function dataCell({ sha256, hash, revision, rows }: DataLineage): string {
  const named = sha256?.slice(0, 12) ?? hash ?? revision ?? 'not hashed';
  return rows === undefined ? named : `${named} · ${rows} ${rows === 1 ? 'row' : 'rows'}`;
}

/** What the content of data is told from others by, with the form that this has; undefined where it has no name. */
export function dataName(data: DataLineage): string | undefined {
  const { sha256, hash, revision } = data;
  if (sha256 !== undefined) return `sha256:${sha256}`;
  if (hash !== undefined) return hash.includes(':') ? hash : `hash:${hash}`;
  return revision === undefined ? undefined : `revision:${revision}`;
}

export function machineCells(
  machine: MachineLineage | undefined,
): Readonly<Record<string, string | number | undefined>> {
  if (!machine) return {};
  const { os, architecture, cpu, cpuCount, memoryBytes, gpus, gpuDriver, cuda } = machine;
  return {
    'operating system': os,
    architecture,
    CPU: cpu,
    CPUs: cpuCount,
    'memory GB': memoryBytes === undefined ? undefined : Math.round(memoryBytes / 1e9),
    GPUs: gpus?.join(', '),
    'GPU driver': gpuDriver,
    CUDA: cuda,
  };
}
