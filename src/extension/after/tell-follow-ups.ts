import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.ts';
import { t, tCount } from '../../base/language.ts';
import { told } from '../../base/retold.ts';
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
  const output = vscode.window.createOutputChannel(t('Model Registry: After Transitions'));
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

  /** Commands end with the thread that started them. */
  const stopped = (roots: readonly string[]) => {
    for (const [key, end] of ends) {
      if (!roots.some((root) => key.startsWith(`${root} `))) continue;
      ends.delete(key);
      end();
    }
  };

  const failed = (root: string, text: string) => {
    log.warn(`${root}: ${text}`);
    void warn(oneLine(text, 500), t('Show Output')).then((chosen) => {
      if (chosen === t('Show Output')) output.show(true);
    });
  };

  const received = ({ registry, event }: ThreadEventOf) => {
    if (event.kind === 'stopped') return stopped(registry.roots.map(({ uri }) => uri.fsPath));
    if (event.kind === 'followUpProblem')
      return failed(event.root, t('What should follow wasn’t done: {message}', { message: told(event.message) }));
    if (event.kind !== 'followUp') return;
    const { root, activity: what } = event;
    output.appendLine(lineOf(what));
    switch (what.kind) {
      case 'command-started':
        ends.set(`${root} ${what.label}`, activity.begin(t('Running {label}', { label: what.label })));
        return;
      case 'command-ended':
        ends.get(`${root} ${what.label}`)?.();
        ends.delete(`${root} ${what.label}`);
        if (what.problem === undefined)
          tellBriefly(t('{label} ran after the transition of {model}', { label: what.label, model: what.model }));
        else
          failed(
            root,
            t('{label} failed after the transition of {model}: {problem}. The transition stands.', {
              label: what.label,
              model: what.model,
              problem: told(what.problem),
            }),
          );
        return;
      case 'told':
        if (!what.isSent)
          failed(
            root,
            t('{host} wasn’t told of {event} of {model}: {why}.', {
              host: what.host,
              event: what.event,
              model: what.model,
              why: told(what.why),
            }),
          );
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
      return `  ${activity.problem === undefined ? t('it ended with 0') : told(activity.problem)}`;
    case 'command-unconfirmed':
      return t('{label} didn’t run: it isn’t confirmed', { label: oneLine(activity.label, 200) });
    case 'host-unconfirmed':
      return t('{host} wasn’t told of {event} of {model}: it isn’t confirmed', {
        host: activity.host,
        event: activity.event,
        model: activity.model,
      });
    case 'told':
      return activity.isSent
        ? tCount(
            activity.tries,
            '{host} was told of {event} of {model}',
            '{host} was told of {event} of {model} at try {count}',
            { host: activity.host, event: activity.event, model: activity.model },
          )
        : t('{host} wasn’t told of {event} of {model}: {why}', {
            host: activity.host,
            event: activity.event,
            model: activity.model,
            why: told(activity.why),
          });
  }
}
