import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import type { ReviewPageState } from '../messages/page-states.ts';
import { inform } from '../notify.ts';
import type { Pages } from '../pages/pages.ts';

/** Says that people were asked for a review, and offers the link to it: whoever is asked elsewhere wants one. */
export function tellRequested(
  { pages, log }: { readonly pages: Pick<Pages, 'openReview'>; readonly log: Pick<vscode.LogOutputChannel, 'error'> },
  state: ReviewPageState,
  text: string,
): void {
  const [open, copy] = [t('Open Review'), t('Copy Link')];
  void inform(text, copy, open)
    .then((chosen) => {
      if (chosen === open) pages.openReview(state);
      return chosen === copy ? vscode.commands.executeCommand('modelRegistry.copyLink', state) : undefined;
    })
    .then(undefined, (error: unknown) => log.error(messageOf(error)));
}
