import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import type { TransitionResult } from '../../registry/api/stages.ts';
import { inform } from '../notify.ts';
import { labelOf, numberOf } from '../version-text.ts';
import type { CommandContext } from './command-context.ts';

/** Says what a change of stage came to. */
export function tellMoved(
  { log, pages }: Pick<CommandContext, 'log' | 'pages'>,
  registryDir: string,
  { version, from, to, kind, displaced, pending }: TransitionResult,
): void {
  const where = { version: labelOf(version), stage: to };
  const text = [
    kind === 'rollback' ? t('{version} is back in {stage}.', where) : t('{version} is in {stage}.', where),
    ...(from === 'production' ? [t('Nothing of {model} is in production now.', { model: version.model })] : []),
    ...displaced.map((other) =>
      t('Version {number} moved to {stage}.', { number: numberOf(other), stage: other.stage }),
    ),
    ...(pending ? [t('That is recorded here and not shared yet: others don’t see it, and it may be refused.')] : []),
  ].join(' ');
  log.info(text);
  const [before] = displaced;
  const buttons = before ? ([t('What Changed?'), t('Show Version')] as const) : ([t('Show Version')] as const);
  void inform(text, ...buttons)
    .then((chosen) => {
      if (chosen === t('What Changed?') && before)
        return pages.openChanges({ registryDir, beforeId: before.id, afterId: version.id });
      return chosen === undefined
        ? undefined
        : vscode.commands.executeCommand('modelRegistry.showVersion', { registryDir, versionId: version.id });
    })
    .then(undefined, (error: unknown) => log.error(messageOf(error)));
}
