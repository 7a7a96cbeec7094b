import { RegistryError } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import type { ChangedCode } from '../code/changed-code.ts';
import type { RequestHandlers } from '../messages/answers.ts';
import type { PageKind } from '../messages/page-data.ts';
import type { NOTHING_OF_COMPARISONS } from './not-on-page.ts';

/** Which comparison, in the order of its columns. */
export interface ComparedPage {
  readonly registryDir: string;
  readonly versionIds: readonly string[];
}

export interface ComparisonTools {
  readonly changedCode: Pick<ChangedCode, 'openAll'>;
  readonly runCommand: (id: string, ...args: readonly unknown[]) => Promise<unknown>;
  /** Shows other versions on the page of a comparison. */
  readonly arrange: (page: ComparedPage, versionIds: readonly string[]) => void;
  /** Starts a command without waiting for the person that it asks. */
  readonly start: (command: string, target: { readonly registryDir: string; readonly [name: string]: unknown }) => void;
}

/** What the page compares at the moment. */
interface ComparedNow {
  readonly registryDir: string;
  readonly versionsNow: () => readonly string[];
  readonly checkOnPage: (ids: readonly string[]) => void;
}

/** Answers what only a comparison asks. Throws `NOT_ON_PAGE` for versions that it hasn't. */
export function comparisonHandlers(
  { registryDir, versionsNow, checkOnPage }: ComparedNow,
  { changedCode, arrange, start, runCommand }: ComparisonTools,
): Pick<RequestHandlers<PageKind>, keyof typeof NOTHING_OF_COMPARISONS | 'openFileChanges'> {
  return {
    openFileChanges: async ({ between }) => {
      if (!between) throw new RegistryError('NOT_ON_PAGE', t('Between which of the versions wasn’t said.'));
      checkOnPage(between);
      const [beforeId, afterId] = between;
      await changedCode.openAll({ registryDir, beforeId, afterId });
    },
    arrangeComparison: async ({ versionIds }) => arrange({ registryDir, versionIds: versionsNow() }, versionIds),
    chooseCompared: async () => start('modelRegistry.compareVersions', { registryDir, compared: [...versionsNow()] }),
    copyComparisonLink: async () => {
      const targets = versionsNow().map((versionId) => ({ registryDir, versionId }));
      await runCommand('modelRegistry.copyLink', targets[0], targets);
    },
  };
}
