import * as vscode from 'vscode';
import { t } from '../../base/language.ts';
import { inform } from '../notify.ts';
import type { RegistryConnection } from '../registries/registry-connection.ts';
import type { KnownWebhook } from '../registries/thread-answers.ts';
import { oneLine } from '../version-text.ts';
import type { WebhookSecrets } from './webhook-secrets.ts';

interface HostQuestion {
  readonly root: vscode.WorkspaceFolder;
  readonly webhook: KnownWebhook;
  readonly connection: Pick<RegistryConnection, 'answerHost'>;
  readonly secrets: WebhookSecrets;
}

/** Asks whether something may be sent to the host of a webhook, and then for the secret that signs it, where there is none yet. */
export async function confirmHost(question: HostQuestion): Promise<void> {
  const { root, webhook, connection } = question;
  const { host, origin, events } = webhook;
  const chosen = await inform(
    t(
      '{name} wants to tell {host} of what you do with its models ({events}). Nothing is sent there unless you allow it.',
      { name: root.name, host: oneLine(host, 200), events: oneLine(events.join(', '), 300) },
    ),
    t('Allow'),
    t('Never'),
  );
  if (chosen === undefined) return;
  await connection.answerHost(root.uri.fsPath, origin, chosen === t('Allow') ? 'yes' : 'no');
  if (chosen === t('Allow') && !webhook.hasEnvironmentSecret) await askSecret(question);
}

/** The secret is kept in the editor's secret storage. Without one, messages aren't signed. */
export async function askSecret({
  root,
  webhook,
  secrets,
}: Pick<HostQuestion, 'root' | 'webhook' | 'secrets'>): Promise<void> {
  const secret = await vscode.window.showInputBox({
    title: t('Secret for {host}', { host: oneLine(webhook.host, 100) }),
    prompt: t(
      'It signs what is sent, so that the receiver knows that it comes from you. Leave it empty to send without a signature.',
    ),
    password: true,
    ignoreFocusOut: true,
  });
  if (secret !== undefined) await secrets.keep(root, webhook, secret);
}
