import * as v from 'valibot';
import * as vscode from 'vscode';
import { RegistryError } from '../../base/errors.ts';
import { formatNumber, t } from '../../base/language.ts';
import { sizeText } from '../../base/size.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import type { FileChange } from '../../registry/api/files.ts';
import type { RegistryCalls } from '../../registry/methods.ts';
import { versionUri } from '../file-system/version-uri.ts';
import { complain, inform, tellBriefly } from '../notify.ts';
import { type Choice, pickOne } from '../prompts/pick.ts';
import { askInSteps } from '../prompts/steps.ts';
import { labelOf, oneLine, pairLabelOf } from '../version-text.ts';
import type { Command } from './command-context.ts';
import { mayWrite } from './may-write.ts';
import { startFrom, targetsOf } from './targets.ts';

/** Nobody reads a longer list. */
const MOST_ROWS = 5000;
/** The editor's own comparison of many files opens so many at most, and none that is too large to be read. */
const MOST_OPENED = 200;
const LARGEST_OPENED = 5 * 1024 * 1024;

/** A page says which file. */
const fileSchema = v.object({
  registryDir: v.string(),
  versionId: v.string(),
  path: v.string(),
  before: v.optional(v.string()),
});

const savedSchema = v.object({ registryDir: v.string(), versionId: v.string(), path: v.string() });

/** Opens a file of a version, or how it differs from that of another one; where it has one only, that. */
export const openFiles: Command = async (context, argument) => {
  const named = v.safeParse(fileSchema, argument);
  if (named.success) {
    const { registryDir, versionId, path, before: beforeId } = named.output;
    const calls = await context.registries.callsFor(registryDir);
    const version = await calls.show({ ref: versionId });
    const other = beforeId === undefined ? undefined : await calls.show({ ref: beforeId });
    const [isIn, wasIn] = [await hasFile(calls, version, path), other && (await hasFile(calls, other, path))];
    if (!isIn && wasIn !== true) throw notAmong(version, path);
    const kind = !isIn ? 'removed' : wasIn === true ? 'changed' : 'added';
    const before = other ?? version;
    await openChange(before, version, { path, kind }, pairLabelOf(before, version));
    return;
  }
  const start = await startFrom(context, argument, 'version');
  if (!start) return;
  const answers = await askInSteps(t('Open Files'), start.answers, start.steps);
  const { registry, version } = answers ?? {};
  if (!registry || !version) return;
  const { files } = await registry.connection.registry.show({ ref: version.id });
  if (!files) {
    await complain(
      t('The list of files of {version} is missing or damaged. “Verify” tells more.', { version: labelOf(version) }),
    );
    return;
  }
  const [only] = files;
  if (only && files.length === 1) {
    await openFile(version, only.path);
    return;
  }
  const reply = await pickOne<string>({
    place: { title: t('Files of {version}', { version: labelOf(version) }), step: 1, totalSteps: 1 },
    placeholder:
      files.length > MOST_ROWS
        ? t('The first {shown} of {all} files', { shown: formatNumber(MOST_ROWS), all: formatNumber(files.length) })
        : t('Which file?'),
    nothing: t('It has no files'),
    choices: files.slice(0, MOST_ROWS).map(({ path, sizeBytes }) => ({
      value: path,
      label: oneLine(path, 1000),
      description: sizeText(sizeBytes),
    })),
  });
  if (reply.kind === 'given') await openFile(version, reply.value);
};

async function hasFile(calls: Pick<RegistryCalls, 'files'>, { id }: VersionSummary, path: string): Promise<boolean> {
  try {
    return (await calls.files({ ref: id, path })).kind === 'file';
  } catch (error) {
    if (RegistryError.is(error, 'FILE_NOT_FOUND')) return false;
    throw error;
  }
}

/** The editor would open a tab that says as much. */
function notAmong(version: VersionSummary, path: string): RegistryError {
  return new RegistryError(
    'FILE_NOT_FOUND',
    t('{path} isn’t among the files of {version}.', { path: oneLine(path, 200), version: labelOf(version) }),
  );
}

async function openFile(version: VersionSummary, path: string): Promise<void> {
  await vscode.commands.executeCommand('vscode.open', versionUri(version, path), { preview: true });
}

