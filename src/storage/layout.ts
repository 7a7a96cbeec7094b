/** Names of a registry's objects, the same on disk and in a container (see docs/format.md). */

export const FORMAT_KEY = 'format.json';

/** `log/00000000000000000012.jsonl` for commit 12. */
export function commitKey(seq: number): string {
  return `log/${String(seq).padStart(20, '0')}.jsonl`;
}

/** The number of the commit under `key`, or undefined for any other key. */
export function seqOfCommitKey(key: string): number | undefined {
  const digits = /^log\/(\d{20})\.jsonl$/.exec(key)?.[1];
  const seq = Number(digits);
  return digits !== undefined && seq > 0 && Number.isSafeInteger(seq) ? seq : undefined;
}

export function objectKey(sha256: string): string {
  return `objects/sha256/${sha256.slice(0, 2)}/${sha256}`;
}

export function manifestKey(sha256: string): string {
  return `manifests/sha256/${sha256.slice(0, 2)}/${sha256}`;
}

/** On disk only: an intent that waits to be shared. The number gives the order; the id makes the name one that is never used again. */
export function pendingKey(number: number, id: string): string {
  return `pending/${String(number).padStart(20, '0')}-${id}.json`;
}

export function pendingOfKey(key: string): { readonly number: number; readonly id: string } | undefined {
  const [, digits, id] = /^pending\/(\d{20})-([0-9A-Z]{26})\.json$/.exec(key) ?? [];
  return digits === undefined || id === undefined ? undefined : { number: Number(digits), id };
}

/** On disk only: which intents were sent as commit `seq`, by one attempt. */
export function attemptKey(seq: number, attempt: string): string {
  return `attempts/${String(seq).padStart(20, '0')}-${attempt}.json`;
}

export function seqOfAttemptKey(key: string): number | undefined {
  const digits = /^attempts\/(\d{20})-[0-9A-Z]{26}\.json$/.exec(key)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** On disk only: an intent that the log doesn't take any more, until a person has decided about it. */
export function refusedKey(id: string): string {
  return `refused/${id}.json`;
}

/** On disk only: an author said again that an old intent is to be shared. */
export function confirmedKey(id: string, at: number): string {
  return `confirmed/${id}-${at}.json`;
}

/** On disk only: the shared log has commit `seq`, with this hash, after one that it doesn't name as its predecessor. */
export function breakKey(seq: number, before: string, hash: string): string {
  return `breaks/${String(seq).padStart(20, '0')}-${before}-${hash}`;
}

/** The list of an object's parts, where it is stored as parts. */
export function partsKey(sha256: string): string {
  return `${objectKey(sha256)}.parts`;
}
