import * as v from 'valibot';
import { TENSOR_COLUMNS } from '../../modelfiles/tensor-rows.ts';
import { COMPARED_COLUMNS } from '../../modelfiles/tensors/compared-rows.ts';
import { comparedIds, lineageReference, pathInRepository, stageName, ulid } from './fields.ts';
import { decisionSchema } from './review.ts';
import { versionParams } from './version.ts';

// What a page may send: `requestSchema` parses it before the extension looks at it.

/** What a page may ask to be done to a version. Anything else is refused. */
export const pageActions = [
  'promote',
  'review',
  'evaluate',
  'rollBack',
  'archive',
  'restoreFiles',
  'openTrainedCode',
  'copyReference',
  'copyLink',
  'compareFiles',
  'setAlias',
  'removeAlias',
  'editTags',
  'editCard',
  'exportCard',
] as const;
export type PageAction = (typeof pageActions)[number];

/** What the page of a model may ask to be done to it. */
export const modelActions = [
  'rollBack',
  'comment',
  'copyLink',
  'openLog',
  'renameModel',
  'describeModel',
  'editTags',
  'plotVersions',
] as const;
export type ModelAction = (typeof modelActions)[number];

const requestId = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/** What is asked of a table that is read as it is looked at. */
const partOfTable = {
  offset: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  limit: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(1000)),
  isDescending: v.boolean(),
  filter: v.pipe(v.string(), v.maxLength(500)),
};

/** Names of metrics, params and stages are other people's text. */
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(1000));
const finite = v.pipe(v.number(), v.finite());
const range = v.strictTuple([finite, finite]);
const plotParams = {
  metric: name,
  across: v.variant('kind', [
    v.strictObject({ kind: v.literal('number') }),
    v.strictObject({ kind: v.literal('time') }),
    v.strictObject({ kind: v.literal('metric'), name }),
    v.strictObject({ kind: v.literal('param'), name }),
  ]),
  box: v.exactOptional(
    v.strictObject({
      across: v.union([
        range,
        v.strictObject({ texts: v.pipe(v.array(v.pipe(v.string(), v.maxLength(10_000))), v.maxLength(100)) }),
      ]),
      upright: v.exactOptional(range),
    }),
  ),
};

const cursor = v.exactOptional(v.pipe(v.string(), v.maxLength(100)));

