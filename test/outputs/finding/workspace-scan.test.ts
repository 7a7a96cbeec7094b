import { mkdir, mkdtemp, opendir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WorkspaceScan } from '../../../src/outputs/finding/workspace-scan.ts';

async function workspaceWith(...paths: readonly string[]): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'model-registry-scan-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  for (const path of paths) await add(root, path);
  return root;
}

async function add(root: string, path: string, text = 'x'): Promise<void> {
  await mkdir(join(root, dirname(path)), { recursive: true });
  await writeFile(join(root, path), text);
}

const found = async (root: string) => (await new WorkspaceScan(root).scan()).files.map(({ path }) => path).sort();

/** Counts what a scan asks of the file system. */
function counted() {
  const calls = { folders: 0, stats: 0 };
  const fs = {
    opendir: (...args: Parameters<typeof opendir>) => {
      calls.folders += 1;
      return opendir(...args);
    },
    stat: ((path: string) => {
      calls.stats += 1;
      return stat(path);
    }) as typeof stat,
  };
  return { calls, fs };
}

describe('looking for models by name', () => {
  it('finds them wherever a person may put them', async () => {
    const paths = [
      'a.onnx',
      'models/b.safetensors',
      'out/deep/er/c.pt',
      'x/saved_model.pb',
      'y/MLmodel',
      'z/model.pkl',
    ];
    expect(await found(await workspaceWith(...paths, 'train.py', 'data.csv', 'config.json'))).toEqual(paths);
  });

  it.each([
    'node_modules/x/model.onnx',
    '.venv/lib/model.pt',
    'myenv/pyvenv.cfg|myenv/model.pt',
    'conda-env/conda-meta/history|conda-env/model.pt',
    '.git/model.pt',
    '.cache/huggingface/hub/model.safetensors',
    'models--bert--base/snapshots/1/model.safetensors',
    'lib/python3/site-packages/pkg/model.pkl',
    'wandb/run-1/files/model.pt',
    'mlruns/0/abc/artifacts/model/model.pkl',
    '.model-registry/objects/model.pt',
    'serving/.model-registry-pull.json|serving/model.pt',
    'pip-cache/model.pt',
    'anything/CACHEDIR.TAG|anything/model.pt',
  ])('leaves alone what is no work of this workspace: %s', async (paths) => {
    expect(await found(await workspaceWith(...paths.split('|')))).toEqual([]);
  });

  it('looks into what git ignores, but not where that is a cache', async () => {
    const root = await workspaceWith('models/a.pt', 'hf_downloads/b.pt');
    await writeFile(join(root, '.gitignore'), '*.pt\nmodels/\nhf_downloads/\n');
    expect(await found(root)).toEqual(['models/a.pt']);
  });

  it('follows no links', async () => {
    const root = await workspaceWith('models/a.pt');
    await symlink(root, join(root, 'round'));
    expect(await found(root)).toEqual(['models/a.pt']);
  });

  it('passes over a folder with very many files: that is data', async () => {
    const root = await workspaceWith('models/a.pt');
    await mkdir(join(root, 'images'));
    for (let number = 0; number < 2001; number += 1) await writeFile(join(root, `images/${number}.pt`), '');
    expect(await found(root)).toEqual(['models/a.pt']);
  });

  it('can be stopped', async () => {
    const root = await workspaceWith('models/a.pt');
    await expect(new WorkspaceScan(root).scan(AbortSignal.abort())).rejects.toThrow();
  });
});

describe('what looking costs', () => {
  it('is one listing for each folder at first, and none where nothing changed', async () => {
    const root = await workspaceWith();
    const old = new Date(Date.now() - 60_000);
    for (let folder = 0; folder < 50; folder += 1)
      for (let file = 0; file < 20; file += 1) await add(root, `pkg${folder}/file${file}.py`);
    await add(root, 'models/a.pt');
    await add(root, '.git/objects/x');
    for (let folder = 0; folder < 50; folder += 1) await utimes(join(root, `pkg${folder}`), old, old);
    await utimes(join(root, 'models'), old, old);
    await utimes(root, old, old);
    const { calls, fs } = counted();
    const scan = new WorkspaceScan(root, fs);
    await scan.scan();
    expect(calls).toEqual({ folders: 52, stats: 52 });
    const again = await scan.scan();
    expect(calls).toEqual({ folders: 52, stats: 104 });
    expect(again.files.map(({ path }) => path)).toEqual(['models/a.pt']);
    await add(root, 'pkg7/new.onnx');
    expect((await scan.scan()).files.map(({ path }) => path)).toEqual(['models/a.pt', 'pkg7/new.onnx']);
    expect(calls).toEqual({ folders: 53, stats: 156 });
  });

  it('has a bound, however large the workspace is', async () => {
    const { calls, fs } = counted();
    const endless = {
      ...fs,
      // A workspace in which each folder has a hundred others.
      opendir: (async () => {
        calls.folders += 1;
        return Array.from({ length: 100 }, (_, index) => ({
          name: `d${index}`,
          isDirectory: () => true,
          isFile: () => false,
        }));
      }) as never,
      stat: (async () => {
        calls.stats += 1;
        return { ino: 1, mtimeMs: 0 };
      }) as never,
    };
    const { isPartial } = await new WorkspaceScan('/nowhere', endless).scan();
    expect(isPartial).toBe(true);
    expect(calls.folders).toBeLessThanOrEqual(5000);
  });
});
