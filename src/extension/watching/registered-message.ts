import * as vscode from 'vscode';
import { t } from '../../base/language.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import type { RegisterResult } from '../../registry/api/registering.ts';
import { inform } from '../notify.ts';
import { preferredMetric } from '../settings.ts';
import { labelOf, oneLine, registeredText } from '../version-text.ts';

export interface Registered {
  readonly registryDir: string;
  readonly result: RegisterResult;
  /** The folder of the registry, where it was made for this version. */
  readonly madeIn?: string | undefined;
  /** The version that it takes the place of, because that was registered before the same run had ended. */
  readonly earlier?: VersionSummary | undefined;
  /** Declares the model, where nothing does yet: it was registered this once. */
  readonly declare?: (() => Promise<void>) | undefined;
}

/** Tells of a new version, and offers what one does next. */
export async function tellRegistered({ registryDir, result, madeIn, earlier, declare }: Registered): Promise<void> {
  const { version, production, isNew, otherMetrics = [] } = result;
  const target = { registryDir, versionId: version.id };
  const sentences = [
    registeredText(result, preferredMetric()),
    ...(earlier ? [t('It takes the place of {version}: the run had gone on', { version: labelOf(earlier) })] : []),
    ...(madeIn === undefined ? [] : [t('A registry was made for it in {folder}', { folder: madeIn })]),
  ];
  const text = isNew
    ? sentences.join('. ')
    : [
        t('These files are {version} already, so no version was added.', { version: labelOf(version) }),
        ...(otherMetrics.length === 0
          ? []
          : [t('It keeps its own values of {metrics}.', { metrics: oneLine(otherMetrics.join(', '), 200) })]),
      ].join(' ');
  const actions: Readonly<Record<string, () => Thenable<unknown>>> = {
    ...(isNew ? { [t('Promote…')]: () => vscode.commands.executeCommand('modelRegistry.promote', target) } : {}),
    [t('Show')]: () => vscode.commands.executeCommand('modelRegistry.showVersion', target),
    ...(production && production.id !== version.id
      ? {
          [t('Compare')]: () =>
            vscode.commands.executeCommand('modelRegistry.compareVersions', target, [
              { registryDir, versionId: production.id },
              target,
            ]),
        }
      : {}),
    ...(declare ? { [t('Always for This Place')]: declare } : {}),
  };
  const chosen = await inform(text, ...Object.keys(actions));
  if (chosen !== undefined) await actions[chosen]?.();
}
