import * as vscode from 'vscode';
import type { Retention } from '../../registry/api.ts';
import { inform } from '../notify.ts';
import type { Answers } from '../prompts/answers.ts';
import { type Choice, pickOne } from '../prompts/pick.ts';
import { added, askInSteps, type Step } from '../prompts/steps.ts';
import { withProgress } from '../status/progress.ts';
import { bytesText, countOf, plainMessage } from '../version-text.ts';
import type { Command } from './command-context.ts';
import { mayWrite, startFrom } from './targets.ts';

const GB = 1_000_000_000;
/** What old candidates may take, in the words of the person; `all` is no limit. */
export const BUDGETS: Readonly<Record<string, number | null>> = {
  'Keep Everything': null,
  '5 GB': 5 * GB,
  '20 GB': 20 * GB,
  '100 GB': 100 * GB,
};

export const showDiskUse: Command = async (context, argument) => {
  const start = await startFrom(context, argument, 'registry');
  if (!start) return;
  const { registry } = (await askInSteps('Disk Use', start.answers, start.steps)) ?? {};
  if (!registry) return;
  const { parts, totalBytes } = await withProgress(context.activity, { title: 'Measuring the registry' }, () =>
    registry.connection.registry.diskUse(),
  );
  const largest = parts.slice(0, 4).map(({ name, bytes }) => `${name} ${bytesText(bytes)}`);
  const text = `The registry takes ${bytesText(totalBytes)}: ${largest.join(', ')}.`;
  if ((await inform(text, 'Free Space…')) === undefined) return;
  await vscode.commands.executeCommand('modelRegistry.freeSpace', { registryDir: registry.dir });
};

export const freeSpace: Command = async (context, argument) => {
  if (!(await mayWrite())) return;
  const start = await startFrom(context, argument, 'registry');
  if (!start) return;
  const answers = await askInSteps('Free Space', start.answers, [...start.steps, budgetStep]);
  const { registry, text } = answers ?? {};
  if (!registry || text === undefined) return;
  const { registry: calls } = registry.connection;
  const retention = { candidateBudgetBytes: BUDGETS[text] ?? null };
  const look = { title: 'Looking for what can be freed', isCancellable: true };
  const plan = await withProgress(context.activity, look, (operation) =>
    calls.gc({ dryRun: true, retention }, operation),
  );
  if (plan.freed.objects === 0) {
    await calls.setRetention(retention);
    await inform(`Nothing can be freed: ${bytesText(plan.kept.bytes)} are needed.`);
    return;
  }
  const going = plan.artifacts.filter(({ isKept }) => !isKept).flatMap(({ versions }) => versions);
  const named = going.slice(0, 5).map(({ version }) => version);
  const versions =
    going.length === 0
      ? 'versions that were deleted'
      : `${countOf(going.length, 'old candidate')} (${named.join(', ')}${going.length > named.length ? ' …' : ''})`;
  const button = `Free ${bytesText(plan.freed.bytes)}`;
  const confirmed = await vscode.window.showWarningMessage(
    plainMessage(`Remove the files of ${versions}?`),
    {
      modal: true,
      detail:
        'Their metrics, params and history stay. To bring the files back, register them again. What is or was in production within the rollback window stays restorable.',
    },
    button,
  );
  if (confirmed === undefined) return;
  await calls.setRetention(retention);
  const work = { title: 'Freeing space', isCancellable: true };
  const { freed } = await withProgress(context.activity, work, (operation) => calls.gc({}, operation));
  context.registries.announce(registry.dir);
  await inform(`Freed ${bytesText(freed.bytes)} in ${countOf(freed.objects, 'file')}.`);
};

const budgetStep: Step = async (place, answers: Answers) => {
  const choices = async (): Promise<readonly Choice<string>[]> => {
    const retention = await answers.registry?.connection.registry.retention();
    return Object.entries(BUDGETS).map(([label, bytes]) => ({
      value: label,
      label,
      ...(isChosen(retention, bytes) ? { description: 'as now', isPicked: true } : {}),
    }));
  };
  const reply = await pickOne({
    place,
    placeholder: 'How much may old candidates take?',
    nothing: '',
    choices: choices(),
  });
  return added(reply, (text) => ({ ...answers, text }));
};

function isChosen(retention: Retention | undefined, bytes: number | null): boolean {
  return retention !== undefined && (retention.candidateBudgetBytes ?? null) === bytes;
}
