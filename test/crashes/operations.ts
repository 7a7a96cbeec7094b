import { join } from 'node:path';
import type { VersionSummary } from '../../src/catalog/read-models/versions.ts';
import type { Registry } from '../../src/registry/api/registry.ts';
import type { Done, WorkerOptions } from './lines.ts';
import { pick } from './random.ts';
import { weightsIn, writeWeights } from './weights.ts';

export interface Turn {
  readonly registry: Registry;
  readonly options: WorkerOptions;
  readonly random: () => number;
  readonly token: string;
}

type Answer = Pick<Done, 'seq' | 'pulled'>;
type Operation = (turn: Turn) => Promise<Answer>;

const MODELS = ['fraud', 'churn'] as const;

/** What a worker does, the more often the more often it stands here. */
export const OPERATIONS: readonly [Kind, ...Kind[]] = [
  'register',
  'register',
  'register',
  'promote',
  'promote',
  'promote',
  'rollback',
  'rollback',
  'archive',
  'alias',
  'alias',
  'note',
  'describe',
  'pull',
  'pull',
  'path',
];

export type Kind = keyof typeof operations;

/** Those that leave no trace in the log. */
export const READING: ReadonlySet<string> = new Set(['pull', 'path']);

/** What the rules may answer when others are at work too. Anything else is a fault. */
export const REFUSALS: ReadonlySet<string> = new Set([
  'CONFLICT',
  'STAGE_UNCHANGED',
  'NOTHING_TO_ROLL_BACK',
  'MODEL_NOT_FOUND',
  'VERSION_NOT_FOUND',
  // Two pulls into one folder at the same time.
  'TARGET_NOT_EMPTY',
  'TARGET_MODIFIED',
]);

/** Does one operation whose token is in what it records. */
export function operate(kind: Kind, turn: Turn): Promise<Answer> {
  return operations[kind](turn);
}

async function aVersion({ registry, random }: Turn): Promise<VersionSummary> {
  const { items } = await registry.listVersions({ limit: 5 });
  const [first, ...others] = items;
  // Before there is any, the refusal of a reference that names none will do.
  if (!first) return (await registry.show({ ref: `${pick(random, MODELS)}@1` })) satisfies VersionSummary;
  return pick(random, [first, ...others]);
}

const register: Operation = async ({ registry, options, random, token }) => {
  const source = join(options.workDir, token);
  await writeWeights(source, token);
  const { isNew } = await registry.register({
    model: pick(random, MODELS),
    paths: [source],
    params: { turn: token },
    metrics: { auc: random() },
  });
  if (!isNew) throw new Error(`${token} was registered before.`);
  return {};
};

const promote: Operation = async (turn) => {
  const { id } = await aVersion(turn);
  const stage = pick(turn.random, ['production', 'production', 'staging']);
  const { seq } = await turn.registry.promote({ ref: id, stage, reason: turn.token });
  return { seq };
};

const rollback: Operation = async ({ registry, random, token }) => {
  const { seq } = await registry.rollback({ model: pick(random, MODELS), reason: token });
  return { seq };
};

const archive: Operation = async (turn) => {
  const { id } = await aVersion(turn);
  const { seq } = await turn.registry.archive({ ref: id, reason: turn.token });
  return { seq };
};

const alias: Operation = async (turn) => {
  const { modelId, id } = await aVersion(turn);
  await turn.registry.setAlias({ model: modelId, alias: turn.token, ref: id });
  return {};
};

const note: Operation = async (turn) => {
  const { id } = await aVersion(turn);
  await turn.registry.note({ ref: id, text: turn.token });
  return {};
};

/** Everybody changes the same value. */
const describe: Operation = async (turn) => {
  const { id } = await aVersion(turn);
  await turn.registry.describe({ ref: id, text: turn.token });
  return {};
};

const pull: Operation = async (turn) => {
  const { registry, options, random } = turn;
  const { id } = await aVersion(turn);
  const folder = pick(random, [options.folder, options.folder, 'shared']);
  const to = join(options.pullsDir, folder);
  const { version } = await registry.pull({ ref: id, to });
  return { pulled: { folder, token: version.params.turn ?? '' } };
};

const path: Operation = async (turn) => {
  const { id } = await aVersion(turn);
  const { path: place, version } = await turn.registry.path({ ref: id });
  const token = await weightsIn(place);
  if (token !== version.params.turn) throw new Error(`${place} holds ${token} instead of ${version.params.turn}`);
  return {};
};

const operations = { register, promote, rollback, archive, alias, note, describe, pull, path };
