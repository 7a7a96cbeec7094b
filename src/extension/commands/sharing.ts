import * as v from 'valibot';
import * as vscode from 'vscode';
import { RegistryError } from '../../base/errors.ts';
import { t, tCount } from '../../base/language.ts';
import { toldIfAny, toldOf } from '../../base/retold.ts';
import { sizeText } from '../../base/size.ts';
import type { AttachReport } from '../../registry/api/sharing.ts';
import { folderOfRemote, remoteUrl } from '../../registry/shared/remote-url.ts';
import { tenantOf } from '../../storage/azure/tenant.ts';
import { inform, tellBriefly } from '../notify.ts';
import { askReason, askText } from '../prompts/input.ts';
import { pickOne } from '../prompts/pick.ts';
import { askInSteps, type Place, type Reply } from '../prompts/steps.ts';
import type { WorkspaceRegistry } from '../registries/registries.ts';
import { isConnectionString } from '../sharing/credentials.ts';
import { pendingText, refusedText } from '../sharing/sharing-status.ts';
import { progressText, withProgress } from '../status/progress.ts';
import { plainMessage } from '../version-text.ts';
import type { Command, CommandContext } from './command-context.ts';
import { mayWrite } from './may-write.ts';
import { startFrom } from './targets.ts';

const connectTitle = (): string => t('Connect Shared Storage');
const PAUSE = 'pause';
const RESUME = 'resume';
const rowSchema = v.object({ registryDir: v.string(), id: v.string() });
const urlSchema = v.object({ url: v.string() });

export const connectStorage: Command = async (context, argument) => {
  if (!(await mayWrite())) return;
  const registry = await registryOf(context, argument);
  if (!registry) return;
  const proposed = v.safeParse(urlSchema, argument);
  const url = await askUrl(proposed.success ? proposed.output.url : undefined);
  if (url === undefined) return;
  if (folderOfRemote(url) === undefined && !(await chooseCredential(context, url))) return;
  if (await isAttachedTo(registry, url)) {
    // The folder may have come from elsewhere, and this person have connected it only now.
    await registry.connection.attach({ url, isPreview: false });
    return syncNow(context, { registryDir: registry.dir });
  }
  const preview = await withProgress(
    context.activity,
    { title: t('Looking at the shared storage'), isCancellable: true },
    (operation) => registry.connection.attach({ url, isPreview: true }, operation),
  );
  const reply = await pickOne({
    place: { title: connectTitle(), step: 3, totalSteps: 3 },
    placeholder: t('When do the files of versions go up?'),
    nothing: '',
    choices: [
      {
        value: 'on-register' as const,
        label: t('As they are registered'),
        description: t('colleagues can restore every version'),
      },
      {
        value: 'on-promote' as const,
        label: t('When a version is promoted'),
        description: t('less traffic: candidates stay on the machine that registered them'),
      },
    ],
  });
  if (reply.kind !== 'given') return;
  if (!(await confirmed(preview))) return;
  await withProgress(
    context.activity,
    { title: t('Connecting the shared storage'), isCancellable: true },
    (operation) => registry.connection.attach({ url, isPreview: false, upload: reply.value }, operation),
  );
  context.registries.announce(registry.dir);
  const who = folderOfRemote(url) === undefined ? `, ${context.credentials.describe(url)}` : '';
  await inform(t('The registry is shared through {url}{who}.', { url, who }));
};

/** Then only the way to sign in was to be changed. */
async function isAttachedTo(registry: WorkspaceRegistry, url: string): Promise<boolean> {
  return registry.exists && (await registry.connection.registry.remote())?.url === url;
}

export const disconnectStorage: Command = async (context, argument) => {
  if (!(await mayWrite())) return;
  const registry = await registryOf(context, argument);
  const status = await registry?.connection.registry.remote();
  if (!registry || !status) {
    await inform(t('This registry is on this machine alone.'));
    return;
  }
  const waiting =
    status.pending > 0
      ? ` ${tCount(
          status.pending,
          "{count} change that wasn't shared stays here.",
          "{count} changes that weren't shared stay here.",
        )}`
      : '';
  const chosen = await vscode.window.showWarningMessage(
    plainMessage(t('Disconnect from {url}?', { url: status.url })),
    {
      modal: true,
      detail: `${t('What was copied stays readable, and nothing more can be registered or promoted here.')}${waiting}`,
    },
    t('Disconnect'),
  );
  if (chosen === undefined) return;
  await registry.connection.detach();
  await context.credentials.forget(status.url);
  context.registries.announce(registry.dir);
};

