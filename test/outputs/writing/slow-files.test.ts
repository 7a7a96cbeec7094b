import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeWorkspace, watchWorkspace } from '../workspace.ts';
import type { Writing } from './slow-writer.ts';
import { writeInProcess } from './written.ts';

const MIB = 1024 * 1024;
/** Pauses are longer than files of either kind have to rest. */
const SLOW = { sizeBytes: 6 * MIB, pauses: 2, pauseMs: 300, isPreallocated: false };

type Way = Partial<Writing> & { readonly isRenamed?: boolean };

const ways: Readonly<Record<string, Way>> = {
  'written slowly, with pauses': {},
  'given its size first': { isPreallocated: true },
  'given its size first, under another name, and renamed into place': { isPreallocated: true, isRenamed: true },
  'closed in the middle, and resumed': { resumesAtBytes: 3 * MIB },
  'of a format that does not say when it is complete': { isOpaque: true },
  'of such a format, and given its size first': { isOpaque: true, isPreallocated: true },
};

describe('a file that another process writes', () => {
  it.each(Object.entries(ways))('is registered once, and whole: %s', async (_what, { isRenamed, ...way }) => {
    // Without the processes that write, nobody could tell the size of some from their being complete.
    if (process.platform !== 'linux' && (way.isPreallocated || way.isOpaque)) return;
    const workspace = await makeWorkspace();
    await mkdir(join(workspace.root, 'models'));
    const name = way.isOpaque ? 'model.weights' : 'model.safetensors';
    const watching = watchWorkspace(workspace, 'outputs: [models/**]', { looksAtProcesses: true });
    const file = join(workspace.root, 'models', name);
    const written = await writeInProcess({
      ...SLOW,
      ...way,
      file,
      ...(isRenamed ? { temporaryFile: join(workspace.root, 'models', `${name}.part`) } : {}),
    });
    await workspace.newest(1);
    await watching.quiet();
    expect(await workspace.versions()).toHaveLength(1);
    const { files } = await workspace.registry.show({ ref: 'fraud@1' });
    expect(files).toEqual([expect.objectContaining({ sha256: written.sha256, sizeBytes: written.sizeBytes })]);
    expect(watching.problems).toEqual([]);
  });
});
