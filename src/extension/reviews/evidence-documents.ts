import * as v from 'valibot';
import * as vscode from 'vscode';
import { toldOf } from '../../base/retold.ts';

const SCHEME = 'model-registry-evidence';
const querySchema = v.object({
  registryDir: v.string(),
  versionId: v.string(),
  stage: v.string(),
  gate: v.string(),
});
export type EvidenceOf = v.InferOutput<typeof querySchema>;

/** Opens what there is to show for a gate, an in-toto statement, as a read-only document. */
export async function showEvidence(evidence: EvidenceOf, label: string): Promise<void> {
  // The place is in the query as it is; the name is for people, and ends with the suffix of the language.
  const name = `Evidence of ${evidence.gate} for ${label}`.replaceAll(/[/\\]/g, ' ');
  const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name}.json`, query: JSON.stringify(evidence) });
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document, { preview: true });
}

/** Provides these documents, and reads them again when something was run or recorded. */
export function provideEvidence(
  read: (evidence: EvidenceOf) => Promise<string>,
  onDidChange: vscode.Event<string | undefined>,
): vscode.Disposable {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  return vscode.Disposable.from(
    changed,
    onDidChange(() => {
      for (const { uri } of vscode.workspace.textDocuments) if (uri.scheme === SCHEME) changed.fire(uri);
    }),
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      onDidChange: changed.event,
      async provideTextDocumentContent({ query }) {
        try {
          return await read(v.parse(querySchema, JSON.parse(query)));
        } catch (error) {
          return JSON.stringify({ problem: toldOf(error) }, undefined, 2);
        }
      },
    }),
  );
}
