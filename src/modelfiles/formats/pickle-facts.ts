import { dangerReport, notLookedInto } from '../danger/report.ts';
import { walkAndJudge } from '../danger/walk-and-judge.ts';
import type { DangerFinding, ModelFacts } from '../facts.ts';
import type { ByteSource } from '../file-set.ts';
import { whyInvalid } from '../invalid.ts';
import { metadataOf } from '../metadata.ts';
import { describe, publicPath } from '../pickle/describe.ts';
import { classPath, isKind, namedEntries, type Value } from '../pickle/values.ts';
import type { PickleWalk } from '../pickle/walk.ts';
import { compressionOf, unpack } from '../read/unpack.ts';
import { bytesSource, windowOf } from '../read/window.ts';
import { catboostFacts } from './catboost.ts';
import { lightgbmFacts } from './lightgbm.ts';
import { readCheckpoint } from './pytorch-checkpoint.ts';
import { sklearnFacts } from './sklearn-facts.ts';
import { readXgboost } from './xgboost.ts';
import { xgboostFacts } from './xgboost-model.ts';

interface OpenedPickle {
  /** Undefined where it can't be unpacked here. */
  readonly source?: ByteSource;
  readonly compression?: string;
  /** Why its end isn't known, for a person. */
  readonly doubt?: string;
  readonly isBroken: boolean;
}

/** The pickle in a file, which joblib may have compressed. */
export async function openPickle(source: ByteSource): Promise<OpenedPickle> {
  const compression = compressionOf(await source.read(0, 8));
  if (compression === undefined) return { source, isBroken: false };
  if (compression !== 'zlib' && compression !== 'gzip')
    return { compression, doubt: `it is compressed with ${compression}, which isn’t unpacked here`, isBroken: false };
  const unpacked = await unpack(source);
  return {
    source: unpacked.source,
    compression,
    isBroken: unpacked.end === 'broken',
    ...(unpacked.end === 'too-large'
      ? { doubt: 'only the first 64 MB of what is compressed in it are looked through' }
      : {}),
  };
}

/** Facts of a pickle of any kind, and what loading it would do. */
export async function pickleFacts(file: ByteSource, path: string, format: string): Promise<ModelFacts> {
  const { source, compression, doubt, isBroken } = await openPickle(file);
  if (source === undefined)
    return {
      format,
      ...(compression === undefined ? {} : { metadata: { compression } }),
      danger: dangerReport([notLookedInto({ path }, doubt ?? 'it can’t be unpacked')]),
      problems: [`${path} couldn’t be read: ${doubt ?? 'it can’t be unpacked'}`],
    };
  // Of nothing, it would say that nothing was found.
  if (source.sizeBytes === 0) return { format, problems: [`${path} is empty: there is no pickle in it`] };
  const walk = await walkAndJudge(source, { path });
  const findings: DangerFinding[] = [...walk.findings];
  if (doubt !== undefined) findings.push(notLookedInto({ path }, doubt));
  const root = walk.pickles[0]?.root ?? null;
  const { metadata, ...told } = await partsOf(source, root, path);
  const whole = { ...(compression === undefined ? {} : { compression }), ...metadata };
  const why = isBroken ? 'what is compressed in it is damaged or cut off' : whyIncomplete(walk, source.sizeBytes);
  return {
    format,
    ...told,
    ...(Object.keys(whole).length > 0 ? { metadata: whole } : {}),
    danger: dangerReport(findings),
    ...(why === undefined ? {} : { problems: [`${path}: ${why}`] }),
  };
}

/** What is missing of a pickle that should be the whole file; undefined where nothing is. */
export function whyIncomplete({ pickles, stopped }: PickleWalk, sizeBytes: number): string | undefined {
  const last = pickles.at(-1);
  if (last?.isWhole && last.end === sizeBytes) return undefined;
  switch (stopped?.why) {
    case 'truncated':
      return pickles.some(({ isWhole }) => isWhole)
        ? `something that isn’t a pickle follows its end at byte ${last?.end}`
        : 'it ends before its pickle does';
    case 'not-an-opcode':
      return pickles.some(({ isWhole }) => isWhole)
        ? `something that isn’t a pickle follows its end at byte ${last?.end}`
        : `its byte ${stopped.offset} belongs to no pickle`;
    case 'too-large':
      return 'it is too large to be walked to its end';
    default:
      return pickles.length === 0 ? 'it is empty' : undefined;
  }
}

async function partsOf(source: ByteSource, root: Value, path: string): Promise<Omit<ModelFacts, 'format'>> {
  const type = classPath(root) ?? '';
  const boosted = await boosterFacts(source, root, type, path);
  if (boosted !== undefined) return boosted;
  const estimator = await sklearnFacts(source, root);
  if (estimator !== undefined) return estimator;
  const { tensors, facts } = readCheckpoint(root);
  if (tensors.length > 0) return facts;
  if (type !== '') return { architecture: publicPath(type) };
  return isKind(root, 'dict') ? dictFacts(root) : {};
}

/** A dictionary of models and what goes with them. */
function dictFacts(root: Value): Omit<ModelFacts, 'format'> {
  const entries = [...namedEntries(root)].slice(0, 100).map(([name, value]) => [name, describe(value, 1)] as const);
  return entries.length > 0 ? { metadata: metadataOf(entries) } : {};
}

/** Boosters carry a file of their own in the pickle. */
async function boosterFacts(
  source: ByteSource,
  root: Value,
  type: string,
  path: string,
): Promise<Omit<ModelFacts, 'format'> | undefined> {
  const library = type.split('.', 1)[0];
  if (library !== 'xgboost' && library !== 'lightgbm' && library !== 'catboost') return undefined;
  const attributes = namedEntries(root);
  const booster = attributes.get('_Booster') ?? root;
  const state = namedEntries(booster);
  const held = state.get('handle') ?? state.get('_handle') ?? state.get('__model') ?? attributes.get('__model');
  const inner = innerSource(source, held);
  const own = publicPath(type).replace(/^(\w+)\.(?:sklearn|core|basic)\./, '$1.');
  try {
    const facts = inner === undefined ? undefined : await innerFacts(library, inner, path);
    if (facts === undefined) return { architecture: own };
    const { format: _format, architecture, metadata, ...rest } = facts;
    return {
      ...rest,
      architecture: own,
      metadata: { ...(architecture === undefined ? {} : { booster: architecture }), ...metadata },
    };
  } catch (error) {
    if (whyInvalid(error) === undefined) throw error;
    return { architecture: own };
  }
}

function innerFacts(
  library: 'xgboost' | 'lightgbm' | 'catboost',
  source: ByteSource,
  path: string,
): Promise<ModelFacts> {
  if (library === 'lightgbm') return lightgbmFacts(source, path);
  if (library === 'catboost') return catboostFacts(source, path);
  return readXgboost(source, path).then(xgboostFacts);
}

/** Bytes or text within a pickle as a file of its own. */
function innerSource(source: ByteSource, value: Value | undefined): ByteSource | undefined {
  if (typeof value === 'string') return bytesSource(Buffer.from(value));
  if (isKind(value, 'long-text')) return windowOf(source, value.offset, value.sizeBytes);
  const bytes = isKind(value, 'object') ? value.args[0] : value;
  if (!isKind(bytes, 'bytes')) return undefined;
  return bytes.inline === undefined ? windowOf(source, bytes.offset, bytes.sizeBytes) : bytesSource(bytes.inline);
}
