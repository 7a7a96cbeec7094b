import * as vscode from 'vscode';
import { t, tCount } from '../../base/language.ts';
import { type LinkTarget, linkTo } from '../links/version-link.ts';
import { complain, tellBriefly } from '../notify.ts';
import { askInSteps } from '../prompts/steps.ts';
import { labelOf, oneLine } from '../version-text.ts';
import type { Command } from './command-context.ts';
import { startFrom, targetsOf } from './targets.ts';

const MOST_COMPARED = 8;

/** Copies a link to a version, to a model from its row or page, to a review from its row or page, or to the comparison of what is selected. */
export const copyLink: Command = async (context, row, selected) => {
  const targets = targetsOf(row, selected);
  const ids = [...new Set(targets.flatMap(({ versionId }) => versionId ?? []))];
  const copy = async (target: LinkTarget, told: string) => {
    const app = { uriScheme: vscode.env.uriScheme, extensionId: context.extensionId };
    await vscode.env.clipboard.writeText(linkTo(target, app));
    tellBriefly(told);
  };
  if (ids.length > MOST_COMPARED) {
    await complain(
      t('A link leads to one version, or to at most {most} side by side. Select fewer.', { most: MOST_COMPARED }),
    );
    return;
  }
  if (ids.length > 1) {
    const told = tCount(
      ids.length,
      'Copied the link to {count} version',
      'Copied the link to {count} versions side by side',
    );
    await copy({ kind: 'comparison', versionIds: ids }, told);
    return;
  }
  const [target] = targets;
  const isOnModel = target?.modelId !== undefined && target.versionId === undefined;
  const start = await startFrom(context, row, isOnModel ? 'model' : 'version');
  if (!start) return;
  const { model, version } = (await askInSteps(t('Copy Link'), start.answers, start.steps)) ?? {};
  if (isOnModel && model) {
    const { id: modelId, name } = model;
    await copy({ kind: 'model', modelId, name }, t('Copied the link to {name}', { name: oneLine(name, 80) }));
    return;
  }
  if (!version) return;
  const [name, stage] = [labelOf(version), target?.stage];
  if (stage === undefined)
    await copy({ kind: 'version', versionId: version.id, name }, t('Copied the link to {version}', { version: name }));
  else
    await copy(
      { kind: 'review', versionId: version.id, stage, name },
      t('Copied the link to the review of {version} for {stage}', { version: name, stage: oneLine(stage, 40) }),
    );
};