const paramSchemas = {
  /** The page's data, at the start and whenever the registry changed. */
  load: v.strictObject({}),
  /** Starts a command. The answer says that it was started. */
  act: v.strictObject({ action: v.picklist(pageActions), versionId: ulid }),
  openVersion: v.strictObject({ ref: v.pipe(v.string(), v.minLength(1), v.maxLength(1_000)) }),
  openComparison: v.strictObject({ versionIds: comparedIds }),
  /** The page of what changed up to a version; without an earlier one from the one that it is looked at against by itself. */
  openChanges: v.strictObject({ before: v.optional(ulid), after: ulid }),
  /** The graph around something, named as for `impact`. */
  openGraph: v.strictObject({ of: lineageReference }),
  /** A file of a version in the editor; with `before`, as it differs from that of another version. */
  openFile: v.strictObject({ path: pathInRepository, versionId: ulid, before: v.optional(ulid) }),
  /** Commits and files between the page's two versions. */
  codeBetween: v.strictObject({}),
  /** A file of the page's two versions, in the editor's own comparison. */
  openFileChange: v.strictObject({ path: pathInRepository, from: v.optional(pathInRepository) }),
  /** All of them in one. Of a comparison, between two of its versions. */
  openFileChanges: v.strictObject({ between: v.exactOptional(v.strictTuple([ulid, ulid])) }),
  /** Other versions, or another order, on the page of a comparison. */
  arrangeComparison: v.strictObject({ versionIds: comparedIds }),
  /** Asks the person which versions are to be compared. */
  chooseCompared: v.strictObject({}),
  /** Copies a link to the page's comparison. */
  copyComparisonLink: v.strictObject({}),
  /** The person did something with the page: it is no preview any more, whose place the next one takes. */
  keep: v.strictObject({}),
  /** The editor's own question whether the folder is trusted. */
  manageTrust: v.strictObject({}),
  openModel: v.strictObject({ modelId: ulid }),
  /** Starts a command about the page's model. */
  actOnModel: v.strictObject({ action: v.picklist(modelActions) }),
  /** Its versions as points. */
  plot: v.strictObject(plotParams),
  /** Those in a part of that, the best first. */
  plotted: v.strictObject({ ...plotParams, isLowerBetter: v.boolean(), cursor }),
  /** Which of its versions held a stage when. */
  tenures: v.strictObject({ stage: name, cursor }),
  /** One of its versions in short. */
  glance: v.strictObject({ number: v.pipe(v.number(), v.safeInteger(), v.minValue(1)) }),
  /** What its stages held at a moment. */
  heldAt: v.strictObject({ time: v.pipe(v.string(), v.maxLength(100)) }),
  /** A comparison may be long. */
  copyText: v.strictObject({
    text: v.pipe(v.string(), v.minLength(1), v.maxLength(2_000_000)),
    /** What it is, for the person. */
    what: v.pipe(v.string(), v.maxLength(200)),
  }),
  /** A part of the table of tensors. */
  tensorRows: v.strictObject({ ...partOfTable, sort: v.picklist(TENSOR_COLUMNS) }),
  /** What the files of the page's version say. */
  facts: v.strictObject({}),
  /** The course of its metrics; of a comparison, of one of its versions. */
  history: v.strictObject({ versionId: v.exactOptional(ulid) }),
  /** What became of the tensors of one of the page's versions in another. */
  compareTensors: v.strictObject({ before: ulid, after: ulid }),
  /** A part of the table of that. */
  comparedTensorRows: v.strictObject({
    before: ulid,
    after: ulid,
    query: v.strictObject({ ...partOfTable, sort: v.picklist(COMPARED_COLUMNS) }),
  }),
  /** What is asked of the page's version for each stage; of a comparison, of one of its versions. */
  versionGates: v.strictObject({ versionId: v.exactOptional(ulid) }),
  /** What the gates of the page's stage say now. */
  gates: v.strictObject({}),
  /** Runs the commands of gates that didn't run yet, or all of them again. The answer says that it was started. */
  runGates: v.strictObject({ isAgain: v.boolean() }),
  cancelGates: v.strictObject({}),
  /** What the commands of gates printed. */
  showGateOutput: v.strictObject({}),
  /** What is there to show for what a gate says. */
  openEvidence: v.strictObject({ gate: v.pipe(v.string(), v.minLength(1), v.maxLength(1000)) }),
  /** What a person decided about the page's version. */
  decide: decisionSchema,
  /** The review of a version on its way to a stage. */
  openReview: v.strictObject({ versionId: ulid, stage: stageName }),
  /** Nobody waits for the answer to the request with this number any more. */
  cancel: v.strictObject({ request: requestId }),
  /** Whether the extension is there, which answers at once, whatever else it does. */
  ping: v.strictObject({}),
  /** Starts the registration of the file that the page shows. */
  registerFile: v.strictObject({}),
  ...versionParams,
};

function request<M extends keyof typeof paramSchemas>(method: M) {
  return v.strictObject({ id: requestId, method: v.literal(method), params: paramSchemas[method] });
}

/** Every message that a page may send. */
export const requestSchema = v.variant('method', [
  request('load'),
  request('act'),
  request('openVersion'),
  request('openComparison'),
  request('openChanges'),
  request('openGraph'),
  request('openFile'),
  request('keep'),
  request('manageTrust'),
  request('openModel'),
  request('actOnModel'),
  request('plot'),
  request('plotted'),
  request('tenures'),
  request('glance'),
  request('heldAt'),
  request('codeBetween'),
  request('openFileChange'),
  request('openFileChanges'),
  request('arrangeComparison'),
  request('chooseCompared'),
  request('copyComparisonLink'),
  request('copyText'),
  request('tensorRows'),
  request('facts'),
  request('history'),
  request('compareTensors'),
  request('comparedTensorRows'),
  request('gates'),
  request('versionGates'),
  request('runGates'),
  request('cancelGates'),
  request('showGateOutput'),
  request('openEvidence'),
  request('decide'),
  request('openReview'),
  request('cancel'),
  request('ping'),
  request('registerFile'),
  request('trends'),
  request('card'),
  request('preview'),
  request('saveFile'),
  request('remark'),
]);
export type PageRequest = v.InferOutput<typeof requestSchema>;

export type RequestMethod = keyof typeof paramSchemas;
export type RequestParams<M extends RequestMethod> = v.InferOutput<(typeof paramSchemas)[M]>;
