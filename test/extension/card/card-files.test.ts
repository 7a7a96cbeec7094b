import { expect, it, vi } from 'vitest';
import { RegistryError } from '../../../src/base/errors.ts';
import { newIdSource } from '../../../src/base/ids.ts';

interface Files {
  stat(uri: unknown): Promise<unknown>;
  createDirectory(): unknown;
  writeFile(uri: unknown, content: Uint8Array): Promise<void>;
}
const provided: Files[] = [];

vi.mock('vscode', () => ({
  EventEmitter: class {
    readonly event = () => ({ dispose: () => undefined });
  },
  Disposable: { from: () => ({ dispose: () => undefined }) },
  FileSystemError: {
    FileNotFound: () => new Error('FileNotFound'),
    NoPermissions: () => new Error('NoPermissions'),
    Unavailable: (message: string) => new Error(`Unavailable: ${message}`),
  },
  FileType: { File: 1 },
  workspace: {
    isTrusted: true,
    registerFileSystemProvider: (_scheme: string, files: Files) => provided.push(files),
  },
}));

const { provideCards } = await import('../../../src/extension/card/card-files.ts');

it('tells why the card of a version that was deleted meanwhile isn’t saved', async () => {
  const gone = async () => {
    throw new RegistryError('VERSION_NOT_FOUND', 'Version 2 was deleted.');
  };
  provideCards({
    versions: { callsFor: async () => ({ show: gone, describe: gone }) as never },
    onDidChange: () => ({ dispose: () => undefined }),
  });
  const [files] = provided;
  const uri = { authority: newIdSource()().toLowerCase(), path: '/fraud@2/README.md' };
  await expect(files?.stat(uri)).rejects.toThrow('FileNotFound');
  await expect(files?.writeFile({ ...uri, path: '/x/../etc/README.md' }, Buffer.from('x'))).rejects.toThrow(
    'FileNotFound',
  );
  // What the editor does with a file that isn't there.
  expect(() => files?.createDirectory()).not.toThrow();
  await expect(files?.writeFile(uri, Buffer.from('more'))).rejects.toThrow('Unavailable: Version 2 was deleted.');
});
