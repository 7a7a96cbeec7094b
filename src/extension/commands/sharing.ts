import * as vscode from 'vscode';
import { formatNumber, t, tCount } from '../../base/language.ts';
import { toldIfAny } from '../../base/retold.ts';
import { sizeText } from '../../base/size.ts';
import { inform, tellBriefly } from '../notify.ts';
import { pickOne } from '../prompts/pick.ts';
import { askInSteps } from '../prompts/steps.ts';
import type { WorkspaceRegistry } from '../registries/registries.ts';
import { pendingText, refusedText } from '../sharing/sharing-status.ts';
import { progressText, withProgress } from '../status/progress.ts';
import { plainMessage } from '../version-text.ts';
import type { Command, CommandContext } from './command-context.ts';
import { mayWrite } from './may-write.ts';
import { startFrom } from './targets.ts';

export const connectTitle = (): string => t('Connect Shared Storage');

const PAUSE = 'pause';
const RESUME = 'resume';

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
            sent: formatNumber(sent),
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

export async function registryOf(context: CommandContext, argument: unknown): Promise<WorkspaceRegistry | undefined> {
  const start = await startFrom(context, argument, 'registry');
  if (!start) return undefined;
  return (await askInSteps(connectTitle(), start.answers, start.steps))?.registry;
}
