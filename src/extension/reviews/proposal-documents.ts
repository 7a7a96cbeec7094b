import * as v from 'valibot';
import * as vscode from 'vscode';
import { t, tCount } from '../../base/language.ts';
import type { PolicyProposal } from '../../registry/api/policies.ts';
import type { Registries } from '../registries/registries.ts';
import { momentText, oneLine } from '../version-text.ts';

const SCHEME = 'model-registry-policy';
const querySchema = v.object({ registryDir: v.string(), model: v.string(), digest: v.string() });
type Proposed = v.InferOutput<typeof querySchema>;

/** Opens what a proposed policy would change, as a read-only document. */
export async function showProposedPolicy({ registryDir, model, digest }: Proposed): Promise<void> {
  const path = `/${t('Policy of {model}', { model: model.replaceAll(/[/\\]/g, ' ') })}.diff`;
  const uri = vscode.Uri.from({ scheme: SCHEME, path, query: JSON.stringify({ registryDir, model, digest }) });
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document, { preview: true });
}

/** Provides these documents, and reads them again when something was said. */
export function provideProposals(registries: Pick<Registries, 'callsFor' | 'onDidChange'>): vscode.Disposable {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  return vscode.Disposable.from(
    changed,
    registries.onDidChange(() => {
      for (const { uri } of vscode.workspace.textDocuments) if (uri.scheme === SCHEME) changed.fire(uri);
    }),
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      onDidChange: changed.event,
      async provideTextDocumentContent({ query }) {
        const { registryDir, model, digest } = v.parse(querySchema, JSON.parse(query));
        const proposals = await (await registries.callsFor(registryDir)).policyProposals({ model });
        const found = proposals.find((proposal) => proposal.digest === digest);
        return found
          ? proposalText(found)
          : `${t('The policy of {model} isn’t proposed any more.', { model: oneLine(model) })}\n`;
      },
    }),
  );
}

/** What it changes, in the lines of `policy apply`, and who said what. */
export function proposalText(proposal: PolicyProposal): string {
  const { model, by, at, comment, removed, added, kept, votes, needed, problem } = proposal;
  const lines = [
    t('Policy of {model}, proposed by {name}, {moment}', {
      model: oneLine(model),
      name: oneLine(by.name),
      moment: momentText(at),
    }),
    ...(comment === '' ? [] : [oneLine(comment, 1000)]),
    '',
    ...removed.map((line) => `- ${oneLine(line, 1000)}`),
    ...added.map((line) => `+ ${oneLine(line, 1000)}`),
    ...kept.map((line) => `  ${oneLine(line, 1000)}`),
    '',
    needed === 0
      ? t('It needs nobody’s approval.')
      : tCount(needed, 'It needs an approval.', 'It needs {count} approvals.'),
    ...votes.map((vote) => {
      const why = vote.comment === '' ? '' : `: ${oneLine(vote.comment, 1000)}`;
      const said = { name: oneLine(vote.by.name || vote.person), moment: momentText(vote.at) };
      const what = vote.isGiven ? t('{name} approved it, {moment}', said) : t('{name} refused it, {moment}', said);
      return `${what}${why}`;
    }),
    ...(problem === undefined ? [] : [oneLine(problem, 1000)]),
  ];
  return `${lines.join('\n')}\n`;
}
