import { rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { RegistryError } from '../../base/errors.ts';
import { formatNumber, t } from '../../base/language.ts';
import { filesReadTogether } from '../../modelfiles/files-read-together.ts';
import type { Inspector, InspectRequest } from '../../modelfiles/inspector.ts';
import type { TensorQuery, TensorRows } from '../../modelfiles/tensor-rows.ts';
import { makeOwnFolder } from '../../storage/own-folder.ts';
import type { VersionRegistries } from '../file-system/version-registries.ts';
import { placeOf } from '../file-system/version-uri.ts';
import type { ModelFilePageData } from '../messages/page-data.ts';

/** What another file system gives, such as git's for an older version, is held in memory on its way to a temporary file. */
const MAX_FOREIGN_BYTES = 256 * 1024 * 1024;

/** A model file that is open in an editor. */
export class ModelFileDocument implements vscode.CustomDocument {
  readonly uri: vscode.Uri;
  readonly #inspector: Inspector;
  readonly #versions: Pick<VersionRegistries, 'callsFor'>;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #watcher: vscode.FileSystemWatcher | undefined;
  #temporary: Promise<{ readonly folder: string; readonly file: string }> | undefined;

  /** The file is another now, or away. */
  readonly onDidChange = this.#changed.event;

  constructor(uri: vscode.Uri, inspector: Inspector, versions: Pick<VersionRegistries, 'callsFor'>) {
    this.uri = uri;
    this.#versions = versions;
    this.#inspector = inspector;
    if (uri.scheme !== 'file') return;
    const folder = vscode.Uri.joinPath(uri, '..');
    this.#watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, basename(uri.fsPath)));
    const changed = () => this.#changed.fire();
    this.#watcher.onDidChange(changed);
    this.#watcher.onDidCreate(changed);
    this.#watcher.onDidDelete(changed);
  }

  /** Throws what the inspector throws. */
  async read(): Promise<ModelFilePageData> {
    const { request, file } = await this.#whatToRead();
    const overview = await this.#inspector.overview(request);
    const { size, mtimeMs } = await stat(file);
    const { facts, formats, problems } = overview;
    const isFile = this.uri.scheme === 'file';
    return {
      name: basename(this.uri.path),
      // Of a version it would begin at the root, where no such folder is.
      path: isFile ? vscode.workspace.asRelativePath(this.uri, false) : this.uri.path.replace(/^\/+/, ''),
      sizeBytes: size,
      ...(isFile ? { changedAt: new Date(mtimeMs).toISOString() } : {}),
      fileCount: new Set(formats.flatMap(({ paths }) => paths)).size,
      facts: facts
        ? { ...facts, problems: [...(facts.problems ?? []), ...problems] }
        : { format: '', formatLabel: t('Not known here'), tensorCount: 0, dtypes: [], problems },
      canRegister: this.canRegister,
    };
  }

  async tensorRows(query: TensorQuery): Promise<TensorRows> {
    return this.#inspector.tensorRows((await this.#whatToRead()).request, query);
  }

  get canRegister(): boolean {
    const isInWorkspace = this.uri.scheme === 'file' && vscode.workspace.getWorkspaceFolder(this.uri) !== undefined;
    return isInWorkspace && vscode.workspace.isTrusted;
  }

  dispose(): void {
    this.#watcher?.dispose();
    this.#changed.dispose();
    // The system's own folder for temporary files: what can't be removed there now, the system removes.
    void this.#temporary?.then(({ folder }) => rm(folder, { recursive: true, force: true })).catch(() => undefined);
  }

  /** The files that are read, and the one that was opened. Those of a version are read where the registry has them, whatever their size. */
  async #whatToRead(): Promise<{ readonly request: InspectRequest; readonly file: string }> {
    const place = placeOf(this.uri);
    if (place === undefined || place === 'root') {
      const file = await this.#file();
      return { request: await filesReadTogether(file), file };
    }
    const { versionId, path } = place;
    const { files } = await (await this.#versions.callsFor(versionId)).filePlaces({ ref: versionId, path });
    return { request: { files }, file: files.find((found) => found.path === path)?.file ?? '' };
  }

  async #file(): Promise<string> {
    if (this.uri.scheme === 'file') return this.uri.fsPath;
    this.#temporary ??= this.#fetch().catch((error: unknown) => {
      this.#temporary = undefined;
      throw error;
    });
    return (await this.#temporary).file;
  }

  async #fetch(): Promise<{ readonly folder: string; readonly file: string }> {
    const { size } = await vscode.workspace.fs.stat(this.uri);
    if (size > MAX_FOREIGN_BYTES) {
      throw new RegistryError(
        'FILE_TOO_LARGE',
        t("{path} isn't on this disk and is larger than {size} MB, so it isn't read. Save it to a file first.", {
          path: this.uri.path,
          size: formatNumber(MAX_FOREIGN_BYTES / 1024 ** 2),
        }),
      );
    }
    const bytes = await vscode.workspace.fs.readFile(this.uri);
    const folder = await makeOwnFolder('file');
    const file = join(folder, basename(this.uri.path));
    await writeFile(file, bytes);
    return { folder, file };
  }
}
