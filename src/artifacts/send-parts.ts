import { createHash } from 'node:crypto';
import type { Piece } from './parts.ts';

/** What a stream came to that was sent in parts. */
export interface SentParts {
  readonly parts: readonly Piece[];
  /** Of the whole stream. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/**
 * Cuts a stream into parts and sends `atOnce` of them at the same time, each from a buffer that is used again afterwards: there are never more
 * bytes in memory. Throws what `send` throws, when nothing is on its way any more.
 */
export async function sendParts(
  content: AsyncIterable<Uint8Array>,
  options: {
    readonly partBytes: number;
    readonly atOnce: number;
    /** Must not use the bytes when it has ended. */
    readonly send: (part: Piece, bytes: Uint8Array) => Promise<void>;
  },
): Promise<SentParts> {
  const { partBytes, atOnce, send } = options;
  const parts: Piece[] = [];
  const free: Uint8Array[] = [];
  const underWay = new Set<Promise<void>>();
  const whole = createHash('sha256');
  let failure: { readonly error: unknown } | undefined;
  let sizeBytes = 0;
  let buffer: Uint8Array | undefined;
  let filled = 0;
  let hash = createHash('sha256');

  const flush = () => {
    if (!buffer || filled === 0) return;
    const own = buffer;
    const part = { sha256: hash.digest('hex'), size: filled };
    parts.push(part);
    const sending: Promise<void> = send(part, own.subarray(0, filled))
      .catch((error: unknown) => {
        failure ??= { error };
      })
      .finally(() => {
        underWay.delete(sending);
        free.push(own);
      });
    underWay.add(sending);
    buffer = undefined;
    filled = 0;
    hash = createHash('sha256');
  };

  try {
    for await (const chunk of content) {
      whole.update(chunk);
      sizeBytes += chunk.length;
      for (let offset = 0; offset < chunk.length && !failure; ) {
        if (!buffer && underWay.size >= atOnce) await Promise.race(underWay);
        buffer ??= free.pop() ?? new Uint8Array(partBytes);
        const some = chunk.subarray(offset, offset + partBytes - filled);
        buffer.set(some, filled);
        hash.update(some);
        filled += some.length;
        offset += some.length;
        if (filled === partBytes) flush();
      }
      if (failure) break;
    }
    if (!failure) flush();
  } finally {
    await Promise.all(underWay);
  }
  if (failure) throw failure.error;
  return { parts, sha256: whole.digest('hex'), sizeBytes };
}
