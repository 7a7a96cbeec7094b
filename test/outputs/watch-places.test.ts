import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { RegistryError } from '../../src/base/errors.ts';
import { safetensors } from './safetensors.ts';
import { makeWorkspace, watchWorkspace } from './workspace.ts';

const MODEL = 'models/fraud/model.safetensors';
const OUTPUTS = 'outputs: [models/fraud/**]';

describe('places of outputs', () => {
  it('are found in a folder that is made later, taken away, and made anew', async () => {
    const workspace = await makeWorkspace();
    const watching = watchWorkspace(workspace, OUTPUTS);
    await watching.rescan();
    await workspace.write(MODEL, safetensors([1]));
    await workspace.newest(1);
    // At once, as trainers do.
    await rm(dirname(join(workspace.root, MODEL)), { recursive: true });
    await workspace.write(MODEL, safetensors([2]));
    await workspace.newest(2);
    await workspace.write(MODEL, safetensors([3]));
    await workspace.newest(3);
    // The folder above, and after the absence was seen.
    await rm(join(workspace.root, 'models'), { recursive: true });
    await watching.quiet();
    await mkdir(join(workspace.root, 'models'));
    await watching.quiet();
    await workspace.write(MODEL, safetensors([4]));
    await workspace.newest(4);
    expect(watching.problems).toEqual([]);
  });
});

describe.skipIf(process.platform === 'win32')('links out of the workspace', () => {
  it.each(['outputs: [linked/**]', 'outputs: [linked/secret.bin]', 'outputs: [linked]'])(
    'are refused: %s',
    async (declared) => {
      const workspace = await makeWorkspace();
      const outside = join(workspace.root, '../outside');
      await mkdir(outside);
      await writeFile(join(outside, 'secret.bin'), 'secret');
      await symlink(outside, join(workspace.root, 'linked'));
      const watching = watchWorkspace(workspace, declared);
      await watching.quiet();
      expect(await workspace.versions()).toEqual([]);
      expect(watching.problems).toEqual([expect.objectContaining({ code: 'PATH_OUTSIDE_WORKSPACE' })]);
    },
  );

  it('are not read for params either, and below a declared folder not followed', async () => {
    const workspace = await makeWorkspace();
    const outside = join(workspace.root, '../outside');
    await mkdir(outside);
    await writeFile(join(outside, 'secret.json'), '{"token": "s3cret"}');
    await symlink(join(outside, 'secret.json'), join(workspace.root, 'params.json'));
    await mkdir(join(workspace.root, 'models/fraud'), { recursive: true });
    await symlink(outside, join(workspace.root, 'models/fraud/linked'));
    const watching = watchWorkspace(workspace, `${OUTPUTS}, params: [params.json]`);
    await workspace.write(MODEL, safetensors([1]));
    const version = await workspace.newest(1);
    expect(version.params).toEqual({});
    expect(version.artifact.fileCount).toBe(1);
    await vi.waitFor(() =>
      expect(watching.problems.map((problem) => RegistryError.is(problem) && problem.code).sort()).toEqual([
        'OUTPUT_LINK',
        'PATH_OUTSIDE_WORKSPACE',
      ]),
    );
  });

  it('do not matter where they stay inside', async () => {
    const workspace = await makeWorkspace();
    await mkdir(join(workspace.root, 'store'));
    await symlink(join(workspace.root, 'store'), join(workspace.root, 'models'));
    const watching = watchWorkspace(workspace, OUTPUTS);
    await watching.rescan();
    await workspace.write(MODEL, safetensors([1]));
    await workspace.newest(1);
    await workspace.write(MODEL, safetensors([2]));
    await workspace.newest(2);
    expect(watching.problems).toEqual([]);
  });
});
