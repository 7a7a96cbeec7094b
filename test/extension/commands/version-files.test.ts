import { beforeEach, describe, expect, it, vi } from 'vitest';
import { RegistryError } from '../../../src/base/errors.ts';
import { idOf, versionDetails } from '../../webviews/examples.ts';

const { done } = vi.hoisted(() => ({ done: [] as unknown[] }));

vi.mock('vscode', () => {
  const joinPath = (uri: { path: string }, name: string) => ({ path: `${uri.path}/${name}` });
  return {
    Uri: { from: (parts: { path: string }) => parts, joinPath },
    commands: { executeCommand: async (id: string, ...args: readonly unknown[]) => void done.push([id, ...args]) },
    window: {
      showSaveDialog: async (options: unknown) => void done.push(['save', options]),
    },
    workspace: { isTrusted: true },
  };
});

const { openFiles, saveFile } = await import('../../../src/extension/commands/version-files.ts');

/** Two registries of a window; of version 2, `config.json` is a file, and of version 1 `old.json`, too. */
const calls = {
  show: async ({ ref }: { ref: string }) => versionDetails(ref === idOf(1) ? 1 : 2),
  files: async ({ ref, path }: { ref: string; path: string }) => {
    if (path === 'config.json' || (ref === idOf(1) && path === 'old.json')) return { kind: 'file' };
    throw new RegistryError('FILE_NOT_FOUND', `There is no ${path}.`);
  },
};
const context = {
  registries: {
    callsFor: async () => calls,
    existing: async () => [
      { dir: '/other', roots: [{ uri: { path: '/first-folder' } }] },
      { dir: '/registry', roots: [{ uri: { path: '/its-folder' } }] },
    ],
  },
} as never;
const file = (path: string, before?: string) => ({
  ...{ registryDir: '/registry', versionId: idOf(2), path },
  ...(before === undefined ? {} : { before }),
});

describe('a file that a page names', () => {
  beforeEach(() => {
    done.length = 0;
  });

  it.each(['../../etc/passwd', '/etc/passwd', '\\\\host\\share', 'C:\\x', '__proto__', 'old.json'])(
    'is neither opened nor saved where the version has none: %s',
    async (path) => {
      await expect(openFiles(context, file(path))).rejects.toThrow('isn’t among the files of fraud-detector@2');
      await expect(saveFile(context, file(path))).rejects.toThrow('isn’t among the files of fraud-detector@2');
      expect(done).toEqual([]);
    },
  );

  it('is compared where both versions have it, and opened where one has', async () => {
    await openFiles(context, file('config.json', idOf(1)));
    await openFiles(context, file('old.json', idOf(1)));
    await openFiles(context, file('config.json'));
    const paths = (done as readonly (readonly unknown[])[]).map(([id, ...args]) => [
      id,
      ...args.flatMap((arg) => (typeof arg === 'object' && arg !== null && 'path' in arg ? [arg.path] : [])),
    ]);
    expect(paths).toEqual([
      ['vscode.diff', '/fraud-detector@1/config.json', '/fraud-detector@2/config.json'],
      ['vscode.open', '/fraud-detector@1/old.json'],
      ['vscode.open', '/fraud-detector@2/config.json'],
    ]);
  });

  it('is saved beside the project that it is from', async () => {
    await saveFile(context, file('config.json'));
    expect(done).toMatchObject([['save', { defaultUri: { path: '/its-folder/config.json' } }]]);
  });
});
