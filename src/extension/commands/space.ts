import * as vscode from 'vscode';
import { t, tCount } from '../../base/language.ts';
import { sizeText } from '../../base/size.ts';
import { inform } from '../notify.ts';
import type { Answers } from '../prompts/answers.ts';
import { askText } from '../prompts/input.ts';
import { pickOne } from '../prompts/pick.ts';
import { added, askInSteps, type Place, type Reply, type Step } from '../prompts/steps.ts';
import { withProgress } from '../status/progress.ts';
import { plainMessage } from '../version-text.ts';
import { budgetChoices, budgetOf, OTHER, problemOfBudget } from './budgets.ts';
import type { Command } from './command-context.ts';
import { mayWrite } from './may-write.ts';
import { startFrom } from './targets.ts';

export const showDiskUse: Command = async (context, argument) => {
  const start = await startFrom(context, argument, 'registry');
  if (!start) return;
  const { registry } = (await askInSteps(t('Disk Use'), start.answers, start.steps)) ?? {};
  if (!registry) return;
  const { parts, totalBytes } = await withProgress(context.activity, { title: t('Measuring the registry') }, () =>
    registry.connection.registry.diskUse(),
  );
  const largest = parts.slice(0, 4).map(({ name, bytes }) => `${name} ${sizeText(bytes)}`);
  const text = t('The registry takes {totalBytes}: {largest}.', {
    totalBytes: sizeText(totalBytes),
    largest: largest.join(', '),
  });
  if ((await inform(text, t('Free Space…'))) === undefined) return;
  await vscode.commands.executeCommand('modelRegistry.freeSpace', { registryDir: registry.dir });
};

export const freeSpace: Command = async (context, argument) => {
  if (!(await mayWrite())) return;
  const start = await startFrom(context, argument, 'registry');
  if (!start) return;
  const answers = await askInSteps(t('Free Space'), start.answers, [...start.steps, budgetStep]);
  const { registry, text } = answers ?? {};
  if (!registry || text === undefined) return;
  const { registry: calls } = registry.connection;
  const retention = { candidateBudgetBytes: budgetOf(text) ?? null };
  const look = { title: t('Looking for what can be freed'), isCancellable: true };
  const plan = await withProgress(context.activity, look, (operation) =>
    calls.gc({ dryRun: true, retention }, operation),
  );
  const work = { title: t('Freeing space'), isCancellable: true };
  const free = async () => {
    await calls.setRetention(retention);
    const { freed, leftovers } = await withProgress(context.activity, work, (operation) => calls.gc({}, operation));
    context.registries.announce(registry.dir);
    await inform(
      t('Freed {bytes} in {files}.', {
        bytes: sizeText(freed.bytes + leftovers.freed.bytes),
        files: tCount(freed.objects + leftovers.freed.files, '{count} file', '{count} files'),
      }),
    );
  };
  if (plan.freed.objects === 0) {
    // What was never finished is nobody's, so that there is nothing to ask.
    if (plan.leftovers.freed.files > 0) return free();
    await calls.setRetention(retention);
    await inform(t('Nothing can be freed: {bytes} are needed.', { bytes: sizeText(plan.kept.bytes) }));
    return;
  }
  const going = plan.artifacts.filter(({ isKept }) => !isKept).flatMap(({ versions }) => versions);
  const named = going.slice(0, 5).map(({ version }) => version);
  const versions =
    going.length === 0
      ? t('versions that were deleted')
      : `${tCount(going.length, '{count} old candidate', '{count} old candidates')} (${named.join(', ')}${going.length > named.length ? ' …' : ''})`;
  const button = t('Free {bytes}', { bytes: sizeText(plan.freed.bytes) });
  const confirmed = await vscode.window.showWarningMessage(
    plainMessage(t('Remove the files of {versions}?', { versions })),
    {
      modal: true,
      detail: t(
        'Their metrics, params and history stay. To bring the files back, register them again. What is or was in production within the rollback window stays restorable.',
      ),
    },
    button,
  );
  if (confirmed !== undefined) await free();
};

const budgetStep: Step = async (place, answers: Answers) => {
  const retention = answers.registry?.connection.registry.retention();
  const reply = await pickOne({
    place,
    placeholder: t('How much may old candidates take?'),
    nothing: '',
    choices: Promise.resolve(retention).then(budgetChoices),
  });
  const chosen = reply.kind === 'given' && reply.value === OTHER ? await askBudget(place) : reply;
  return added(chosen, (text) => ({ ...answers, text }));
};

/** Asks for a size that isn't among the usual ones. */
export function askBudget(place: Place): Promise<Reply<string>> {
  return askText({
    place,
    prompt: t('How much may old candidates take?'),
    placeholder: '7 GB',
    check: problemOfBudget,
  });
}
