import { isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';
import { pathInside } from '../../base/inside.ts';
import { t, tCount } from '../../base/language.ts';
import { told } from '../../base/retold.ts';
import { sizeText } from '../../base/size.ts';
import type { VerifyReport } from '../../registry/api/verifying.ts';
import { complain, inform } from '../notify.ts';
import { browseFolder } from '../prompts/browse-folder.ts';
import { askText } from '../prompts/input.ts';
import { pickOne } from '../prompts/pick.ts';
import { added, askInSteps, type Step } from '../prompts/steps.ts';
import { withProgress } from '../status/progress.ts';
import { labelOf, numberOf, oneLine } from '../version-text.ts';
import type { Command } from './command-context.ts';
import { mayWrite } from './may-write.ts';
import { startFrom } from './targets.ts';

/** Writes a version's files into a folder; the registry refuses one that holds anything else. */
export const restoreFiles: Command = async (context, argument) => {
  if (!(await mayWrite())) return;
  const start = await startFrom(context, argument, 'version');
  if (!start) return;
  const answers = await askInSteps(t('Restore Files'), start.answers, [...start.steps, destinationStep]);
  const { registry, version, text } = answers ?? {};
  if (!registry || !version || text === undefined) return;
  const root = registry.roots[0]?.uri.fsPath ?? registry.dir;
  const to = isAbsolute(text) ? text : join(root, text);
  const work = { title: t('Restoring {version}', { version: labelOf(version) }), isCancellable: true };
  const result = await withProgress(context.activity, work, (operation) =>
    registry.connection.registry.pull({ ref: version.id, to }, operation),
  );
  const restored = tCount(
    result.fileCount,
    'Restored {count} file ({size}) of {version} to {folder}',
    'Restored {count} files ({size}) of {version} to {folder}',
    { size: sizeText(result.sizeBytes), version: labelOf(version), folder: to },
  );
  const chosen = await inform(restored, t('Reveal in Explorer'));
  if (chosen !== undefined) await vscode.commands.executeCommand('revealInExplorer', vscode.Uri.file(to));
};

const destinationStep: Step = async (place, answers) => {
  const { version, registry } = answers;
  if (!version || !registry) return { kind: 'cancelled' };
  const root = registry.roots[0]?.uri;
  const reply = await askText({
    place,
    prompt: t(
      'Folder for the files of {version}: a new or empty one, or one that was restored before. Relative to {name}.',
      { version: labelOf(version), name: registry.roots[0]?.name ?? registry.dir },
    ),
    value: join('restored', `${version.model}-${numberOf(version)}`),
    check: (text) => (text === '' ? t('Name a folder.') : undefined),
    browse: browseFolder(
      {
        openLabel: t('Restore Here'),
        title: t('Where to restore {version}', { version: labelOf(version) }),
        ...(root ? { defaultUri: root } : {}),
      },
      (folder) => {
        return (root && pathInside(root.fsPath, folder)) || folder;
      },
    ),
  });
  return added(reply, (text) => ({ ...answers, text }));
};

export const verify: Command = async (context, argument) => {
  const start = await startFrom(context, argument, 'registry');
  if (!start) return;
  const depth: Step = async (place, answers) => {
    const reply = await pickOne({
      place,
      placeholder: t('How thoroughly?'),
      nothing: '',
      choices: [
        { value: 'artifacts', label: t('Log and artifacts'), description: t('reads every file in the registry') },
        { value: 'log', label: t('Log only'), description: t('fast') },
      ],
    });
    return added(reply, (text) => ({ ...answers, text }));
  };
  const answers = await askInSteps(t('Verify'), start.answers, [...start.steps, depth]);
  const { registry, text } = answers ?? {};
  if (!registry || text === undefined) return;
  const work = { title: t('Verifying the registry'), isCancellable: true };
  const report = await withProgress(context.activity, work, (operation) =>
    registry.connection.registry.verify({ artifacts: text === 'artifacts' }, operation),
  );
  await tellVerified(context.log, report, text === 'artifacts');
};

async function tellVerified(log: vscode.LogOutputChannel, report: VerifyReport, hasArtifacts: boolean): Promise<void> {
  const artifacts = `, ${tCount(report.objects, '{count} object', '{count} objects')} (${sizeText(report.bytes)})`;
  const checked = `${tCount(report.commits, '{count} commit', '{count} commits')}${hasArtifacts ? artifacts : ''}`;
  for (const { code, key, message, versions } of report.problems) {
    const affected = versions.length === 0 ? '' : ` ${t('Affected: {versions}.', { versions: versions.join(', ') })}`;
    log.error(`${code} ${oneLine(key)}: ${oneLine(message, 1000)}${oneLine(affected, 500)}`);
  }
  for (const { seq, reason } of report.voids) log.info(`Commit ${seq} had no effect in part: ${oneLine(reason, 500)}`);
  const { restorable } = report;
  if (restorable && restorable.whole < restorable.total)
    log.error(`The files of ${restorable.whole} of ${restorable.total} versions are whole and can be restored`);
  const [first] = report.problems;
  if (first === undefined) {
    log.info(`The registry is sound: checked ${checked}`);
    await inform(t('The registry is sound: checked {checked}.', { checked }));
    return;
  }
  const problems = tCount(
    report.problems.length,
    'Found {count} problem in {checked}.',
    'Found {count} problems in {checked}.',
    { checked },
  );
  const found = `${problems} ${told(first.message)}`;
  if ((await complain(found, t('Show All'))) !== undefined) log.show();
}

export const rebuildCatalog: Command = async (context, argument) => {
  const start = await startFrom(context, argument, 'registry');
  if (!start) return;
  const answers = await askInSteps(t('Rebuild Catalog'), start.answers, start.steps);
  const { registry } = answers ?? {};
  if (!registry) return;
  const { commits, versions } = await withProgress(
    context.activity,
    { title: t('Rebuilding the catalog') },
    (operation) => registry.connection.registry.rebuild(operation),
  );
  context.registries.announce(registry.dir);
  await inform(
    t('Rebuilt the catalog from {commits}: {versions}.', {
      commits: tCount(commits, '{count} commit', '{count} commits'),
      versions: tCount(versions, '{count} version', '{count} versions'),
    }),
  );
};