export const syncNow: Command = async (context, argument) => {
  if (!(await mayWrite())) return;
  const registry = await registryOf(context, argument);
  if (!registry) return;
  const report = await withProgress(context.activity, { title: t('Syncing'), isCancellable: true }, (operation) =>
    registry.connection.registry.sync({}, operation),
  );
  context.registries.announce(registry.dir);
  const { waiting, sent, received } = report;
  tellBriefly(
    waiting.length > 0
      ? tCount(waiting.length, '{count} change still to be shared', '{count} changes still to be shared')
      : sent + received === 0
        ? t('Shared registry up to date')
        : tCount(received, 'Shared {sent}, took over {count} commit', 'Shared {sent}, took over {count} commits', {
            sent,
          }),
  );
};

/** What the status bar item opens. */
export const sharingMenu: Command = async (context, argument) => {
  const registry = await registryOf(context, argument);
  if (!registry) return;
  const status = await registry.connection.registry.remote();
  if (!status) return vscode.commands.executeCommand('modelRegistry.connectStorage', { registryDir: registry.dir });
  const target = { registryDir: registry.dir };
  const { failure, problem, cost } = status;
  const transfer = context.sharedStates.transfer(registry.dir);
  const isPaused = context.sharedStates.isPaused(registry.dir);
  const prompt = toldIfAny(failure?.message ?? problem?.message);
  const reply = await pickOne({
    place: { title: status.url, step: 1, totalSteps: 1 },
    placeholder: transfer ? progressText(transfer) : t('Shared storage'),
    ...(prompt === undefined ? {} : { prompt }),
    nothing: '',
    choices: [
      {
        value: 'modelRegistry.syncNow',
        label: t('Sync now'),
        icon: new vscode.ThemeIcon('sync'),
        ...(cost
          ? {
              description: t('so far {requests}, {sentBytes} sent, {receivedBytes} received', {
                requests: tCount(cost.requests, '{count} request', '{count} requests'),
                sentBytes: sizeText(cost.sentBytes),
                receivedBytes: sizeText(cost.receivedBytes),
              }),
            }
          : {}),
      },
      isPaused
        ? {
            value: RESUME,
            label: t('Resume uploads'),
            description: t('they go on where they were'),
            icon: new vscode.ThemeIcon('debug-start'),
          }
        : {
            value: PAUSE,
            label: transfer ? t('Stop the upload') : t('Pause uploads'),
            description: t('files of versions stay here until you resume, or open the window again'),
            icon: new vscode.ThemeIcon('debug-pause'),
          },
      {
        value: 'modelRegistry.sharing.focus',
        label: t('Show shared work'),
        description: `${refusedText(status.refused)}, ${pendingText(status.pending)}`,
        icon: new vscode.ThemeIcon('list-unordered'),
      },
      // Nobody signs in to a folder.
      ...(status.url.startsWith('https:')
        ? [
            {
              value: 'modelRegistry.connectStorage',
              label: t('Sign in another way…'),
              description: context.credentials.describe(status.url),
              icon: new vscode.ThemeIcon('account'),
            },
          ]
        : []),
      {
        value: 'modelRegistry.disconnectStorage',
        label: t('Disconnect…'),
        icon: new vscode.ThemeIcon('debug-disconnect'),
      },
    ],
  });
  if (reply.kind !== 'given') return;
  if (reply.value === PAUSE || reply.value === RESUME) return registry.connection.pauseUploads(reply.value === PAUSE);
  const again = reply.value === 'modelRegistry.connectStorage' ? { ...target, url: status.url } : target;
  await vscode.commands.executeCommand(reply.value, again);
};

export const applyAgain: Command = async (context, row) => {
  if (!(await mayWrite())) return;
  const { registry, id } = await rowOf(context, row);
  // As at first, a promotion passes the gates that the project files declare.
  await registry.connection.askAgain({ roots: registry.roots.map(({ uri }) => uri.fsPath), id });
  context.registries.announce(registry.dir);
  tellBriefly(t('Asked again'));
};