/** The files that differ between two selected versions; of one, against what it is looked at against by itself. */
export const compareFiles: Command = async (context, row, selected) => {
  const targets = targetsOf(row, selected);
  const ids = [...new Set(targets.flatMap(({ versionId }) => versionId ?? []))];
  if (ids.length > 2 || targets.some(({ registryDir }) => registryDir !== targets[0]?.registryDir)) {
    await complain(t('Files are compared between two versions of one registry. Select one or two.'));
    return;
  }
  const start = await startFrom(context, row, ids.length > 0 ? 'version' : 'model');
  if (!start) return;
  const answers = await askInSteps(t('Compare Files'), start.answers, start.steps);
  const { registry, model } = answers ?? {};
  if (!registry || !model) return;
  const calls = registry.connection.registry;
  const inOrder = ids.length === 2 ? [...ids].sort() : ids;
  const pair = await calls.changes(inOrder.length > 0 ? { refs: inOrder } : { model: model.id });
  const { before, after, changes, total } = await calls.compareFiles({ refs: [pair.before.id, pair.after.id] });
  const title = pairLabelOf(before, after);
  if (total === 0) {
    await inform(t('{before} and {after} have the same files.', { before: labelOf(before), after: labelOf(after) }));
    return;
  }
  const reply = await pickOne<FileChange | 'all'>({
    place: { title: t('Files of {title}', { title }), step: 1, totalSteps: 1 },
    placeholder:
      total > changes.length
        ? t('The first {shown} of {all} files that differ', {
            shown: formatNumber(changes.length),
            all: formatNumber(total),
          })
        : t('Which file?'),
    nothing: '',
    choices: [...allOf(changes), ...changes.map(changeChoice)],
  });
  if (reply.kind !== 'given') return;
  if (reply.value === 'all') await openAll(before, after, changes, title);
  else await openChange(before, after, reply.value, title);
};

function allOf(changes: readonly FileChange[]): readonly Choice<FileChange | 'all'>[] {
  const count = changes.filter(isSmall).slice(0, MOST_OPENED).length;
  if (count < 2) return [];
  const label = t('Open all {number} in one tab', { number: formatNumber(count) });
  return [{ value: 'all', label, icon: new vscode.ThemeIcon('diff-multiple') }];
}

function changeChoice(change: FileChange): Choice<FileChange | 'all'> {
  const { path, kind, before, after } = change;
  const sizes = [before, after].flatMap((file) => (file ? [sizeText(file.sizeBytes)] : []));
  return {
    value: change,
    label: oneLine(path, 1000),
    description: `${{ added: t('added'), removed: t('removed'), changed: t('changed') }[kind]} · ${sizes.join(' → ')}`,
    icon: new vscode.ThemeIcon({ added: 'diff-added', removed: 'diff-removed', changed: 'diff-modified' }[kind]),
  };
}

async function openChange(
  before: VersionSummary,
  after: VersionSummary,
  { path, kind }: FileChange,
  title: string,
): Promise<void> {
  if (kind === 'added') await openFile(after, path);
  else if (kind === 'removed') await openFile(before, path);
  else {
    const [left, right] = [versionUri(before, path), versionUri(after, path)];
    await vscode.commands.executeCommand('vscode.diff', left, right, `${oneLine(path)} (${title})`, { preview: true });
  }
}

async function openAll(
  before: VersionSummary,
  after: VersionSummary,
  changes: readonly FileChange[],
  title: string,
): Promise<void> {
  const opened = changes.filter(isSmall).slice(0, MOST_OPENED);
  const rows = opened.map(({ path, kind }) => {
    const [left, right] = [versionUri(before, path), versionUri(after, path)];
    return [right, kind === 'added' ? undefined : left, kind === 'removed' ? undefined : right];
  });
  await vscode.commands.executeCommand('vscode.changes', t('Files of {title}', { title }), rows);
}

function isSmall({ before, after }: FileChange): boolean {
  return Math.max(before?.sizeBytes ?? 0, after?.sizeBytes ?? 0) <= LARGEST_OPENED;
}

/** Writes a file of a version where the person wants it. */
export const saveFile: Command = async (context, argument) => {
  if (!(await mayWrite())) return;
  const { registryDir, versionId, path } = v.parse(savedSchema, argument);
  const calls = await context.registries.callsFor(registryDir);
  const version = await calls.show({ ref: versionId });
  if (!(await hasFile(calls, version, path))) throw notAmong(version, path);
  const name = path.slice(path.lastIndexOf('/') + 1);
  const folder = (await context.registries.existing()).find(({ dir }) => dir === registryDir)?.roots[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    title: t('Save {path} of {version}', { path: oneLine(path), version: labelOf(version) }),
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : {}),
  });
  if (!target) return;
  // Read by the editor's own means, which stop at what is too large for it and say what to do.
  await vscode.workspace.fs.copy(versionUri(version, path), target, { overwrite: true });
  tellBriefly(t('{name} was written', { name: oneLine(name) }));
};
