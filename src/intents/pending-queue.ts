import * as v from 'valibot';
import { RegistryError } from '../base/errors.ts';
import { isUlid, type NewId } from '../base/ids.ts';
import { jsonIfAny } from '../base/json-if-any.ts';
import { decodeIntent, type Intent, MAX_INTENT_BYTES } from '../log/intent.ts';
import { attemptKey, confirmedKey, pendingKey, pendingOfKey, refusedKey, seqOfAttemptKey } from '../storage/layout.ts';
import type { LocalStore, StagedPut } from '../storage/object-store.ts';

/** An intent that waits to be shared. */
export interface PendingIntent {
  readonly key: string;
  readonly number: number;
  readonly line: Uint8Array;
  readonly intent: Intent;
}

/** An intent that the shared log didn't take, until a person has decided about it. */
export interface RefusedIntent {
  readonly intent: Intent;
  /** Stable name of the rule or expectation that didn't hold. */
  readonly code: string;
  readonly message: string;
  /** The newest commit at that moment. */
  readonly seq: number;
}

const idsSchema = v.array(v.string());
const refusedSchema = v.object({ code: v.string(), message: v.string(), seq: v.number(), intent: v.unknown() });
const BATCH = 500;
const MAX_REFUSED_BYTES = 2 * MAX_INTENT_BYTES;

/**
 * What waits to be shared, on this disk. Any number of processes may use it at once: names are never used twice, so that nobody can
 * remove what another has just put there.
 */
export class PendingQueue {
  readonly #store: LocalStore;
  readonly #newId: NewId;
  readonly #known = new Map<string, PendingIntent>();

  constructor(store: LocalStore, newId: NewId) {
    this.#store = store;
    this.#newId = newId;
  }

