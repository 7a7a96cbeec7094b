import { symlink } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/base/hash.ts';
import { readGpus } from '../../src/lineage/gpus.ts';
import { readLocks } from '../../src/lineage/locks.ts';
import { readMachine } from '../../src/lineage/machine.ts';
import { temporaryFolder, write } from './folder.ts';

const NVIDIA_VERSION =
  'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  550.54.15  Release Build  (dvs-builder@U16)\nGCC version:  gcc version 12.2.0\n';

describe('the machine that a run ran on', () => {
  it('has system, processor, memory, GPUs and driver as the system’s files tell them', async () => {
    const files = await temporaryFolder();
    await write(files, 'etc/os-release', 'NAME="Ubuntu"\nPRETTY_NAME="Ubuntu 22.04.4 LTS"\n');
    await write(files, 'proc/driver/nvidia/version', NVIDIA_VERSION);
    for (const place of ['0000:07:00.0', '0000:0b:00.0'])
      await write(
        files,
        `proc/driver/nvidia/gpus/${place}/information`,
        'Model: \t\t NVIDIA A100-SXM4-80GB\nIRQ:   \t\t 33\nGPU UUID: \t GPU-1\n',
      );
    const { machine, missing } = await readMachine({ env: {}, files });
    expect(missing).toEqual([]);
    expect(machine).toMatchObject({
      architecture: process.arch,
      cpuCount: expect.any(Number),
      memoryBytes: expect.any(Number),
      gpus: ['NVIDIA A100-SXM4-80GB', 'NVIDIA A100-SXM4-80GB'],
      gpuDriver: '550.54.15',
    });
    if (process.platform === 'linux') expect(machine.os).toMatch(/^Ubuntu 22\.04\.4 LTS \(Linux [\d.]+\)$/);
    expect(JSON.stringify(machine)).not.toContain('GPU-1');
  });

  it('names neither itself nor anybody on it', async () => {
    const { machine } = await readMachine({ env: process.env });
    const texts = Object.values(machine)
      .flat()
      .filter((value) => typeof value === 'string');
    expect(texts).not.toContain(hostname());
    expect(texts).not.toContain(userInfo().username);
  });

  it('has the CUDA that packages bring along before the one that is installed', async () => {
    const files = await temporaryFolder();
    await write(files, 'usr/local/cuda/version.json', '{"cuda": {"name": "CUDA SDK", "version": "12.2.1"}}');
    await write(files, 'opt/cuda/version.txt', 'CUDA Version 11.8.89\n');
    const cudaOf = async (names: readonly string[], env = {}) =>
      (await readMachine({ env, files, packages: names.map((name) => ({ name, version: '12.4.127' })) })).machine.cuda;
    expect(await cudaOf(['torch', 'nvidia-cuda-runtime-cu12'])).toBe('12.4.127');
    expect(await cudaOf(['torch'])).toBe('12.2.1');
    expect(await cudaOf([], { CUDA_HOME: join(files, 'opt/cuda') })).toBe('11.8.89');
  });

  it('has the cards of AMD by their product, and those of others not', async () => {
    const files = await temporaryFolder();
    await write(files, 'sys/class/drm/card0/device/vendor', '0x1002\n');
    await write(files, 'sys/class/drm/card0/device/product_name', 'AMD Instinct MI300X\n');
    await write(files, 'sys/class/drm/card1/device/vendor', '0x8086\n');
    await write(files, 'sys/class/drm/card2/device/vendor', '0x1002\n');
    await write(files, 'sys/class/drm/card2/device/device', '0x740f\n');
    expect(await readGpus(files)).toEqual({ gpus: ['AMD Instinct MI300X', 'AMD GPU 0x740f'], missing: [] });
  });

  it.skipIf(process.platform === 'win32')(
    'has GPUs that NVIDIA’s own program tells of, and a reason where it fails',
    async () => {
      const files = await temporaryFolder();
      const { chmod } = await import('node:fs/promises');
      const file = await write(files, 'usr/bin/nvidia-smi', '#!/bin/sh\necho "551.61, NVIDIA GeForce RTX 4090"\n');
      await chmod(file, 0o755);
      expect(await readGpus(files)).toEqual({ gpus: ['NVIDIA GeForce RTX 4090'], gpuDriver: '551.61', missing: [] });
      await write(files, 'usr/bin/nvidia-smi', '#!/bin/sh\necho "NVIDIA-SMI has failed" >&2\nexit 9\n');
      expect(await readGpus(files)).toEqual({
        gpus: [],
        missing: [{ what: 'machine.gpus', why: 'nvidia-smi is installed and gave no answer' }],
      });
    },
  );
});

describe('the lock files of a run', () => {
  it('are those of its folder and of the folders above it in the repository, nearest first, by their digests', async () => {
    const root = await temporaryFolder();
    await write(root, 'requirements.txt', 'outside of the repository\n');
    await write(root, 'repository/.git/HEAD', '');
    await write(root, 'repository/uv.lock', 'all');
    await write(root, 'repository/requirements.txt', 'far');
    await write(root, 'repository/models/fraud/requirements.txt', 'near');
    await write(root, 'repository/models/fraud/conda-linux-64.lock', 'explicit');
    await write(root, 'repository/models/fraud/linux-64.conda-lock.yml', 'conda');
    await write(root, 'repository/models/fraud/poetry.lock/folder', '');
    await symlink(join(root, 'requirements.txt'), join(root, 'repository/models/fraud/requirements-private.txt'));
    expect(await readLocks(join(root, 'repository/models/fraud'))).toEqual([
      { path: 'conda-linux-64.lock', sha256: sha256Hex('explicit') },
      { path: 'linux-64.conda-lock.yml', sha256: sha256Hex('conda') },
      { path: 'requirements.txt', sha256: sha256Hex('near') },
      { path: '../../uv.lock', sha256: sha256Hex('all') },
    ]);
  });
});
