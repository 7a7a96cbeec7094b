import * as vscode from 'vscode';
import type { Proposal, ProposalOutcome } from '../../agents/tool.ts';
import { messageOf, RegistryError } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import { inform } from '../notify.ts';
import type { Pages } from '../pages/pages.ts';
import type { WorkspaceRegistry } from '../registries/registries.ts';
import { oneLine } from '../version-text.ts';

interface ProposalsOptions {
  readonly pages: Pick<Pages, 'openReview'>;
  readonly log: vscode.LogOutputChannel;
}

/**
 * Shows a person what a language model proposes. The keyboard stays where it is, so that nobody confirms with what they were just typing:
 * a promotion is decided by a button of its page, and a rollback begins with that of a message. Throws `RESTRICTED_MODE`.
 */
export function showProposals({ pages, log }: ProposalsOptions) {
  return async ({ dir }: WorkspaceRegistry, proposal: Proposal): Promise<ProposalOutcome> => {
    if (!vscode.workspace.isTrusted)
      throw new RegistryError(
        'RESTRICTED_MODE',
        'The folder is open in Restricted Mode, so its registry can only be looked at. Nothing was proposed.',
      );
    const { stage, reason } = proposal;
    if (proposal.kind === 'promotion') {
      pages.openReview({ registryDir: dir, versionId: proposal.versionId, stage }, reason);
      const asked = proposal.reviewers.length === 0 ? '' : ' They also decide whom to ask for a review.';
      return {
        status: 'opened',
        next: `The review is open in the editor with your reason filled in. A person reads it and decides.${asked}`,
      };
    }
    const { modelId, number, version } = proposal;
    void inform(
      t('A language model proposes to put {version} back into {stage}: {reason}', {
        version: oneLine(version, 200),
        stage,
        reason: oneLine(reason, 300),
      }),
      t('Roll Back…'),
    )
      .then((chosen) =>
        chosen === undefined
          ? undefined
          : vscode.commands.executeCommand('modelRegistry.rollBack', {
              registryDir: dir,
              modelId,
              proposal: { number, stage, reason },
            }),
      )
      .then(undefined, (error: unknown) => log.error(messageOf(error)));
    return { status: 'opened', next: 'A message in the editor shows it to a person, who rolls back or doesn’t.' };
  };
}