  /** Puts an intent at the end. Once it returns, the intent is durable. */
  async add(intent: Intent, line: Uint8Array): Promise<void> {
    const number = ((await this.#numbers()).at(-1)?.number ?? 0) + 1;
    await this.#store.putIfAbsent(pendingKey(number, intent.id), line);
  }

  /**
   * Puts many at the end, which is quicker than one by one; those that wait already stay where they are. Once it returns, all of them are
   * durable, so that a call that was interrupted is finished by the same call.
   */
  async addAll(entries: readonly { readonly intent: Intent; readonly line: Uint8Array }[]): Promise<void> {
    const numbers = await this.#numbers();
    const present = new Map(numbers.map(({ id, key }) => [id, key]));
    // Whoever named them may have died, or been told of an error, before the names were durable.
    await this.#store.confirm(entries.flatMap(({ intent }) => present.get(intent.id) ?? []));
    const missing = entries.filter(({ intent }) => !present.has(intent.id));
    let number = numbers.at(-1)?.number ?? 0;
    for (let start = 0; start < missing.length; start += BATCH) {
      const puts: StagedPut[] = [];
      for (const { intent, line } of missing.slice(start, start + BATCH)) {
        const staged = await this.#store.stage();
        await staged.write(line);
        number += 1;
        puts.push({ key: pendingKey(number, intent.id), staged });
      }
      await this.#store.commitAll(puts);
    }
  }

  /** Everything that waits, in order. */
  async list(): Promise<readonly PendingIntent[]> {
    const keys = await this.#numbers();
    const entries: PendingIntent[] = [];
    for (const { key, number, id } of keys) {
      const entry = this.#known.get(key) ?? (await this.#read(key, number, id));
      if (entry) entries.push(entry);
    }
    const present = new Set(keys.map(({ key }) => key));
    for (const key of this.#known.keys()) if (!present.has(key)) this.#known.delete(key);
    return entries;
  }

  async find(id: string): Promise<PendingIntent | undefined> {
    return (await this.list()).find(({ intent }) => intent.id === id);
  }

  isThere({ key }: PendingIntent): Promise<boolean> {
    return this.#store.head(key).then((head) => head !== undefined);
  }

  async remove({ key }: PendingIntent): Promise<void> {
    await this.#store.remove(key);
    this.#known.delete(key);
  }

  /** Puts back what `remove` took away. */
  async restore({ key, line }: PendingIntent): Promise<void> {
    await this.#store.putIfAbsent(key, line);
  }

  /** Notes, before they are sent, which intents are sent as commit `seq`. */
  async noteAttempt(seq: number, ids: readonly string[]): Promise<void> {
    await this.#store.putIfAbsent(attemptKey(seq, this.#newId()), new TextEncoder().encode(JSON.stringify(ids)));
  }

  /** Ids of the intents that were sent as a commit beyond `head`: whether they got there isn't known. */
  async attemptedBeyond(head: number): Promise<ReadonlySet<string>> {
    const ids = new Set<string>();
    for (const key of await this.#store.list('attempts/')) {
      if ((seqOfAttemptKey(key) ?? 0) <= head) continue;
      const bytes = await this.#store.get(key, MAX_INTENT_BYTES);
      const parsed = bytes && v.safeParse(idsSchema, jsonIfAny(bytes));
      for (const id of parsed?.success ? parsed.output : []) ids.add(id);
    }
    return ids;
  }

  /** Forgets the attempts whose commits are known by now. */
  async forgetAttempts(head: number): Promise<void> {
    for (const key of await this.#store.list('attempts/')) {
      const seq = seqOfAttemptKey(key);
      if (seq !== undefined && seq <= head) await this.#store.remove(key);
    }
  }

  /** Notes that the author wants an old intent shared all the same. */
  async confirm(id: string, at: number): Promise<void> {
    await this.#store.putIfAbsent(confirmedKey(id, at), new Uint8Array());
  }

  /** When each intent was confirmed last, in milliseconds. */
  async confirmations(): Promise<ReadonlyMap<string, number>> {
    const times = new Map<string, number>();
    for (const key of await this.#store.list('confirmed/')) {
      const [, id, at] = /^confirmed\/([0-9A-Z]{26})-(\d{1,15})\.json$/.exec(key) ?? [];
      if (id !== undefined) times.set(id, Math.max(times.get(id) ?? 0, Number(at)));
    }
    return times;
  }

  /** Moves an intent to those that a person decides about. */
  async refuse(entry: PendingIntent, why: { readonly code: string; readonly message: string; readonly seq: number }) {
    const { code, message, seq } = why;
    const body = JSON.stringify({ code, message, seq, intent: jsonIfAny(entry.line) });
    await this.#store.putIfAbsent(refusedKey(entry.intent.id), new TextEncoder().encode(body));
    await this.remove(entry);
  }

  async refused(): Promise<readonly RefusedIntent[]> {
    const all = await Promise.all((await this.#store.list('refused/')).map((key) => this.#readRefused(key)));
    return all.filter((entry) => entry !== undefined);
  }

  async refusedIds(): Promise<readonly string[]> {
    const ids = (await this.#store.list('refused/')).map((key) => key.slice('refused/'.length, -'.json'.length));
    return ids.filter(isUlid);
  }

  async forgetRefused(id: string): Promise<void> {
    if (isUlid(id)) await this.#store.remove(refusedKey(id));
  }

  async #numbers() {
    const entries: { readonly key: string; readonly number: number; readonly id: string }[] = [];
    for (const key of await this.#store.list('pending/')) {
      const found = pendingOfKey(key);
      if (found) entries.push({ key, ...found });
    }
    return entries;
  }

  async #read(key: string, number: number, id: string): Promise<PendingIntent | undefined> {
    const line = await this.#store.get(key, MAX_INTENT_BYTES + 1);
    if (!line) return undefined;
    const decoded = decodeIntent(line);
    if (decoded.kind !== 'intent' || decoded.intent.id !== id) {
      throw new RegistryError(
        'PENDING_DAMAGED',
        `${key} isn't an intent as this program wrote it. Move the file away to go on without it; what it asked for has to be asked again.`,
        { details: { key } },
      );
    }
    const entry = { key, number, line, intent: decoded.intent };
    this.#known.set(key, entry);
    return entry;
  }

  async #readRefused(key: string): Promise<RefusedIntent | undefined> {
    const bytes = await this.#store.get(key, MAX_REFUSED_BYTES);
    const parsed = bytes && v.safeParse(refusedSchema, jsonIfAny(bytes));
    if (!parsed?.success) return undefined;
    const { code, message, seq, intent } = parsed.output;
    const decoded = decodeIntent(new TextEncoder().encode(JSON.stringify(intent)));
    return decoded.kind === 'intent' ? { intent: decoded.intent, code, message, seq } : undefined;
  }
}
