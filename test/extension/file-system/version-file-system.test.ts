import { describe, expect, it, vi } from 'vitest';
import type { Registry } from '../../../src/registry/api/registry.ts';
import { makePlace } from '../../registry/opened.ts';

class FileSystemError extends Error {
  static readonly FileNotFound = () => new FileSystemError('FileNotFound');
  static readonly FileNotADirectory = () => new FileSystemError('FileNotADirectory');
  static readonly FileIsADirectory = () => new FileSystemError('FileIsADirectory');
  static readonly NoPermissions = () => new FileSystemError('NoPermissions');
  static readonly Unavailable = (message: string) => new FileSystemError(`Unavailable: ${message}`);
}
interface Parts {
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
}

vi.mock('vscode', () => ({
  EventEmitter: class {
    readonly event = () => ({ dispose: () => undefined });
  },
  FileSystemError,
  FileType: { File: 1, Directory: 2 },
  FilePermission: { Readonly: 1 },
  Uri: { from: (parts: Parts) => parts },
}));

const { VersionFileSystem } = await import('../../../src/extension/file-system/version-file-system.ts');
const { VersionRegistries } = await import('../../../src/extension/file-system/version-registries.ts');
const { placeOf, versionUri } = await import('../../../src/extension/file-system/version-uri.ts');

async function withVersion() {
  const place = await makePlace();
  const registry = await place.open();
  await place.write('out/config.json', '{"layers": 2}');
  await place.write('out/weights/a.bin', 'aaaa');
  await place.write('out/readme.md', '# Fraud');
  const { version } = await registry.register({ model: 'fraud', paths: [`${place.dir}/out`] });
  const of = (calls: Registry) => ({ dir: calls.location.dir, connection: { registry: calls } });
  const empty = await (await makePlace()).open();
  const registries = new VersionRegistries({ existing: async () => [of(empty), of(registry)] as never });
  const files = new VersionFileSystem(registries);
  const uri = (path: string) => versionUri(version, path) as never;
  return { files, uri, version, registry };
}

describe('the file system of versions', () => {
  it('finds the registry that has the version, and shows its folders and files', async () => {
    const { files, uri, version } = await withVersion();
    expect(await files.readDirectory(uri(''))).toEqual([
      ['config.json', 1],
      ['readme.md', 1],
      ['weights', 2],
    ]);
    expect(await files.stat(uri('weights'))).toMatchObject({ type: 2 });
    const time = Date.parse(version.createdAt);
    expect(await files.stat(uri('weights/a.bin'))).toMatchObject({ type: 1, size: 4, mtime: time, permissions: 1 });
    expect(Buffer.from(await files.readFile(uri('config.json'))).toString()).toBe('{"layers": 2}');
  });

  it('has the version’s own folder at its root', async () => {
    const { files, version } = await withVersion();
    const root = { scheme: 'model-registry', authority: version.id.toLowerCase(), path: '/' } as never;
    expect(await files.readDirectory(root)).toEqual([['fraud@1', 2]]);
    expect(await files.stat(root)).toMatchObject({ type: 2 });
  });

  it('tells the editor in its own errors what isn’t there, and what can’t be read', async () => {
    const { files, uri, registry } = await withVersion();
    await expect(files.stat(uri('nothing'))).rejects.toThrow('FileNotFound');
    await expect(files.readFile(uri('weights'))).rejects.toThrow('FileNotFound');
    await expect(files.readDirectory(uri('config.json'))).rejects.toThrow('FileNotADirectory');
    const stranger = { scheme: 'model-registry', authority: '01kay3qz5j0000000000000001', path: '/x@1/a' } as never;
    await expect(files.stat(stranger)).rejects.toThrow('FileNotFound');
    vi.spyOn(registry, 'fileBytes').mockRejectedValue(
      Object.assign(new (await import('../../../src/base/errors.ts')).RegistryError('FILE_TOO_LARGE', 'It has 3 GB.')),
    );
    await expect(files.readFile(uri('config.json'))).rejects.toThrow('Unavailable: It has 3 GB.');
  });

  it('lets nothing be changed', async () => {
    const { files, uri } = await withVersion();
    for (const change of ['writeFile', 'delete', 'rename', 'createDirectory'] as const)
      expect(() => files[change](uri('config.json'))).toThrow('NoPermissions');
  });
});

describe('the address of a file of a version', () => {
  const version = { model: 'fraud', id: '01KAY3QZ5J0000000000000001', number: 7, pending: false };

  it('names the version by its id alone', () => {
    expect(placeOf(versionUri(version, 'a/b c.json'))).toEqual({ versionId: version.id, path: 'a/b c.json' });
    expect(placeOf({ ...versionUri(version), path: '/renamed@7/a' })).toEqual({ versionId: version.id, path: 'a' });
  });

  it.each([
    ['file', version.id.toLowerCase(), '/fraud@7/a'],
    ['model-registry', '', '/fraud@7/a'],
    ['model-registry', 'example.com', '/fraud@7/a'],
    ['model-registry', version.id.toLowerCase(), '/fraud@7/../a'],
    ['model-registry', version.id.toLowerCase(), '/fraud@7//a'],
    ['model-registry', version.id.toLowerCase(), '//a'],
  ])('is none as %s://%s%s', (scheme, authority, path) => {
    expect(placeOf({ scheme, authority, path })).toBeUndefined();
  });
});
