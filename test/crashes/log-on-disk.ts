import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';

/** Read without any of the registry's own code, so that it can't share its mistakes. */
const envelopeSchema = v.object({ v: v.literal(1), seq: v.number(), prev: v.string(), at: v.string() });
const intentSchema = v.object({
  id: v.string(),
  by: v.object({ name: v.string() }),
  events: v.array(v.looseObject({ type: v.string() })),
});
const registeredSchema = v.object({ model: v.string(), version: v.string() });
const movedSchema = v.object({
  version: v.string(),
  from: v.string(),
  to: v.string(),
  displaces: v.array(v.object({ version: v.string(), to: v.string() })),
});

export interface LogOnDisk {
  readonly head: number;
  /** The commits in whose intents each token stands, one entry an intent. */
  readonly tokens: ReadonlyMap<string, readonly number[]>;
}

const TOKEN = /\bw\d+-\d+\b/g;

/**
 * Reads the log of a registry. Throws where it isn't contiguous and chained, goes back in time, repeats an intent, or where a version
 * leaves a stage that it isn't in or a model has two versions in production after any commit.
 */
export async function readLogOnDisk(registryDir: string): Promise<LogOnDisk> {
  const names = (await readdir(join(registryDir, 'log')).catch(() => [])).filter((name) => /^\d/.test(name)).sort();
  const tokens = new Map<string, number[]>();
  const ids = new Set<string>();
  const stages = new Stages();
  let prev = sha256(await readFile(join(registryDir, 'format.json')));
  let at = '';
  for (const [index, name] of names.entries()) {
    const seq = index + 1;
    if (name !== `${String(seq).padStart(20, '0')}.jsonl`) throw new Error(`${name} stands where commit ${seq} should`);
    const bytes = await readFile(join(registryDir, 'log', name));
    const [first = '', ...intents] = bytes.toString('utf8').trimEnd().split('\n');
    const envelope = v.parse(envelopeSchema, JSON.parse(first));
    if (envelope.seq !== seq || envelope.prev !== prev) throw new Error(`commit ${seq} doesn't follow its predecessor`);
    if (envelope.at < at) throw new Error(`commit ${seq} is older than its predecessor`);
    ({ at } = envelope);
    prev = sha256(bytes);
    for (const line of intents) {
      const intent = v.parse(intentSchema, JSON.parse(line));
      if (ids.has(intent.id)) throw new Error(`commit ${seq} repeats the intent ${intent.id}`);
      ids.add(intent.id);
      for (const event of intent.events) stages.apply(seq, event);
      // A worker's own name is in `by`, which isn't looked at.
      for (const token of new Set(JSON.stringify(intent.events).match(TOKEN)))
        tokens.set(token, [...(tokens.get(token) ?? []), seq]);
    }
    stages.check(seq);
  }
  return { head: names.length, tokens };
}

class Stages {
  readonly #modelOf = new Map<string, string>();
  readonly #stageOf = new Map<string, string>();
  /** Two processes may create one model at once: the later id is another name of the earlier one. */
  readonly #models = new Map<string, string>();
  readonly #names = new Map<string, string>();

  apply(seq: number, event: { readonly type: string }): void {
    if (event.type === 'model.created') {
      const { model, name } = v.parse(v.object({ model: v.string(), name: v.string() }), event);
      this.#models.set(model, this.#names.get(name) ?? model);
      if (!this.#names.has(name)) this.#names.set(name, model);
    } else if (event.type === 'version.registered') {
      const { model, version } = v.parse(registeredSchema, event);
      this.#modelOf.set(version, this.#models.get(model) ?? model);
      this.#stageOf.set(version, 'candidate');
    } else if (event.type === 'stage.changed') {
      const { version, from, to, displaces } = v.parse(movedSchema, event);
      const is = this.#stageOf.get(version);
      if (is !== from) throw new Error(`commit ${seq} moves ${version} from ${from}, but it is in ${is}`);
      this.#stageOf.set(version, to);
      for (const displaced of displaces) this.#stageOf.set(displaced.version, displaced.to);
    }
  }

  check(seq: number): void {
    const holders = new Map<string, string>();
    for (const [version, stage] of this.#stageOf) {
      const model = this.#modelOf.get(version) ?? '';
      if (stage !== 'production') continue;
      const other = holders.get(model);
      if (other !== undefined) throw new Error(`after commit ${seq}, ${other} and ${version} are both in production`);
      holders.set(model, version);
    }
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
