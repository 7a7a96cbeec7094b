import { realpathSync } from 'node:fs';
import * as v from 'valibot';
import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.ts';
import { t, tCount } from '../../base/language.ts';
import { told } from '../../base/retold.ts';
import type { Reproduced } from '../../lineage/reproduce.ts';
import { inform } from '../notify.ts';
import { realPathOf } from '../real-path.ts';
import { oneLine } from '../version-text.ts';

type State = Pick<vscode.Memento, 'get' | 'update'>;

const KEY = 'modelRegistry.trainedCode';
/** Of folders that nobody opened, the last ones. */
const MAX_REMEMBERED = 20;
const SHELL_TIMEOUT_MS = 5000;

const rememberedSchema = v.object({
  folder: v.string(),
  runFolder: v.string(),
  label: v.string(),
  command: v.optional(v.string()),
  requirements: v.optional(v.string()),
  text: v.string(),
});
type Remembered = v.InferOutput<typeof rememberedSchema>;

export interface TrainedCode {
  readonly to: string;
  readonly label: string;
  readonly result: Reproduced;
}

/** What was found, in lines. */
export function summaryOf({ to, label, result }: TrainedCode): string {
  const { commit, hasPatch, data, missing, requirements, command, version } = result;
  const about = { label, folder: to, commit: commit.slice(0, 12) };
  return [
    hasPatch
      ? t(
          'The code that trained {label} is in {folder}: commit {commit} with the changes that were not committed',
          about,
        )
      : t('The code that trained {label} is in {folder}: commit {commit}', about),
    ...missing.map((what) => `  ${t('missing: {what}', { what: oneLine(told(what), 500) })}`),
    ...data.map((entry) => `  ${t('data {path}: {state}', { path: oneLine(entry.path, 500), state: stateOf(entry) })}`),
    ...(requirements === undefined
      ? []
      : [
          `  ${tCount(version.lineage.dependencies.length, '{count} package', '{count} packages')}: pip install -r ${requirements}`,
        ]),
    ...(command === undefined ? [] : [`  ${t('command: {command}', { command: oneLine(command, 1000) })}`]),
  ].join('\n');
}

function stateOf({ state, foundAt }: Reproduced['data'][number]): string {
  if (foundAt !== undefined) return t('not here: copy it from {foundAt}', { foundAt: oneLine(foundAt, 500) });
  return {
    same: t('as it was'),
    different: t('not as it was: bring the recorded version here before you train'),
    missing: t('not here: copy it to this place before you train'),
    unknown: t('recorded without a digest, so that it can’t be checked'),
  }[state];
}

/** For the window that is about to be opened. */
export async function rememberTrainedCode(state: State, opened: TrainedCode): Promise<void> {
  const { folder, runFolder, command, requirements } = opened.result;
  const entry: Remembered = {
    ...{ folder: realpathSync.native(folder), runFolder, label: opened.label, text: summaryOf(opened) },
    ...(command === undefined ? {} : { command }),
    ...(requirements === undefined ? {} : { requirements }),
  };
  const others = rememberedIn(state).filter((known) => known.folder !== entry.folder);
  await state.update(KEY, [...others, entry].slice(-MAX_REMEMBERED));
}

/** In a window that was opened for it, and once the person trusts the folder: types the command that trained the version. */
export function continueTraining(state: State, log: vscode.LogOutputChannel): vscode.Disposable {
  const begin = () => {
    if (vscode.workspace.isTrusted) typeCommand(state, log).catch((error: unknown) => log.warn(messageOf(error)));
  };
  begin();
  return vscode.workspace.onDidGrantWorkspaceTrust(begin);
}

async function typeCommand(state: State, log: vscode.LogOutputChannel): Promise<void> {
  const remembered = rememberedIn(state);
  const folders = (vscode.workspace.workspaceFolders ?? []).flatMap(({ uri }) => realPathOf(uri) ?? []);
  const found = remembered.find(({ folder }) => folders.includes(folder));
  if (!found) return;
  await state.update(
    KEY,
    remembered.filter((other) => other !== found),
  );
  const { label, command, requirements, runFolder, text } = found;
  log.info(text);
  if (command !== undefined) {
    const terminal = vscode.window.createTerminal({ name: t('Train {label} again', { label }), cwd: runFolder });
    terminal.show();
    await shellIn(terminal);
    // Typed, not run: whoever wrote it may be anybody who writes to the registry.
    terminal.sendText(oneLine(command, 4096), false);
  }
  const what =
    command === undefined ? '' : ` ${t('Its command stands in the terminal and waits: read it before you run it.')}`;
  const packages = t('Show Packages');
  const chosen = await inform(
    `${t('This is the code that trained {label}.', { label })}${what}`,
    t('Show What Was Found'),
    ...(requirements === undefined ? [] : [packages]),
  );
  if (chosen === packages && requirements !== undefined)
    await vscode.window.showTextDocument(vscode.Uri.file(requirements));
  else if (chosen !== undefined) log.show();
}

/** Waits for the prompt, where the shell tells of it: what is typed before stands there twice. */
async function shellIn(terminal: vscode.Terminal): Promise<void> {
  if (terminal.shellIntegration) return;
  const subscriptions: vscode.Disposable[] = [];
  let timer: NodeJS.Timeout | undefined;
  await new Promise<void>((done) => {
    timer = setTimeout(done, SHELL_TIMEOUT_MS);
    subscriptions.push(
      vscode.window.onDidChangeTerminalShellIntegration((change) => {
        if (change.terminal === terminal) done();
      }),
      vscode.window.onDidCloseTerminal((closed) => {
        if (closed === terminal) done();
      }),
    );
  });
  clearTimeout(timer);
  for (const subscription of subscriptions) subscription.dispose();
}

function rememberedIn(state: State): readonly Remembered[] {
  const parsed = v.safeParse(v.array(rememberedSchema), state.get(KEY));
  return parsed.success ? parsed.output : [];
}