export const dropRefused: Command = async (context, row) => {
  if (!(await mayWrite())) return;
  const { registry, id } = await rowOf(context, row);
  const reply = await askReason(
    { title: t('Drop'), step: 1, totalSteps: 1 },
    t('Why is it dropped? The reason becomes a comment on the version.'),
  );
  if (reply.kind !== 'given') return;
  await registry.connection.registry.resolveRefused({ id, how: 'drop', reason: reply.value });
  context.registries.announce(registry.dir);
};

export const shareAfterAll: Command = async (context, row) => {
  if (!(await mayWrite())) return;
  const { registry, id } = await rowOf(context, row);
  await registry.connection.registry.confirm({ id });
  context.registries.announce(registry.dir);
  await registry.connection.registry.sync({ withBytes: false });
};

export const takeBack: Command = async (context, row) => {
  if (!(await mayWrite())) return;
  const { registry, id } = await rowOf(context, row);
  await registry.connection.registry.withdraw({ id });
  context.registries.announce(registry.dir);
};

async function rowOf(context: CommandContext, row: unknown) {
  const parsed = v.safeParse(rowSchema, row);
  const registry = parsed.success ? await context.registries.byDir(parsed.output.registryDir) : undefined;
  if (!registry || !parsed.success) {
    throw new RegistryError('NOT_CHOSEN', t('Choose it in the view "Shared Work"; nothing was changed.'));
  }
  return { registry, id: parsed.output.id };
}

async function registryOf(context: CommandContext, argument: unknown): Promise<WorkspaceRegistry | undefined> {
  const start = await startFrom(context, argument, 'registry');
  if (!start) return undefined;
  return (await askInSteps(connectTitle(), start.answers, start.steps))?.registry;
}

async function askUrl(proposed: string | undefined): Promise<string | undefined> {
  const reply = await askText({
    place: { title: connectTitle(), step: 1, totalSteps: 3 },
    prompt: t('URL of the container, or the folder of a network drive'),
    placeholder: 'https://ACCOUNT.blob.core.windows.net/CONTAINER',
    ...(proposed === undefined ? {} : { value: proposed }),
    check: problemOfUrl,
    browse: { tooltip: t('Choose a folder'), icon: 'folder-opened', find: chooseFolder },
  });
  return reply.kind === 'given' ? remoteUrl(reply.value) : undefined;
}

function problemOfUrl(text: string): string | undefined {
  try {
    remoteUrl(text);
    return undefined;
  } catch (error) {
    if (RegistryError.is(error, 'REMOTE_URL_SECRET')) {
      return t('Leave out what follows the "?": the next step asks for it, and keeps it where secrets belong.');
    }
    if (RegistryError.is(error)) return toldOf(error);
    throw error;
  }
}

async function chooseFolder(): Promise<string | undefined> {
  const [folder] = (await vscode.window.showOpenDialog({ canSelectFolders: true, canSelectFiles: false })) ?? [];
  return folder?.fsPath;
}

/** False where the person left. */
async function chooseCredential({ credentials }: CommandContext, url: string): Promise<boolean> {
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

async function confirmed({ url, isNew, models, intents }: AttachReport): Promise<boolean> {
  const rows = models.slice(0, 10).map(({ name, versions, isThere, withStages }) => {
    const how = isThere
      ? t('joins the model of that name, as candidates')
      : withStages
        ? t('with stages and history')
        : t('without stages');
    return `${name}: ${tCount(versions, '{count} version', '{count} versions')}, ${how}`;
  });
  const more =
    models.length > rows.length ? [tCount(models.length - rows.length, 'and {count} more', 'and {count} more')] : [];
  const what = isNew
    ? t('A new shared registry is made there.')
    : t('There is a shared registry, which this one joins.');
  const own =
    intents === 0
      ? t('This registry has nothing to take over.')
      : t(
          'What this registry has is taken over. Its own log stays on this machine; the times in it are shown as claimed, beside the time of sharing:',
        );
  const chosen = await vscode.window.showInformationMessage(
    plainMessage(t('Share this registry through {url}?', { url })),
    { modal: true, detail: [what, own, ...rows, ...more].join('\n') },
    t('Connect'),
  );
  return chosen !== undefined;
}
