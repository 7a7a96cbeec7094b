import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.ts';
import { t, tCount } from '../../base/language.ts';
import { toldOf, told as toldText } from '../../base/retold.ts';
import { entryWords } from '../activity/entry-words.ts';
import { warn } from '../notify.ts';
import type { Registries } from '../registries/registries.ts';
import { preferredMetric } from '../settings.ts';
import { oneLine } from '../version-text.ts';
import type { Credentials } from './credentials.ts';
import type { SharedStates } from './shared-states.ts';

/**
 * Answers what the registries' threads want of the editor for shared storage: credentials, and whether a person looks. Shows the badge of
 * refused work, and tells once of each that comes.
 */
export function tellSharing(options: {
  readonly registries: Registries;
  readonly states: SharedStates;
  readonly view: vscode.TreeView<unknown>;
  readonly credentials: Credentials;
  readonly log: vscode.LogOutputChannel;
}): vscode.Disposable {
  const { registries, states, view, credentials, log } = options;
  const told = new Map<string, number>();
  const quietly = (task: Promise<unknown>) => void task.catch((error: unknown) => log.warn(messageOf(error)));

  const answer = async (dir: string, id: number, url: string) => {
    const connection = (await registries.byDir(dir))?.connection;
    const credential = await credentials.for(url, { isSilent: true }).catch((error: unknown) => ({
      kind: 'missing' as const,
      message: t('The sign-in failed: {error}', { error: toldOf(error) }),
    }));
    await connection?.giveCredential(id, credential);
  };

  /** Names it where it is the only one: which of several came last isn't known. */
  const refusedText = async (dir: string) => {
    const [only, ...others] = (await (await registries.byDir(dir))?.connection.registry.refused()) ?? [];
    if (!only || others.length > 0) {
      return t(
        'Something that you asked for was refused by the shared registry, because something else was done meanwhile.',
      );
    }
    const words = entryWords(only, preferredMetric());
    const what = words ? `${words.label} ${words.what}` : toldText(only.summary);
    return t('The shared registry refused “{what}”, because something else was done meanwhile.', {
      what: oneLine(what, 200),
    });
  };

  const show = async () => {
    const all = [...states.all()];
    const refused = all.reduce((sum, [, state]) => sum + state.refused + state.stale, 0);
    view.badge =
      refused === 0
        ? undefined
        : { value: refused, tooltip: tCount(refused, '{count} to decide about', '{count} to decide about') };
    for (const [dir, state] of all) {
      const before = told.get(dir) ?? 0;
      told.set(dir, state.refused);
      if (state.refused <= before) continue;
      const chosen = await warn(
        state.refused - before === 1
          ? await refusedText(dir)
          : tCount(
              state.refused - before,
              '{count} thing that you asked for was refused by the shared registry.',
              '{count} things that you asked for were refused by the shared registry.',
            ),
        t('Show'),
      );
      if (chosen !== undefined) await vscode.commands.executeCommand('modelRegistry.sharing.focus');
    }
  };

  const subscriptions = [
    registries.onThreadEvent(({ registry, event }) => {
      if (event.kind === 'sharing') quietly(registry.connection.focus(vscode.window.state.focused));
      if (event.kind === 'credentialWanted') quietly(answer(registry.dir, event.id, event.url));
    }),
    states.onDidChange(() => quietly(show())),
    vscode.window.onDidChangeWindowState(({ focused }) => {
      quietly(registries.existing().then((all) => Promise.all(all.map(({ connection }) => connection.focus(focused)))));
    }),
  ];
  return vscode.Disposable.from(...subscriptions);
}
