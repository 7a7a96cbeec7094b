import * as vscode from 'vscode';
import { t } from '../../base/language.ts';
import { tenantOf } from '../../storage/azure/tenant.ts';
import { tellBriefly } from '../notify.ts';
import { askText } from '../prompts/input.ts';
import { pickOne } from '../prompts/pick.ts';
import type { Place, Reply } from '../prompts/steps.ts';
import { isConnectionString } from '../sharing/credentials.ts';
import type { CommandContext } from './command-context.ts';
import { connectTitle } from './sharing.ts';

/** Asks who the person is to the storage at a URL, and keeps it. False where they left. */
export async function chooseCredential({ credentials }: CommandContext, url: string): Promise<boolean> {
  const place: Place = { title: connectTitle(), step: 2, totalSteps: 3 };
  // Asked while the person reads: the storage says which tenant it belongs to.
  const tenant = tenantOf(url);
  const reply: Reply<'microsoft' | 'tenant' | 'secret' | 'environment'> = await pickOne({
    place,
    placeholder: t('Who are you to the storage?'),
    nothing: '',
    choices: [
      {
        value: 'microsoft',
        label: t('Sign in with Microsoft'),
        description: t('to the tenant of the storage account'),
        icon: new vscode.ThemeIcon('account'),
      },
      {
        value: 'tenant',
        label: t('Sign in with Microsoft, to another tenant…'),
        icon: new vscode.ThemeIcon('organization'),
      },
      {
        value: 'secret',
        label: t('Use a SAS token or connection string…'),
        description: t('kept in the secret storage of the editor'),
        icon: new vscode.ThemeIcon('key'),
      },
      {
        value: 'environment',
        label: t('Use the environment'),
        description: t('AZURE_STORAGE_… variables, az login, managed identity'),
        icon: new vscode.ThemeIcon('terminal'),
      },
    ],
  });
  if (reply.kind !== 'given') return false;
  switch (reply.value) {
    case 'environment':
      await credentials.forget(url);
      return true;
    case 'microsoft':
      return signInTo(credentials, url, place, await tenant);
    case 'tenant': {
      const found = await tenant;
      const chosen = await askText({
        place,
        prompt:
          found === undefined
            ? t('Tenant id or domain')
            : t('Tenant id or domain; the storage account says {found}', { found }),
        placeholder: 'contoso.onmicrosoft.com',
        ...(found === undefined ? {} : { value: found }),
        check: (text) =>
          /^[\w.-]{3,100}$/.test(text) ? undefined : t('A tenant is named by its id or by its domain.'),
      });
      return chosen.kind === 'given' && signInTo(credentials, url, place, chosen.value);
    }
    case 'secret':
      return keepSecret(credentials, url);
  }
}

/** As one of the accounts that the editor knows, or as another. */
async function signInTo(
  credentials: CommandContext['credentials'],
  url: string,
  place: Place,
  tenant: string | undefined,
): Promise<boolean> {
  const accounts = await credentials.accounts();
  let account: (typeof accounts)[number] | 'new' | undefined;
  if (accounts.length > 0) {
    const reply = await pickOne<(typeof accounts)[number] | 'new'>({
      place,
      placeholder: tenant === undefined ? t('Sign in as') : t('Sign in to the tenant {tenant} as', { tenant }),
      nothing: '',
      choices: [
        ...accounts.map((known) => ({ value: known, label: known.label, icon: new vscode.ThemeIcon('account') })),
        { value: 'new' as const, label: t('Another account…'), icon: new vscode.ThemeIcon('add') },
      ],
    });
    if (reply.kind !== 'given') return false;
    account = reply.value;
  }
  const label = await credentials.signIn(url, { tenant, account });
  tellBriefly(
    tenant === undefined
      ? t('Signed in as {label}', { label })
      : t('Signed in as {label} to the tenant {tenant}', { label, tenant }),
  );
  return true;
}

async function keepSecret(credentials: CommandContext['credentials'], url: string): Promise<boolean> {
  const secret = await vscode.window.showInputBox({
    title: connectTitle(),
    prompt: t('SAS token with r, c and l for the container, or a connection string'),
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) =>
      text.trim() === '' || isConnectionString(text) || /(^|[?&])sig=/.test(text)
        ? undefined
        : t('That is neither: a SAS token contains sig=, a connection string AccountName=.'),
  });
  if (secret === undefined || secret.trim() === '') return false;
  await credentials.keep(url, secret.trim());
  return true;
}
