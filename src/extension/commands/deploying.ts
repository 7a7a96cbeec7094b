import * as vscode from 'vscode';
import { RegistryError } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import { askSecret } from '../after/confirm-host.ts';
import { inform, tellBriefly } from '../notify.ts';
import { plainRow } from '../prompts/pick.ts';
import type { RegistryConnection } from '../registries/registry-connection.ts';
import type { KnownWebhook } from '../registries/thread-answers.ts';
import { withProgress } from '../status/progress.ts';
import { labelOf, oneLine } from '../version-text.ts';
import type { Command } from './command-context.ts';
import { mayWrite } from './may-write.ts';

/** Brings every folder that production is deployed to up to date now, also over files that somebody changed there. */
export const deploy: Command = async (context) => {
  if (!(await mayWrite())) return;
  const done: string[] = [];
  let problem: RegistryError | undefined;
  for (const { connection, roots } of await context.registries.existing()) {
    for (const { uri } of roots) {
      try {
        const deployed = await withProgress(
          context.activity,
          { title: t('Deploying'), isCancellable: true },
          (operation) => connection.deployNow({ root: uri.fsPath }, operation),
        );
        done.push(
          ...deployed.map(({ wanted, model, path }) =>
            wanted
              ? t('{version} in {path}', { version: labelOf(wanted), path })
              : t('nothing of {model} in {path}', { model, path }),
          ),
        );
      } catch (error) {
        if (!RegistryError.is(error, 'DEPLOY_UNDECLARED')) throw error;
        problem = error;
      }
    }
  }
  if (done.length > 0) return tellBriefly(t('Deployed: {done}', { done: oneLine(done.join(', '), 200) }));
  throw (
    problem ??
    new RegistryError('REGISTRY_NOT_FOUND', t('No folder of this window has a registry, so nothing is in production.'))
  );
};

interface WebhookChoice extends vscode.QuickPickItem {
  readonly root: vscode.WorkspaceFolder;
  readonly connection: RegistryConnection;
  readonly webhook: KnownWebhook;
}

/** The webhooks of the project files: whether they are told, and the secrets that sign it. */
export const webhooks: Command = async (context) => {
  if (!(await mayWrite())) return;
  const choices: WebhookChoice[] = [];
  for (const { connection, roots } of await context.registries.existing()) {
    for (const root of roots) {
      const found = await connection.webhooks(root.uri.fsPath);
      const secrets = await context.webhookSecrets.of(root, found);
      for (const webhook of found) {
        const isSigned = webhook.hasEnvironmentSecret || secrets[webhook.key] !== undefined;
        const state =
          webhook.answer === 'yes' ? t('told') : webhook.answer === 'no' ? t('never told') : t('not confirmed');
        choices.push({
          ...{ root, connection, webhook },
          label: oneLine(webhook.name ?? webhook.host, 60),
          description: `${state}, ${isSigned ? t('signed') : t('not signed')}`,
          detail: oneLine(`${webhook.url}: ${webhook.events.join(', ')}`, 300),
        });
      }
    }
  }
  if (choices.length === 0) {
    await inform(t('No model-registry.yaml of this window declares webhooks.'));
    return;
  }
  const chosen = await vscode.window.showQuickPick(choices.map(plainRow), {
    title: t('Webhooks'),
    placeHolder: t('Which one?'),
  });
  if (!chosen) return;
  const { root, connection, webhook } = chosen;
  const isTold = webhook.answer === 'yes';
  const SECRET = t('Set the Secret…');
  const what = await vscode.window.showQuickPick([isTold ? t('Send Nothing More') : t('Allow'), SECRET], {
    title: oneLine(webhook.url, 100),
  });
  if (what === undefined) return;
  if (what === SECRET) return askSecret({ root, webhook, secrets: context.webhookSecrets });
  await connection.answerHost(root.uri.fsPath, webhook.origin, isTold ? 'no' : 'yes');
};
