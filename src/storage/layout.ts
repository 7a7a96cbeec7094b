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
