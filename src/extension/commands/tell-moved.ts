import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import type { TransitionResult } from '../../registry/api/stages.ts';
import { inform, warn } from '../notify.ts';
import type { Registries } from '../registries/registries.ts';
import { preferredMetric } from '../settings.ts';
import { standingText } from '../standing-text.ts';
import { labelOf, numberOf } from '../version-text.ts';
import type { CommandContext } from './command-context.ts';

export type MovedContext = Pick<CommandContext, 'log' | 'pages'> & {
  readonly registries: Pick<Registries, 'directionsFor' | 'callsFor'>;
};

/** Says what a change of stage came to, and what one may want next: to look at it, or to take it back. */
export async function tellMoved(
  { log, pages, registries }: MovedContext,
  registryDir: string,
  result: TransitionResult,
): Promise<void> {
  const { version, from, to, kind, displaced, pending } = result;
  const [before] = displaced;
  const declared = before && (await registries.directionsFor(registryDir, version.model).catch(() => undefined));
  const standing = before && standingText(version, before, { preferred: preferredMetric(), declared });
  // It is told what was done, not how it is: the message may be there long after somebody did something else.
  const text = [
    doneText(result),
    ...(from === 'production' ? [t('Nothing of {model} is in production now.', { model: version.model })] : []),
    ...displaced.map((other) =>
      t('Version {number} moved to {stage}.', { number: numberOf(other), stage: other.stage }),
    ),
    ...(standing ? [`${standing.text}.`] : []),
    ...(pending ? [t('That is recorded here and not shared yet: others don’t see it, and it may be refused.')] : []),
  ].join(' ');
  log.info(text);
  const [changes, back, show] = [t('What Changed?'), t('Roll Back…'), t('Show Version')];
  const canGoBack = before !== undefined && kind === 'promote' && to === 'production';
  const buttons = before === undefined ? [show] : canGoBack ? [changes, back] : [changes, show];
  const run = (command: string, argument: object) => vscode.commands.executeCommand(command, argument);
  void inform(text, ...buttons)
    .then((chosen) => {
      if (chosen === changes && before)
        return pages.openChanges({ registryDir, beforeId: before.id, afterId: version.id });
      if (chosen === back) return rollBack(registries, registryDir, version);
      return chosen === undefined
        ? undefined
        : run('modelRegistry.showVersion', { registryDir, versionId: version.id });
    })
    .then(undefined, (error: unknown) => log.error(messageOf(error)));
}

/** The message may have been there for long: what it was about may be in production no more, and going back be another step. */
async function rollBack(
  registries: MovedContext['registries'],
  registryDir: string,
  moved: TransitionResult['version'],
): Promise<void> {
  const { id, modelId } = moved;
  const { production } = await (await registries.callsFor(registryDir)).showModel({ model: modelId });
  const roll = () => vscode.commands.executeCommand('modelRegistry.rollBack', { registryDir, modelId });
  if (production?.id === id) {
    await roll();
    return;
  }
  const gone = labelOf(moved);
  const [again, show] = [t('Roll Back…'), t('Show Model')];
  const chosen = production
    ? await warn(
        t('{version} isn’t in production any more, but {now}. Nothing was rolled back.', {
          version: gone,
          now: labelOf(production),
        }),
        again,
        show,
      )
    : await warn(
        t('{version} isn’t in production any more, and no other version is. Nothing was rolled back.', {
          version: gone,
        }),
        show,
      );
  if (chosen === again) await roll();
  else if (chosen === show) await vscode.commands.executeCommand('modelRegistry.showModel', { registryDir, modelId });
}

function doneText({ version, to, kind }: TransitionResult): string {
  const moved = { version: labelOf(version), stage: to };
  switch (kind) {
    case 'promote':
      return t('Promoted {version} to {stage}.', moved);
    case 'rollback':
      return t('Rolled {stage} back to {version}.', moved);
    case 'demote':
      return t('Moved {version} back to {stage}.', moved);
    case 'archive':
      return t('Archived {version}.', { version: moved.version });
  }
}
