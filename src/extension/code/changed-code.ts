import * as vscode from 'vscode';
import { RegistryError } from '../../base/errors.ts';
import type { OperationOptions } from '../../base/progress.ts';
import type { CodeBetween } from '../../lineage/code-history.ts';
import type { VersionSummary } from '../../registry/api.ts';
import type { Registries } from '../registries/registries.ts';
import { labelOf } from '../version-text.ts';
import { sourceUri } from './source-documents.ts';

/** The editor's own comparison of many files opens so many at most. */
const MAX_OPENED = 200;

/** Two versions whose code is compared. */
export interface ComparedVersions {
  readonly registryDir: string;
  readonly beforeId: string;
  readonly afterId: string;
}

/** What changed in the code between two versions, and showing it in the editor's own comparison. */
export class ChangedCode {
  readonly #registries: Registries;

  constructor(registries: Registries) {
    this.#registries = registries;
  }

  /** What git tells; undefined where a version has no commit. Throws `COMMIT_NOT_FOUND`, `REPOSITORY_NOT_FOUND`, `GIT_MISSING`. */
  async between(versions: ComparedVersions, operation?: OperationOptions): Promise<CodeBetween | undefined> {
    const sides = await this.#sidesOf(versions);
    if (!sides) return undefined;
    const { connection, folders } = await this.#registries.codeOf(versions.registryDir);
    return connection.codeBetween({ folders, before: sides.before, after: sides.after }, operation);
  }

  /** Opens one file. `from` is where it was, if it was moved. */
  async openFile(
    versions: ComparedVersions,
    { path, from = path }: { readonly path: string; readonly from?: string | undefined },
  ) {
    const sides = await this.#sidesOf(versions);
    if (!sides) throw noCode();
    const { registryDir } = versions;
    await vscode.commands.executeCommand(
      'vscode.diff',
      sourceUri(registryDir, sides.before, from),
      sourceUri(registryDir, sides.after, path),
      `${path} (${sides.title})`,
      { preview: true },
    );
  }

  /** Opens all files in one tab. */
  async openAll(versions: ComparedVersions): Promise<void> {
    const [sides, between] = await Promise.all([this.#sidesOf(versions), this.between(versions)]);
    if (!sides || !between) throw noCode();
    const { registryDir } = versions;
    const files = between.files.slice(0, MAX_OPENED).map(({ path, from = path, kind }) => {
      const [before, after] = [sourceUri(registryDir, sides.before, from), sourceUri(registryDir, sides.after, path)];
      return [after, kind === 'added' ? undefined : before, kind === 'removed' ? undefined : after];
    });
    const shown = between.fileCount > files.length ? `, the first ${files.length} of ${between.fileCount} files` : '';
    await vscode.commands.executeCommand('vscode.changes', `Code of ${sides.title}${shown}`, files);
  }

  async #sidesOf({ registryDir, beforeId, afterId }: ComparedVersions) {
    const registry = await this.#registries.callsFor(registryDir);
    const [before, after] = await Promise.all([registry.show({ ref: beforeId }), registry.show({ ref: afterId })]);
    const [one, other] = [before.lineage.code?.commit, after.lineage.code?.commit];
    if (one === undefined || other === undefined) return undefined;
    return { before: one, after: other, title: titleOf(before, after) };
  }
}

function titleOf(before: VersionSummary, after: VersionSummary): string {
  return `${labelOf(before)} ↔ ${labelOf(after)}`;
}

function noCode(): RegistryError {
  return new RegistryError(
    'CODE_UNKNOWN',
    'One of the versions was registered without its code, so there is nothing to compare.',
  );
}
