import { RegistryError } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import type { RegistryCalls } from '../../registry/methods.ts';
import type { ChangedCode } from '../code/changed-code.ts';
import type { RequestHandlers } from '../messages/answers.ts';
import type { PageKind } from '../messages/page-data.ts';
import type { ChangesPageState } from '../messages/page-states.ts';
import type { PageAction } from '../messages/requests.ts';
import type { Reviews } from '../reviews/reviews.ts';
import { type ComparisonTools, comparisonHandlers } from './comparison-handlers.ts';
import { copyText } from './copy-text.ts';
import { modelHandlers } from './model-handlers.ts';
import {
  NOTHING_OF_CHANGES,
  NOTHING_OF_COMPARISONS,
  NOTHING_OF_MODELS,
  NOTHING_OF_ONE_VERSION,
  type NOTHING_OF_REVIEWS,
} from './not-on-page.ts';
import { type OpenPage, versionsOf } from './page-kinds.ts';
import { versionHandlers } from './version-handlers.ts';

/** What pages are answered with. */
export interface HandlerTools extends ComparisonTools {
  readonly registryFor: (registryDir: string) => Promise<RegistryCalls>;
  readonly changedCode: Pick<ChangedCode, 'between' | 'openFile' | 'openAll'>;
  readonly reviews: Pick<Reviews, 'versionGates'>;
  readonly isTrusted: () => boolean;
  readonly show: (page: OpenPage) => void;
}

const commandOf: Readonly<Record<PageAction, string>> = {
  promote: 'modelRegistry.promote',
  review: 'modelRegistry.review',
  evaluate: 'modelRegistry.evaluate',
  rollBack: 'modelRegistry.rollBack',
  archive: 'modelRegistry.archive',
  restoreFiles: 'modelRegistry.restoreFiles',
  openTrainedCode: 'modelRegistry.openTrainedCode',
  copyReference: 'modelRegistry.copyReference',
  copyLink: 'modelRegistry.copyLink',
  compareFiles: 'modelRegistry.compareFiles',
  setAlias: 'modelRegistry.setAlias',
  removeAlias: 'modelRegistry.removeAlias',
  editTags: 'modelRegistry.editTags',
  editCard: 'modelRegistry.editCard',
  exportCard: 'modelRegistry.exportCard',
};

