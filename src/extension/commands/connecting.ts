import * as v from 'valibot';
import * as vscode from 'vscode';
import { RegistryError } from '../../base/errors.ts';
import { t, tCount } from '../../base/language.ts';
import { toldOf } from '../../base/retold.ts';
import type { AttachReport } from '../../registry/api/sharing.ts';
import { folderOfRemote, remoteUrl } from '../../registry/shared/remote-url.ts';
import { inform } from '../notify.ts';
import { askText } from '../prompts/input.ts';
import { pickOne } from '../prompts/pick.ts';
import type { WorkspaceRegistry } from '../registries/registries.ts';
import { withProgress } from '../status/progress.ts';
import { plainMessage } from '../version-text.ts';
import type { Command } from './command-context.ts';
import { mayWrite } from './may-write.ts';
import { connectTitle, registryOf, syncNow } from './sharing.ts';
import { chooseCredential } from './signing-in.ts';

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
