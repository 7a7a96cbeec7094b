import { arch, availableParallelism, cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import type { MachineLineage, MissingFact } from '../catalog/read-models/lineage.ts';
import { readGpus } from './gpus.ts';
import { headOf } from './python/small-file.ts';

const MAX_BYTES = 64 * 1024;
const MAX_LENGTH = 200;

export interface MachineReading {
  readonly machine: MachineLineage;
  readonly missing: readonly MissingFact[];
}

export interface MachineRequest {
  readonly env: NodeJS.ProcessEnv;
  /** Packages of the environment, of which some bring their own CUDA. */
  readonly packages?: readonly { readonly name: string; readonly version: string }[];
  /** Where `/proc`, `/sys` and `/etc` are looked for. */
  readonly files?: string;
}

/**
 * What a run runs on: system, processor, memory, GPUs, driver, CUDA. Read from the system's own files. It names neither the machine nor
 * anybody on it.
 */
export async function readMachine({ env, packages = [], files = '/' }: MachineRequest): Promise<MachineReading> {
  const processors = cpus();
  const cpu = processors[0]?.model.trim().replace(/\s+/g, ' ');
  const { gpus, gpuDriver, missing } = await readGpus(files);
  const cuda = cudaOf(packages, env, files);
  return {
    missing,
    machine: {
      os: line(systemName(files)),
      architecture: arch(),
      ...(cpu === undefined || cpu === '' || cpu === 'unknown' ? {} : { cpu: line(cpu) }),
      cpuCount: availableParallelism(),
      memoryBytes: memoryBytes(),
      gpus: gpus.map(line),
      ...(gpuDriver === undefined ? {} : { gpuDriver: line(gpuDriver) }),
      ...(cuda === undefined ? {} : { cuda: line(cuda) }),
    },
  };
}

function systemName(files: string): string {
  // What comes behind the numbers may be anybody's text.
  const kernel = /^\d+(?:\.\d+)*/.exec(release())?.[0] ?? '';
  if (process.platform === 'darwin') return `macOS (Darwin ${kernel})`;
  if (process.platform === 'win32') return `Windows ${kernel}`;
  const text = headOf(join(files, 'etc/os-release'), MAX_BYTES) ?? headOf(join(files, 'usr/lib/os-release'), MAX_BYTES);
  const name = /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(text ?? '')?.[1] ?? process.platform;
  return `${name} (Linux ${kernel})`;
}

/** What there is, or what a container may have of it. */
function memoryBytes(): number {
  const limit = process.constrainedMemory();
  return limit > 0 && limit < totalmem() ? limit : totalmem();
}

/** The CUDA that packages bring along, which is the one they use; else the one that is installed. */
function cudaOf(
  packages: NonNullable<MachineRequest['packages']>,
  env: NodeJS.ProcessEnv,
  files: string,
): string | undefined {
  const brought = packages.find(({ name }) =>
    /^(?:nvidia-cuda-runtime(?:-cu\d+)?|cuda-cudart|cudatoolkit)$/i.test(name),
  );
  if (brought) return brought.version;
  const places = [env.CUDA_HOME, env.CUDA_PATH, join(files, 'usr/local/cuda')].filter((place) => place !== undefined);
  for (const place of places) {
    const version = /"cuda"\s*:\s*\{[^}]*"version"\s*:\s*"([\d.]+)"/.exec(
      headOf(join(place, 'version.json'), MAX_BYTES) ?? '',
    )?.[1];
    if (version !== undefined) return version;
    const older = /^CUDA Version ([\d.]+)/m.exec(headOf(join(place, 'version.txt'), MAX_BYTES) ?? '')?.[1];
    if (older !== undefined) return older;
  }
  return undefined;
}

function line(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ').slice(0, MAX_LENGTH) || 'unknown';
}
