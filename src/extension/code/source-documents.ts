import * as v from 'valibot';
import * as vscode from 'vscode';
import { t } from '../../base/language.ts';
import { sizeText } from '../../base/size.ts';
import type { SourceFile } from '../../lineage/source-file.ts';
import type { RegistryConnection } from '../registries/registry-connection.ts';

const SCHEME = 'model-registry-source';

const querySchema = v.object({ dir: v.string(), versionId: v.string(), path: v.string() });

/** The address of a read-only document that shows a file as a version was trained with it. */
export function sourceUri(dir: string, versionId: string, path: string): vscode.Uri {
  // The place is in the query as it is: a path of an address can't have everything that one in a repository can.
  return vscode.Uri.from({ scheme: SCHEME, path: `/${path}`, query: JSON.stringify({ dir, versionId, path }) });
}

export type CodeOf = (dir: string) => Promise<{
  readonly connection: Pick<RegistryConnection, 'sourceFile'>;
  readonly folders: readonly string[];
}>;

/** Shows source files as they were. What a version was trained with never changes, so the documents don't either. */
export function provideSourceDocuments(codeOf: CodeOf): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    async provideTextDocumentContent({ query }) {
      const { dir, versionId, path } = v.parse(querySchema, JSON.parse(query));
      const { connection, folders } = await codeOf(dir);
      return textOf(await connection.sourceFile({ folders, versionId, path }), path);
    },
  });
}

function textOf(file: SourceFile, path: string): string {
  switch (file.kind) {
    case 'text':
      return file.text;
    case 'absent':
      return '';
    case 'binary':
      return `${t('{path} isn’t a text file: {size}.', { path, size: sizeText(file.sizeBytes) })}\n`;
    case 'large':
      return `${t('{path} is too large to be shown: {size}.', { path, size: sizeText(file.sizeBytes) })}\n`;
  }
}
