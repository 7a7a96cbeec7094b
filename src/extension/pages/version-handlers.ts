import { RegistryError } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import type { VersionDetails } from '../../catalog/read-models/versions.ts';
import type { LoadSnippet, SnippetSubject } from '../../modelfiles/loading/load-snippet.ts';
import type { RegistryCalls } from '../../registry/methods.ts';
import { versionSnippet } from '../../registry/version-snippet.ts';
import type { FactsPageData, RequestHandlers } from '../messages/answers.ts';
import type { PageKind } from '../messages/page-data.ts';
import type { VersionPageState } from '../messages/page-states.ts';
import { previewFile } from './file-preview.ts';
import type { NOTHING_OF_ONE_VERSION } from './not-on-page.ts';

/** Names that lead to a version now: more than these are no choice. */
const MOST_NAMES = 8;

export interface VersionTools {
  readonly registryFor: (registryDir: string) => Promise<RegistryCalls>;
  readonly isTrusted: () => boolean;
  readonly start: (
    command: string,
    target: { readonly registryDir: string; readonly versionId: string; readonly path?: string },
  ) => void;
}

/** Answers what only the page of a version asks. */
export function versionHandlers(
  { registryDir, versionId }: VersionPageState,
  { registryFor, isTrusted, start }: VersionTools,
): Pick<RequestHandlers<PageKind>, keyof typeof NOTHING_OF_ONE_VERSION | 'facts'> {
  return {
    trends: async () => (await registryFor(registryDir)).trends({ ref: versionId }),
    card: async (_params, operation) => {
      const { file } = await (await registryFor(registryDir)).card({ ref: versionId }, operation);
      return file ? { file } : {};
    },
    // Only looked at: it may be of any version of the registry.
    preview: async ({ path, versionId: of }) => previewFile(await registryFor(registryDir), { ref: of, path }),
    saveFile: async ({ path }) => start('modelRegistry.saveFile', { registryDir, versionId, path }),
    remark: async ({ kind, text }) => {
      if (!isTrusted())
        throw new RegistryError(
          'RESTRICTED_MODE',
          t('This folder is open in Restricted Mode, so its registry can only be looked at. Nothing was added.'),
        );
      const registry = await registryFor(registryDir);
      await (kind === 'note' ? registry.note({ ref: versionId, text }) : registry.comment({ ref: versionId, text }));
      return { isDone: true };
    },
    facts: async (_params, operation): Promise<FactsPageData> => {
      const registry = await registryFor(registryDir);
      const [version, { version: _version, ...facts }] = await Promise.all([
        registry.show({ ref: versionId }),
        registry.facts({ ref: versionId }, operation),
      ]);
      return {
        ...facts,
        loading: snippetsOf(version, facts.facts ?? (facts.isUnknownFormat ? { format: 'unknown' } : undefined)),
      };
    },
  };
}

/** How to load a version: by its number, and by each name that leads to it now. */
export function snippetsOf(version: VersionDetails, facts?: SnippetSubject['facts']): readonly LoadSnippet[] {
  const isOnlyOne = version.stage !== 'candidate' && version.stage !== 'archived';
  const names = version.pending ? [] : [...(isOnlyOne ? [version.stage] : []), ...version.aliases];
  return [
    versionSnippet(version, { facts }),
    ...names.slice(0, MOST_NAMES).map((name) => versionSnippet(version, { facts, ref: `${version.model}@${name}` })),
  ];
}
