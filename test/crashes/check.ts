import { readdir, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Registry } from '../../src/registry/api/registry.ts';
import { openRegistry } from '../../src/registry/open.ts';
import type { Done, Line } from './lines.ts';
import { readLogOnDisk } from './log-on-disk.ts';
import { READING } from './operations.ts';
import { weightsIn, writeWeights } from './weights.ts';

export interface Places {
  /** Everything below is in it. */
  readonly root: string;
  readonly registryDir: string;
  readonly stateDir: string;
  readonly pullsDir: string;
}

export function placesIn(root: string): Places {
  const [registryDir, stateDir, pullsDir] = [join(root, 'registry'), join(root, 'state'), join(root, 'pulls')];
  return { root, registryDir, stateDir, pullsDir };
}

/** What all workers said. */
export class Ledger {
  readonly began = new Map<string, string>();
  readonly done = new Map<string, Done>();
  readonly refused = new Map<string, string>();

  hear(line: Line): void {
    if (line.type === 'began') this.began.set(line.token, line.kind);
    if (line.type === 'done') this.done.set(line.token, line);
    if (line.type === 'refused') this.refused.set(line.token, line.code);
  }
}

export function openIn({ registryDir, stateDir }: Places): Promise<Registry> {
  return openRegistry({ dir: registryDir, stateDir, author: { name: 'Checker', email: '' }, via: 'cli' });
}

/**
 * Throws where the registry isn't sound, or hasn't exactly what was acknowledged. Others may be writing meanwhile; `isAtRest` says that
 * nobody is, so that nothing may be there that nobody began.
 */
export async function checkRegistry(places: Places, ledger: Ledger, isAtRest: boolean): Promise<void> {
  const done = [...ledger.done.values()];
  const refused = [...ledger.refused.keys()];
  const { tokens } = await readLogOnDisk(places.registryDir);
  for (const { token, kind, seq } of done) {
    const found = tokens.get(token) ?? [];
    const expected = READING.has(kind) ? 0 : 1;
    if (found.length !== expected || (seq !== undefined && found[0] !== seq))
      throw new Error(`${kind} ${token} was acknowledged (commit ${seq ?? 'any'}) but stands in commits [${found}]`);
  }
  for (const token of refused)
    if (tokens.has(token)) throw new Error(`${token} was refused and stands in commits [${tokens.get(token)}]`);
  for (const [token, seqs] of tokens) {
    if (seqs.length > 1) throw new Error(`${token} stands in commits [${seqs}]`);
    if (isAtRest && !ledger.began.has(token)) throw new Error(`nobody began ${token} of commit ${seqs[0]}`);
  }
  await checkOpening(places);
}

/** Opens the registry as the next process would, and lets it verify itself down to the last byte. */
export async function checkOpening(places: Places): Promise<void> {
  const registry = await openIn(places);
  try {
    const { problems, voids } = await registry.verify({ artifacts: true });
    if (problems.length + voids.length > 0) throw new Error(`verify found ${JSON.stringify({ problems, voids })}`);
  } finally {
    await registry.close();
  }
}

/**
 * Throws unless `folder` holds one version whole. A pull that is killed between two renames leaves it away, and then what it held `before`
 * must stand whole beside it. Returns the token of the version that it holds.
 */
export async function checkPulled(pullsDir: string, folder: string, before?: string): Promise<string | undefined> {
  const token = await weightsIn(join(pullsDir, folder));
  if (token !== undefined || before === undefined) return token;
  const beside = (await readdir(pullsDir)).filter((name) => name.endsWith('-old'));
  const kept = await Promise.all(beside.map((name) => weightsIn(join(pullsDir, name)).catch(() => undefined)));
  if (!kept.includes(before)) throw new Error(`${before} is neither in ${folder} nor whole beside it`);
  return undefined;
}

/** Throws where the catalog that was saved amid all the kills isn't what the log alone gives. */
export async function checkCatalog(places: Places): Promise<void> {
  const kept = await everythingIn(places);
  for (const name of await readdir(places.registryDir))
    if (name.startsWith('catalog-')) await rm(join(places.registryDir, name));
  const rebuilt = await everythingIn(places);
  if (kept !== rebuilt) throw new Error('the saved catalog differs from one that is built from the log');
}

async function everythingIn(places: Places): Promise<string> {
  const registry = await openIn(places);
  const all: unknown[] = [await registry.listModels({ limit: 100 }), await registry.production()];
  for (let cursor: string | undefined; ; ) {
    const page = await registry.listVersions({ limit: 100, ...(cursor === undefined ? {} : { cursor }) });
    for (const { id } of page.items) all.push(await registry.show({ ref: id }));
    cursor = page.next;
    if (cursor === undefined) break;
  }
  await registry.close();
  return JSON.stringify(all);
}

const LEFTOVER = /^\.tmp-|\.tmp$|^\.model-registry-pull-/;
const TWO_DAYS_S = 2 * 24 * 60 * 60;

/** Returns how many files and folders kills left behind. Throws unless ordinary work two days later removes all of them. */
export async function checkSweeping(places: Places, ledger: Ledger, folders: readonly string[]): Promise<number> {
  const before = await leftoversIn(places.root);
  const then = Date.now() / 1000 - TWO_DAYS_S;
  for (const path of before) await utimes(path, then, then);
  const registry = await openIn(places);
  const token = 'w0-0';
  await writeWeights(join(places.root, 'last'), token);
  const { version } = await registry.register({
    model: 'fraud',
    paths: [join(places.root, 'last')],
    params: { turn: token },
  });
  ledger.began.set(token, 'register');
  for (const folder of folders) await registry.pull({ ref: version.id, to: join(places.pullsDir, folder) });
  await registry.path({ ref: version.id });
  await registry.close();
  const after = await leftoversIn(places.root);
  if (after.length > 0) throw new Error(`nobody removes ${after.join(', ')}`);
  return before.length;
}

async function leftoversIn(root: string): Promise<readonly string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries.filter(({ name }) => LEFTOVER.test(name)).map(({ name, parentPath }) => join(parentPath, name));
}
