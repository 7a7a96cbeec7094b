import type { PageKind } from '../../../src/extension/messages/page-data.ts';
import type { RequestMethod, RequestParams } from '../../../src/extension/messages/requests.ts';
import { idOf } from '../../webviews/examples.ts';

const part = { offset: 0, limit: 100, isDescending: false, filter: '' } as const;
const plot = { metric: 'test_auc', across: { kind: 'param', name: 'lr' } } as const;

/** One message of each kind as the pages send it: what forged ones are made from. A new kind has to be added. */
export const validParams: { readonly [M in RequestMethod]: RequestParams<M> } = {
  load: {},
  act: { action: 'promote', versionId: idOf(2) },
  openVersion: { ref: 'fraud-detector@2' },
  openComparison: { versionIds: [idOf(1), idOf(2)] },
  openChanges: { before: idOf(1), after: idOf(2) },
  openGraph: { of: `version:${idOf(2)}` },
  openFile: { path: 'model.ubj', versionId: idOf(2), before: idOf(1) },
  keep: {},
  manageTrust: {},
  openModel: { modelId: '01JC0000000000000000000001' },
  actOnModel: { action: 'rollBack' },
  plot,
  plotted: { ...plot, isLowerBetter: false, cursor: '8' },
  tenures: { stage: 'production', cursor: '8' },
  glance: { number: 2 },
  heldAt: { time: '2026-05-03T10:00:00.000Z' },
  codeBetween: {},
  openFileChange: { path: 'src/split.py', from: 'split.py' },
  openFileChanges: {},
  arrangeComparison: { versionIds: [idOf(2), idOf(1)] },
  chooseCompared: {},
  copyComparisonLink: {},
  copyText: { text: 'fraud-detector@2', what: 'the reference' },
  tensorRows: { ...part, sort: 'name' },
  facts: {},
  history: {},
  compareTensors: { before: idOf(1), after: idOf(2) },
  comparedTensorRows: { before: idOf(1), after: idOf(2), query: { ...part, sort: 'change' } },
  versionGates: {},
  gates: {},
  runGates: { isAgain: false },
  cancelGates: {},
  showGateOutput: {},
  openEvidence: { gate: 'auc' },
  decide: { decision: 'promote', text: 'Better', revision: 1 },
  openReview: { versionId: idOf(2), stage: 'production' },
  cancel: { request: 1 },
  ping: {},
  registerFile: {},
  trends: {},
  card: {},
  preview: { path: 'README.md', versionId: idOf(2) },
  saveFile: { path: 'model.ubj' },
  remark: { kind: 'note', text: 'Trained twice, same bytes.' },
};

/** What each kind of page says of itself when the editor brings it back. */
export const pageStates = {
  version: { registryDir: '/registry', versionId: idOf(2) },
  comparison: { registryDir: '/registry', versionIds: [idOf(1), idOf(2)] },
  changes: { registryDir: '/registry', beforeId: idOf(1), afterId: idOf(2) },
  graph: { registryDir: '/registry', of: `version:${idOf(2)}` },
  review: { registryDir: '/registry', versionId: idOf(2), stage: 'production' },
  model: { registryDir: '/registry', modelId: '01JC0000000000000000000001' },
  plots: { registryDir: '/registry', modelId: '01JC0000000000000000000001', of: { kind: 'all' } },
} satisfies Record<Exclude<PageKind, 'modelFile'>, object>;
