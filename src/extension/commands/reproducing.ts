import { existsSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';
import { isInside } from '../../base/inside.ts';
import { t } from '../../base/language.ts';
import { inform } from '../notify.ts';
import type { Answers } from '../prompts/answers.ts';
import { browseFolder } from '../prompts/browse-folder.ts';
import { askText } from '../prompts/input.ts';
import { added, askInSteps, type Step } from '../prompts/steps.ts';
import { withProgress } from '../status/progress.ts';
import { labelOf, numberOf } from '../version-text.ts';
import type { Command } from './command-context.ts';
import { mayWrite } from './may-write.ts';
import { startFrom } from './targets.ts';
import { rememberTrainedCode, summaryOf } from './trained-code.ts';

/**
 * Writes the code that trained a version into a worktree of its own and opens it in a new window, where its command is typed into a
 * terminal. Nothing of it is run.
 */
export const openTrainedCode: Command = async (context, argument) => {
  if (!(await mayWrite())) return;
  const start = await startFrom(context, argument, 'version');
  if (!start) return;
  const answers = await askInSteps(t('Open the Code That Trained This'), start.answers, [...start.steps, folderStep]);
  const { registry, version, text } = answers ?? {};
  if (!registry || !version || text === undefined) return;
  const near = registry.roots.map(({ uri }) => uri.fsPath);
  const work = {
    title: t('Writing the code that trained {version}', { version: labelOf(version) }),
    isCancellable: true,
  };
  const result = await withProgress(context.activity, work, (operation) =>
    registry.connection.reproduce({ ref: version.id, near, to: text }, operation),
  );
  const opened = { to: text, label: labelOf(version), result };
  context.log.info(summaryOf(opened));
  await rememberTrainedCode(context.state, opened);
  await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(result.folder), { forceNewWindow: true });
  const chosen = await inform(
    t('The code that trained {version} is in {text}.', { version: labelOf(version), text }),
    t('Show What Was Found'),
  );
  if (chosen !== undefined) context.log.show();
};

const folderStep: Step = async (place, answers) => {
  const { version, registry } = answers;
  if (!version || !registry) return { kind: 'cancelled' };
  const repository = repositoryOf(answers);
  const reply = await askText({
    place,
    prompt: t('A new or empty folder for the code that trained {version}, beside the repository for example.', {
      version: labelOf(version),
    }),
    value: join(dirname(repository), `${basename(repository)}-${version.model}-${numberOf(version)}`),
    check: (text) => {
      if (!isAbsolute(text)) return t('Name the folder with its whole path.');
      return isInside(repository, text)
        ? t('A folder inside of the repository would be taken for a part of it. Name another.')
        : undefined;
    },
    browse: browseFolder({
      openLabel: t('Open the Code Here'),
      title: t('Where to put the code that trained {version}', { version: labelOf(version) }),
      defaultUri: vscode.Uri.file(dirname(repository)),
    }),
  });
  return added(reply, (text) => ({ ...answers, text }));
};

/** The repository around the workspace folder, which may be a part of it only. */
function repositoryOf({ registry }: Answers): string {
  const root = registry?.roots[0]?.uri.fsPath ?? registry?.dir ?? '';
  for (let folder = root; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
    if (folder === dirname(folder)) return root;
  }
}
