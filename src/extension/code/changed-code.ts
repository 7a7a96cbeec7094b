import * as vscode from 'vscode';
import { formatNumber, t } from '../../base/language.ts';
import type { OperationOptions } from '../../base/progress.ts';
import type { CodeBetween } from '../../lineage/code-history.ts';
import type { Registries } from '../registries/registries.ts';
import { pairLabelOf } from '../version-text.ts';
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
  async between(
    { registryDir, beforeId, afterId }: ComparedVersions,
    operation?: OperationOptions,
  ): Promise<CodeBetween | undefined> {
    const { connection, folders } = await this.#registries.codeOf(registryDir);
    return connection.codeBetween({ folders, beforeId, afterId }, operation);
  }

  /** Opens one file. `from` is where it was, if it was moved. */
  async openFile(
    versions: ComparedVersions,
    { path, from = path }: { readonly path: string; readonly from?: string | undefined },
  ): Promise<void> {
    const { registryDir, beforeId, afterId } = versions;
    await vscode.commands.executeCommand(
      'vscode.diff',
      sourceUri(registryDir, beforeId, from),
      sourceUri(registryDir, afterId, path),
      `${path} (${await this.#titleOf(versions)})`,
      { preview: true },
    );
  }

  /** Opens all files in one tab. */
  async openAll(versions: ComparedVersions): Promise<void> {
    const [title, between] = await Promise.all([this.#titleOf(versions), this.between(versions)]);
    const { registryDir, beforeId, afterId } = versions;
    const files = (between?.files ?? []).slice(0, MAX_OPENED).map(({ path, from = path, kind }) => {
      const [before, after] = [sourceUri(registryDir, beforeId, from), sourceUri(registryDir, afterId, path)];
      return [after, kind === 'added' ? undefined : before, kind === 'removed' ? undefined : after];
    });
    const count = between?.fileCount ?? 0;
    const tab =
      count > files.length
        ? t('Code of {versions}, the first {shown} of {all} files', {
            versions: title,
            shown: formatNumber(files.length),
            all: formatNumber(count),
          })
        : t('Code of {versions}', { versions: title });
    await vscode.commands.executeCommand('vscode.changes', tab, files);
  }

  async #titleOf({ registryDir, beforeId, afterId }: ComparedVersions): Promise<string> {
    const registry = await this.#registries.callsFor(registryDir);
    const [before, after] = await Promise.all([registry.show({ ref: beforeId }), registry.show({ ref: afterId })]);
    return pairLabelOf(before, after);
  }
}
