import { resolve } from 'node:path';
import * as vscode from 'vscode';
import { pathInside, recordedPath } from '../../base/inside.ts';
import { t, tCount } from '../../base/language.ts';
import type { EvaluateRequest } from '../../registry/api/evaluating.ts';
import { isReachable } from '../../storage/is-there.ts';
import { inform } from '../notify.ts';
import type { Answers } from '../prompts/answers.ts';
import { askText } from '../prompts/input.ts';
import { pickOne } from '../prompts/pick.ts';
import { added, askInSteps, type Step } from '../prompts/steps.ts';
import { withProgress } from '../status/progress.ts';
import { labelOf } from '../version-text.ts';
import type { Command } from './command-context.ts';
import { mayWrite } from './may-write.ts';
import { startFrom } from './targets.ts';

/** Attaches what was measured of a version: metrics that a file has, or that are computed from a file of predictions. */
export const evaluate: Command = async (context, argument) => {
  if (!(await mayWrite())) return;
  const start = await startFrom(context, argument, 'version');
  if (!start) return;
  const steps = [...start.steps, kindStep, fileStep, datasetStep, partStep];
  const answers = await askInSteps(t('Attach Evaluation'), start.answers, steps);
  const { registry, version } = answers ?? {};
  if (!answers || !registry || !version) return;
  const { connection } = registry;
  const work = { title: t('Evaluating {version}', { version: labelOf(version) }), isCancellable: true };
  const { predictions, pending } = await withProgress(context.activity, work, async (operation) => {
    const { metrics, intervals } =
      answers.measured === 'metrics' && answers.file !== undefined
        ? await connection.readMeasured(answers.file)
        : { metrics: {}, intervals: {} };
    const given = { ref: version.id, metrics, ...(Object.keys(intervals).length === 0 ? {} : { intervals }) };
    return connection.registry.evaluate({ ...given, ...(await measuredOn(answers)) }, operation);
  });
  const label = { version: labelOf(version) };
  const added = predictions
    ? tCount(
        predictions.rows,
        'The evaluation was added to {version}, computed from one prediction.',
        'The evaluation was added to {version}, computed from {count} predictions.',
        label,
      )
    : t('The evaluation was added to {version}.', label);
  const chosen = await inform(pending ? `${added} ${t('It isn’t shared yet.')}` : added, t('Show Version'));
  if (chosen === undefined) return;
  const target = { registryDir: registry.dir, versionId: version.id };
  await vscode.commands.executeCommand('modelRegistry.showVersion', target);
};

const kindStep: Step = async (place, answers) =>
  added(
    await pickOne<NonNullable<Answers['measured']>>({
      place,
      placeholder: t('What does the file hold?'),
      nothing: '',
      choices: [
        {
          value: 'metrics',
          label: t('Metrics'),
          description: t('JSON, YAML, TOML or CSV'),
          detail: t('Names and values, with confidence intervals where the file has some'),
          icon: new vscode.ThemeIcon('graph'),
        },
        {
          value: 'predictions',
          label: t('Predictions'),
          description: t('CSV, TSV or JSON Lines'),
          detail: t('A row for each example, with label and prediction or score: metrics are computed from them'),
          icon: new vscode.ThemeIcon('table'),
        },
      ],
    }),
    (measured) => ({ ...answers, measured }),
  );

const fileStep: Step = async (place, answers) =>
  added(
    await askText({
      place,
      prompt:
        answers.measured === 'predictions'
          ? t('The file with the predictions, in the workspace or by its whole path.')
          : t('The file with the metrics, in the workspace or by its whole path.'),
      placeholder: answers.measured === 'predictions' ? 'predictions.csv' : 'reports/holdout.json',
      check: async (text) => {
        if (text === '') return t('Name a file.');
        return (await isReachable(pathOf(answers, text))) ? undefined : t('There is no such file.');
      },
      browse: browse(answers),
    }),
    (text) => ({ ...answers, file: pathOf(answers, text) }),
  );

const datasetStep: Step = async (place, answers) => {
  const isNeeded = answers.measured === 'predictions';
  const reply = await askText({
    place,
    prompt: isNeeded
      ? t('The dataset that the predictions are of: its file, of which the digest is recorded, or a name.')
      : t(
          'The dataset: its file, of which the digest is recorded, or a name. Empty: the metrics are the version’s own.',
        ),
    placeholder: 'data/holdout.csv',
    check: (text) => (text === '' && isNeeded ? t('Name the dataset, for example holdout.') : undefined),
    browse: browse(answers),
  });
  return added(reply, (dataset) => ({ ...answers, dataset }));
};

/** Metrics are of a slice, predictions have columns that tell slices apart. */
const partStep: Step = async (place, answers) => {
  const isByColumn = answers.measured === 'predictions';
  const reply = await askText({
    place,
    prompt: isByColumn
      ? t('Columns whose values are groups, with commas between. Empty: only the whole is measured.')
      : t('The part of the dataset that was measured. Empty: all of it.'),
    placeholder: isByColumn ? 'country,sex' : 'country=DE',
    check: () => undefined,
  });
  return added(reply, (text) => ({ ...answers, text }));
};

/** On what it was measured, and the predictions that it is computed from. */
async function measuredOn(answers: Answers): Promise<Pick<EvaluateRequest, 'dataset' | 'slice' | 'predictions'>> {
  const { measured, file, dataset = '', text = '' } = answers;
  const source = pathOf(answers, dataset);
  const isFile = dataset !== '' && (await isReachable(source));
  const named = isFile ? { name: recordedPath(pathOf(answers, ''), source), source } : { name: dataset };
  const on = dataset === '' ? {} : { dataset: named };
  if (measured !== 'predictions' || file === undefined) return { ...on, ...(text === '' ? {} : { slice: text }) };
  const by = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return { ...on, predictions: { source: file, ...(by.length === 0 ? {} : { by }) } };
}

function browse(answers: Answers) {
  return {
    tooltip: t('Choose a file'),
    icon: 'folder-opened',
    find: async () => {
      const root = answers.registry?.roots[0]?.uri;
      const [chosen] = (await vscode.window.showOpenDialog(root ? { defaultUri: root } : {})) ?? [];
      return chosen && shownPath(answers, chosen.fsPath);
    },
  };
}

function pathOf({ registry }: Answers, text: string): string {
  return resolve(registry?.roots[0]?.uri.fsPath ?? '', text);
}

/** Relative to the workspace, for what is in it. */
function shownPath({ registry }: Answers, path: string): string {
  const root = registry?.roots[0]?.uri.fsPath;
  return (root === undefined ? undefined : pathInside(root, path)) || path;
}
