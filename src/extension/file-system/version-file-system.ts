import * as vscode from 'vscode';
import { RegistryError } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import { toldOf } from '../../base/retold.ts';
import { labelOf } from '../version-text.ts';
import type { VersionRegistries } from './version-registries.ts';
import { placeOf, VERSION_SCHEME, type VersionPlace } from './version-uri.ts';

const ABSENT: ReadonlySet<string> = new Set([
  'FILE_NOT_FOUND',
  'MODEL_NOT_FOUND',
  'REGISTRY_NOT_FOUND',
  'VERSION_NOT_FOUND',
]);

/** The files of versions, read-only. Folders are listed and files verified by the registry's thread; a file is read when it is opened. */
export class VersionFileSystem implements vscode.FileSystemProvider {
  readonly #versions: Pick<VersionRegistries, 'callsFor'>;
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();

  /** Never: the files of a version don't change. */
  readonly onDidChangeFile = this.#changed.event;

  constructor(versions: Pick<VersionRegistries, 'callsFor'>) {
    this.#versions = versions;
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const place = this.#placeOf(uri);
    if (place === 'root') return { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0 };
    return telling(uri, async () => {
      const calls = await this.#versions.callsFor(place.versionId);
      const found = await calls.files({ ref: place.versionId, path: place.path });
      const time = Date.parse(found.version.createdAt);
      const permissions = vscode.FilePermission.Readonly;
      return found.kind === 'file'
        ? { type: vscode.FileType.File, ctime: time, mtime: time, size: found.sizeBytes, permissions }
        : { type: vscode.FileType.Directory, ctime: time, mtime: time, size: 0, permissions };
    });
  }

  async readDirectory(uri: vscode.Uri): Promise<[string, vscode.FileType][]> {
    const place = this.#placeOf(uri);
    const { versionId, path } = place === 'root' ? { versionId: uri.authority.toUpperCase(), path: '' } : place;
    return telling(uri, async () => {
      const found = await (await this.#versions.callsFor(versionId)).files({ ref: versionId, path });
      if (found.kind === 'file') throw vscode.FileSystemError.FileNotADirectory(uri);
      if (place === 'root') return [[labelOf(found.version), vscode.FileType.Directory]];
      return found.entries.map(({ name, kind }) => [
        name,
        kind === 'file' ? vscode.FileType.File : vscode.FileType.Directory,
      ]);
    });
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const place = this.#placeOf(uri);
    if (place === 'root') throw vscode.FileSystemError.FileIsADirectory(uri);
    const { versionId, path } = place;
    return telling(uri, async () => (await this.#versions.callsFor(versionId)).fileBytes({ ref: versionId, path }));
  }

  createDirectory(uri: vscode.Uri): never {
    throw readonly(uri);
  }

  writeFile(uri: vscode.Uri): never {
    throw readonly(uri);
  }

  delete(uri: vscode.Uri): never {
    throw readonly(uri);
  }

  rename(uri: vscode.Uri): never {
    throw readonly(uri);
  }

  #placeOf(uri: vscode.Uri): VersionPlace | 'root' {
    const place = placeOf(uri);
    if (place === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    return place;
  }
}

export function provideVersionFiles(versions: Pick<VersionRegistries, 'callsFor'>): vscode.Disposable {
  return vscode.workspace.registerFileSystemProvider(VERSION_SCHEME, new VersionFileSystem(versions), {
    isCaseSensitive: true,
    isReadonly: new vscode.MarkdownString(t('The files of a version never change. Restore them to work with a copy.')),
  });
}

/** The editor takes any error but its own for a fault of this extension. */
async function telling<T>(uri: vscode.Uri, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    if (!RegistryError.is(error)) throw error;
    throw ABSENT.has(error.code)
      ? vscode.FileSystemError.FileNotFound(uri)
      : vscode.FileSystemError.Unavailable(toldOf(error));
  }
}

function readonly(uri: vscode.Uri): vscode.FileSystemError {
  return vscode.FileSystemError.NoPermissions(
    t('{path} is part of a version, whose files never change.', { path: uri.path }),
  );
}