/** Answers what any page asks, apart from its data and what only reviews ask. `pageNow` is what the tab is about: a comparison may become one of other versions. */
export function pageHandlers(
  pageNow: () => OpenPage,
  tools: HandlerTools,
): Omit<RequestHandlers<PageKind>, 'load' | keyof typeof NOTHING_OF_REVIEWS> {
  const { registryFor, changedCode, reviews, isTrusted, runCommand, show, start } = tools;
  const page = pageNow();
  const { registryDir } = page.state;
  const versionsNow = () => versionsOf(pageNow());
  const checkOnPage = (ids: readonly string[]) => {
    const other = ids.find((id) => !versionsNow().includes(id));
    if (other === undefined) return;
    throw new RegistryError(
      'NOT_ON_PAGE',
      t("Version {other} isn't on this page, so nothing was done. Open its own page.", { other }),
    );
  };
  return {
    act: async ({ action, versionId }) => {
      checkOnPage([versionId]);
      // The link of a review leads to the review.
      const stage = page.kind === 'review' && action === 'copyLink' ? { stage: page.state.stage } : {};
      start(commandOf[action], { registryDir, versionId, ...stage });
    },
    openVersion: async ({ ref }) => {
      const { id } = await (await registryFor(registryDir)).show({ ref });
      show({ kind: 'version', state: { registryDir, versionId: id } });
    },
    openComparison: async ({ versionIds: compared }) => {
      const registry = await registryFor(registryDir);
      await Promise.all(compared.map((ref) => registry.show({ ref })));
      show({ kind: 'comparison', state: { registryDir, versionIds: compared } });
    },
    openChanges: async ({ before, after }) => {
      const refs = before === undefined ? [after] : [before, after];
      const changes = await (await registryFor(registryDir)).changes({ refs });
      show({ kind: 'changes', state: { registryDir, beforeId: changes.before.id, afterId: changes.after.id } });
    },
    openGraph: async ({ of }) => {
      await (await registryFor(registryDir)).impact({ of, limit: 1 });
      show({ kind: 'graph', state: { registryDir, of } });
    },
    // Only looked at: it may be of any version of the registry.
    openFile: async (file) => start('modelRegistry.openFiles', { registryDir, ...file }),
    versionGates: async ({ versionId = versionsNow()[0] ?? '' }) => {
      checkOnPage([versionId]);
      return reviews.versionGates(registryDir, versionId);
    },
    openReview: async ({ versionId, stage }) => {
      checkOnPage([versionId]);
      await checkStage(await registryFor(registryDir), versionId, stage);
      show({ kind: 'review', state: { registryDir, versionId, stage } });
    },
    // Only what has a tab of its own can be a preview.
    keep: async () => undefined,
    manageTrust: async () => void runCommand('workbench.trust.manage'),
    openModel: async ({ modelId }) => {
      await (await registryFor(registryDir)).showModel({ model: modelId });
      show({ kind: 'model', state: { registryDir, modelId } });
    },
    ...(page.kind === 'model' ? modelHandlers(page.state, registryFor, start) : NOTHING_OF_MODELS),
    ...(page.kind === 'changes' ? changesHandlers(page.state, changedCode) : NOTHING_OF_CHANGES),
    ...(page.kind === 'comparison'
      ? comparisonHandlers({ registryDir, versionsNow, checkOnPage }, tools)
      : NOTHING_OF_COMPARISONS),
    copyText,
    tensorRows: async (query) => {
      const [ref = ''] = versionsNow();
      return (await registryFor(registryDir)).tensorRows({ ref, query });
    },
    facts: async (_params, operation) => {
      const [ref = ''] = versionsNow();
      const { version: _version, ...facts } = await (await registryFor(registryDir)).facts({ ref }, operation);
      return facts;
    },
    ...(page.kind === 'version'
      ? versionHandlers(page.state, {
          registryFor,
          isTrusted,
          start,
        })
      : NOTHING_OF_ONE_VERSION),
    history: async ({ versionId: ref = versionsNow()[0] ?? '' }) => {
      checkOnPage([ref]);
      return (await (await registryFor(registryDir)).history({ ref })) ?? {};
    },
    compareTensors: async ({ before, after }, operation) => {
      checkOnPage([before, after]);
      const request = { refs: [before, after], withoutRows: true };
      const {
        versions: _,
        tensors: _rows,
        ...compared
      } = await (await registryFor(registryDir)).compareTensors(request, operation);
      return compared;
    },
    comparedTensorRows: async ({ before, after, query }, operation) => {
      checkOnPage([before, after]);
      return (await registryFor(registryDir)).comparedTensorRows({ refs: [before, after], query }, operation);
    },
    registerFile: async () => {
      throw new RegistryError(
        'NOT_ON_PAGE',
        t('This page shows no file of the workspace, so there is nothing to register.'),
      );
    },
  };
}

function changesHandlers(
  state: ChangesPageState,
  changedCode: HandlerTools['changedCode'],
): Pick<RequestHandlers<PageKind>, 'codeBetween' | 'openFileChange' | 'openFileChanges'> {
  return {
    codeBetween: async (_params, operation) => {
      const between = await changedCode.between(state, operation);
      return between ? { between } : {};
    },
    openFileChange: (file) => changedCode.openFile(state, file),
    openFileChanges: () => changedCode.openAll(state),
  };
}

/** What isn't there gets no tab: the page that asked for it is told. */
async function checkStage(registry: RegistryCalls, ref: string, stage: string): Promise<void> {
  const { modelId } = await registry.show({ ref });
  if ((await registry.stages({ model: modelId })).some(({ name }) => name === stage)) return;
  throw new RegistryError('STAGE_UNKNOWN', t('The model has no stage {stage} that could be reviewed for.', { stage }));
}
