import * as vscode from 'vscode';
import { RegistryError } from '../../base/errors.ts';
import { isUlid } from '../../base/ids.ts';
import { t } from '../../base/language.ts';
import { toldOf } from '../../base/retold.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import type { VersionRegistries } from '../file-system/version-registries.ts';
import { labelOf } from '../version-text.ts';

const CARD_SCHEME = 'model-registry-card';

/** The address of a version's card as a document that can be edited: its id alone says which one is meant. */
export function cardUri(version: Pick<VersionSummary, 'model' | 'id' | 'number' | 'pending'>): vscode.Uri {
  return vscode.Uri.from({
    scheme: CARD_SCHEME,
    authority: version.id.toLowerCase(),
    path: `/${labelOf(version)}/README.md`,
  });
}

interface Known {
  readonly text: string;
  readonly changedMs: number;
}

/**
 * Descriptions of versions as files, so that the editor's own means write them, with its preview of Markdown. Saving records a new description; where
 * somebody else's is there meanwhile, the editor says so, and the person compares.
 */
class CardFiles implements vscode.FileSystemProvider {
  readonly #versions: Pick<VersionRegistries, 'callsFor'>;
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  /** What the editor has of each card: the text that the person saw, and since when. */
  readonly #known = new Map<string, Known>();

  readonly onDidChangeFile = this.#changed.event;

  constructor(versions: Pick<VersionRegistries, 'callsFor'>) {
    this.#versions = versions;
  }

  /** Others may have changed descriptions: the editor looks at those that it shows. */
  async lookAgain(): Promise<void> {
    for (const { uri } of vscode.workspace.textDocuments) {
      const text = this.#known.get(uri.toString())?.text;
      if (uri.scheme !== CARD_SCHEME || text === undefined) continue;
      const now = await this.#textOf(uri).catch(() => text);
      if (now !== text) this.#changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
    }
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { text, changedMs } = await this.#look(uri);
    const size = Buffer.byteLength(text);
    const readonly = vscode.workspace.isTrusted ? {} : { permissions: vscode.FilePermission.Readonly };
    return { type: vscode.FileType.File, ctime: 0, mtime: changedMs, size, ...readonly };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return Buffer.from((await this.#look(uri)).text);
  }

  async writeFile(uri: vscode.Uri, content: Uint8Array): Promise<void> {
    if (!vscode.workspace.isTrusted)
      throw vscode.FileSystemError.NoPermissions(
        t('This folder is open in Restricted Mode, so its registry can only be looked at. Nothing was changed.'),
      );
    const versionId = versionIn(uri);
    const text = Buffer.from(content).toString('utf8');
    const seen = this.#known.get(uri.toString());
    await saying(async () => {
      const registry = await this.#versions.callsFor(versionId);
      await registry.describe({ ref: versionId, text, ...(seen ? { expected: seen.text } : {}) });
    });
    this.#known.set(uri.toString(), { text: textOfFile(text), changedMs: Date.now() });
  }

  readDirectory(): never {
    throw vscode.FileSystemError.FileNotFound();
  }

  /** The editor asks for the folder of a card that isn't there any more: what is wrong, writing the card tells. */
  createDirectory(): void {}

  delete(): never {
    throw vscode.FileSystemError.NoPermissions();
  }

  rename(): never {
    throw vscode.FileSystemError.NoPermissions();
  }

  dispose(): void {
    this.#changed.dispose();
  }

  async #look(uri: vscode.Uri): Promise<Known> {
    const text = await this.#textOf(uri);
    const known = this.#known.get(uri.toString());
    if (known?.text === text) return known;
    const now = { text, changedMs: Date.now() };
    if (this.#known.size >= 200) this.#known.clear();
    this.#known.set(uri.toString(), now);
    return now;
  }

  async #textOf(uri: vscode.Uri): Promise<string> {
    const versionId = versionIn(uri);
    return telling(uri, async () => {
      const { description } = await (await this.#versions.callsFor(versionId)).show({ ref: versionId });
      return textOfFile(description);
    });
  }
}

/** The log keeps a text without the white space around it, and a file ends with its line. */
function textOfFile(description: string): string {
  return description.trim() === '' ? '' : `${description.trim()}\n`;
}

function versionIn(uri: vscode.Uri): string {
  const id = uri.authority.toUpperCase();
  if (!isUlid(id) || !/^\/[^/]+\/README\.md$/.test(uri.path)) throw vscode.FileSystemError.FileNotFound(uri);
  return id;
}

/** The editor takes any error but its own for a fault of this extension. */
async function telling<T>(uri: vscode.Uri, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    if (RegistryError.is(error) && /_NOT_FOUND$/.test(error.code)) throw vscode.FileSystemError.FileNotFound(uri);
    return saying(() => Promise.reject(error));
  }
}

/** Of an error of the registry, its words. */
async function saying<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    throw RegistryError.is(error) ? vscode.FileSystemError.Unavailable(toldOf(error)) : error;
  }
}

export interface CardFilesOptions {
  readonly versions: Pick<VersionRegistries, 'callsFor'>;
  readonly onDidChange: vscode.Event<unknown>;
}

export function provideCards({ versions, onDidChange }: CardFilesOptions): vscode.Disposable {
  const files = new CardFiles(versions);
  return vscode.Disposable.from(
    files,
    vscode.workspace.registerFileSystemProvider(CARD_SCHEME, files, { isCaseSensitive: true }),
    onDidChange(() => void files.lookAgain()),
  );
}
