import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { MissingFact } from '../catalog/read-models/lineage.ts';
import { headOf, isFile, isFolder, namesIn } from './python/small-file.ts';

const MAX_BYTES = 16 * 1024;
/** Nobody waits for it when a run starts, but the version that it is recorded with does. */
const TIMEOUT_MS = 3000;

export interface FoundGpus {
  readonly gpus: readonly string[];
  readonly gpuDriver?: string;
  readonly missing: readonly MissingFact[];
}

/** The GPUs by what drivers tell in `/proc` and `/sys`; where those of NVIDIA tell nothing, as on Windows, by its own program. */
export async function readGpus(files: string): Promise<FoundGpus> {
  const nvidia = nvidiaByProc(files);
  if (nvidia) return nvidia;
  const amd = amdBySys(files);
  const program = SMI.find((place) => isFile(join(files, place)));
  const asked = program === undefined ? undefined : await nvidiaBySmi(join(files, program));
  if (asked) return { ...asked, gpus: [...asked.gpus, ...amd] };
  return {
    gpus: amd,
    missing: program === undefined ? [] : [{ what: 'machine.gpus', why: 'nvidia-smi is installed and gave no answer' }],
  };
}

/** Where NVIDIA installs it: never one that a project's PATH leads to. */
const SMI: readonly string[] =
  process.platform === 'win32'
    ? ['Windows/System32/nvidia-smi.exe']
    : ['usr/bin/nvidia-smi', 'usr/lib/wsl/lib/nvidia-smi'];

function nvidiaByProc(files: string): FoundGpus | undefined {
  const folder = join(files, 'proc/driver/nvidia');
  if (!isFolder(folder)) return undefined;
  const gpus = namesIn(join(folder, 'gpus')).flatMap((name) => {
    const model = /^Model:\s*(.+?)\s*$/m.exec(headOf(join(folder, 'gpus', name, 'information'), MAX_BYTES) ?? '')?.[1];
    return model === undefined ? [] : [model];
  });
  const version = headOf(join(folder, 'version'), MAX_BYTES) ?? '';
  const gpuDriver = /Kernel Module(?: for \S+)?\s+(\d+(?:\.\d+)+)/.exec(version)?.[1];
  if (gpus.length === 0) return undefined;
  return {
    gpus,
    ...(gpuDriver === undefined ? {} : { gpuDriver }),
    missing: gpuDriver === undefined ? [{ what: 'machine.gpuDriver', why: 'the driver did not tell its version' }] : [],
  };
}

/** AMD's driver names the product where the firmware has a name for it. */
function amdBySys(files: string): readonly string[] {
  const folder = join(files, 'sys/class/drm');
  return namesIn(folder)
    .filter((name) => /^card\d+$/.test(name))
    .flatMap((name) => {
      const device = join(folder, name, 'device');
      if (headOf(join(device, 'vendor'), 16)?.trim() !== '0x1002') return [];
      const product = headOf(join(device, 'product_name'), 256)?.trim();
      return [product ? product : `AMD GPU ${headOf(join(device, 'device'), 16)?.trim() ?? ''}`.trim()];
    });
}

async function nvidiaBySmi(program: string): Promise<FoundGpus | undefined> {
  try {
    const query = ['--query-gpu=driver_version,name', '--format=csv,noheader'];
    const { stdout } = await promisify(execFile)(program, query, {
      timeout: TIMEOUT_MS,
      maxBuffer: MAX_BYTES,
      windowsHide: true,
    });
    const rows = stdout.split(/\r?\n/).flatMap((row) => {
      const [, driver, name] = /^([\d.]+),\s*(.+?)\s*$/.exec(row) ?? [];
      return driver === undefined || name === undefined ? [] : [{ driver, name }];
    });
    const [first] = rows;
    return first && { gpus: rows.map(({ name }) => name), gpuDriver: first.driver, missing: [] };
  } catch {
    return undefined;
  }
}
