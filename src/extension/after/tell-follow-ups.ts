import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.ts';
import type { FollowUpActivity } from '../../serving/after/follow-up.ts';
import { tellBriefly, warn } from '../notify.ts';
import type { ProjectFiles } from '../project/project-files.ts';
import type { Registries, ThreadEventOf } from '../registries/registries.ts';
import type { Activity } from '../status/activity.ts';
import { oneLine } from '../version-text.ts';
import { confirmHost } from './confirm-host.ts';
import type { WebhookSecrets } from './webhook-secrets.ts';

export interface TellOptions {
  readonly registries: Registries;
  readonly projectFiles: ProjectFiles;
  readonly secrets: WebhookSecrets;
  readonly activity: Activity;
  readonly log: vscode.LogOutputChannel;
}

/**
 * Shows what follows transitions: the output of commands in a channel of its own, what failed in a message. Asks about the hosts of webhooks,
 * when a folder is opened and when something was to be sent to one.
 */
export function tellFollowUps(options: TellOptions): vscode.Disposable {
  const { registries, projectFiles, activity, log } = options;
  const output = vscode.window.createOutputChannel('Model Registry: After Transitions');
  const ends = new Map<string, () => void>();
  const asked = new Set<string>();

  const rootOf = (root: string) => projectFiles.roots.find(({ uri }) => uri.fsPath === root);
  const quietly = (task: Promise<unknown>) => void task.catch((error: unknown) => log.warn(messageOf(error)));

  const offer = async (root: vscode.WorkspaceFolder) => {
    if (!vscode.workspace.isTrusted || !projectFiles.has(root)) return;
    const registry = await registries.byRoot(root);
    if (!registry?.exists) return;
    const open = (await registry.connection.webhooks(root.uri.fsPath).catch(() => [])).filter(
      ({ answer, origin }) => answer === undefined && !asked.has(`${root.uri.toString()} ${origin}`),
    );
    for (const webhook of open) {
      const key = `${root.uri.toString()} ${webhook.origin}`;
      if (asked.has(key)) continue;
      // Closing the question is no answer; it is asked again in another session.
      asked.add(key);
      await confirmHost({ root, webhook, connection: registry.connection, secrets: options.secrets });
    }
  };

  const failed = (root: string, text: string) => {
    log.warn(`${root}: ${text}`);
    void warn(oneLine(text, 500), 'Show Output').then((chosen) => {
      if (chosen === 'Show Output') output.show(true);
    });
  };

  const received = ({ event }: ThreadEventOf) => {
    if (event.kind === 'followUpProblem') return failed(event.root, `What should follow wasn’t done: ${event.message}`);
    if (event.kind !== 'followUp') return;
    const { root, activity: what } = event;
    output.appendLine(lineOf(what));
    switch (what.kind) {
      case 'command-started':
        ends.set(`${root} ${what.label}`, activity.begin(`Running ${what.label}`));
        return;
      case 'command-ended':
        ends.get(`${root} ${what.label}`)?.();
        ends.delete(`${root} ${what.label}`);
        if (what.problem === undefined) tellBriefly(`${what.label} ran after the transition of ${what.model}`);
        else
          failed(
            root,
            `${what.label} failed after the transition of ${what.model}: ${what.problem}. The transition stands.`,
          );
        return;
      case 'told':
        if (!what.isSent) failed(root, `${what.host} wasn’t told of ${what.event} of ${what.model}: ${what.why}.`);
        return;
      case 'host-unconfirmed': {
        const folder = rootOf(root);
        if (folder) quietly(offer(folder));
        return;
      }
    }
  };

  for (const root of projectFiles.roots) quietly(offer(root));
  return vscode.Disposable.from(
    output,
    registries.onThreadEvent(received),
    projectFiles.onDidChange((root) => quietly(offer(root))),
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      for (const root of projectFiles.roots) quietly(offer(root));
    }),
    new vscode.Disposable(() => {
      for (const end of ends.values()) end();
    }),
  );
}

function lineOf(activity: FollowUpActivity): string {
  switch (activity.kind) {
    case 'command-started':
      return `▸ ${oneLine(activity.label, 200)}`;
    case 'line':
      return activity.text;
    case 'command-ended':
      return `  ${activity.problem ?? 'it ended with 0'}`;
    case 'command-unconfirmed':
      return `${oneLine(activity.label, 200)} didn’t run: it isn’t confirmed`;
    case 'host-unconfirmed':
      return `${activity.host} wasn’t told of ${activity.event} of ${activity.model}: it isn’t confirmed`;
    case 'told':
      return activity.isSent
        ? `${activity.host} was told of ${activity.event} of ${activity.model}${activity.tries === 1 ? '' : ` at try ${activity.tries}`}`
        : `${activity.host} wasn’t told of ${activity.event} of ${activity.model}: ${activity.why}`;
  }
}
