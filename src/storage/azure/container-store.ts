import { createHash } from 'node:crypto';
import type { BlobDownloadResponseParsed, BlockBlobClient, ContainerClient } from '@azure/storage-blob';
import pRetry from 'p-retry';
import { RegistryError } from '../../base/errors.ts';
import { checkKey, checkPrefix } from '../keys.ts';
import type { ObjectHead, ObjectStore, PutOutcome } from '../object-store.ts';
import { type Access, isAbsent, isEmptyRange, isTaken } from './answers.ts';
import { isPassing } from './explain.ts';
import type { RequestMeter } from './request-meter.ts';

export interface ContainerStoreOptions {
  readonly client: ContainerClient;
  /** What the names of all blobs begin with: empty, or ending in `/`. */
  readonly prefix: string;
  readonly meter: RequestMeter;
  /** Makes the error that is thrown for what the service or the way to it answered. */
  readonly explain: (error: unknown, access: Access) => Error;
  /** A request on which nothing moves for so long has failed. */
  readonly idleMs?: number;
  /** How often a read, or a write that is the same whoever made it, is tried. */
  readonly tries?: number;
}

const IDLE_MS = 30_000;
const TRIES = 3;
/** Commits and `format.json` are never sent twice: who asks again couldn't tell its own from another's. */
const ONCE = /^(log\/|format\.json$)/;
/** What a service announces isn't believed without limit. */
const MAX_ANNOUNCED_BYTES = 256 * 1024 * 1024;
/** Names of commits that differ in the last digits only are asked for together. */
const BLOCK_DIGITS = 3;

/** A container of Azure's blob storage. Its client must not retry: that is done here, where it can't do harm. */
export function containerStore(options: ContainerStoreOptions): ObjectStore {
  const { client, prefix, meter, explain, idleMs = IDLE_MS, tries = TRIES } = options;
  const blob = (key: string): BlockBlobClient => {
    checkKey(key);
    return client.getBlockBlobClient(prefix + key);
  };

  /** One request, ended when nothing moves. `touch` says that something did. */
  async function once<T>(access: Access, request: (signal: AbortSignal, touch: () => void) => Promise<T>): Promise<T> {
    const abort = new AbortController();
    const stop = () => abort.abort(new DOMException(`Nothing moved for ${idleMs} ms.`, 'TimeoutError'));
    const timer = setTimeout(stop, idleMs);
    meter.count();
    try {
      const answer = await request(abort.signal, () => timer.refresh());
      meter.noteDate(answer);
      return answer;
    } catch (error) {
      meter.noteDate(error);
      throw isAbsent(error) || isTaken(error) || isEmptyRange(error) ? error : explain(error, access);
    } finally {
      clearTimeout(timer);
    }
  }

  function often<T>(request: () => Promise<T>): Promise<T> {
    return pRetry(request, {
      retries: tries - 1,
      minTimeout: 200,
      maxTimeout: 2000,
      randomize: true,
      shouldRetry: ({ error }) => isPassing(error),
    });
  }

  async function absentAs<T>(request: Promise<T>): Promise<T | undefined> {
    try {
      return await request;
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  function download(key: string, offset: number, length: number | undefined): Promise<Uint8Array | undefined> {
    const target = blob(key);
    const read = () =>
      once('read', async (abortSignal, touch) => {
        const answer = await target.download(offset, length, { abortSignal, maxRetryRequests: 0 });
        const body = gathered(answer.contentLength ?? 0);
        for await (const chunk of bodyOf(answer)) {
          touch();
          body.add(chunk);
          meter.received(chunk.length);
        }
        return { ...answerFacts(answer), bytes: body.bytes() };
      });
    return absentAs(
      often(read).then(
        ({ bytes }) => bytes,
        (error: unknown) => {
          // A range that begins at or behind the end; an absent blob is told apart by its own code.
          if (isEmptyRange(error)) return new Uint8Array();
          throw error;
        },
      ),
    );
  }

  async function head(key: string): Promise<ObjectHead | undefined> {
    const target = blob(key);
    const found = await absentAs(often(() => once('read', (abortSignal) => target.getProperties({ abortSignal }))));
    if (!found) return undefined;
    const { contentLength: sizeBytes = 0, contentMD5 } = found;
    return { sizeBytes, ...(contentMD5 ? { md5: Buffer.from(contentMD5).toString('base64') } : {}) };
  }

  return {
    head,
    async get(key, maxBytes) {
      if (maxBytes === undefined) return download(key, 0, undefined);
      return maxBytes > 0 ? download(key, 0, maxBytes) : (await head(key)) && new Uint8Array();
    },
    async getRange(key, offset, length) {
      return length > 0 ? download(key, offset, length) : (await head(key)) && new Uint8Array();
    },
    async getStream(key) {
      const target = blob(key);
      const open = () =>
        once('read', (abortSignal) => target.download(0, undefined, { abortSignal, maxRetryRequests: 5 }));
      const answer = await absentAs(often(open));
      if (!answer) return undefined;
      return measured(answer, { meter, idleMs, explain });
    },
    async putIfAbsent(key, content): Promise<PutOutcome> {
      const target = blob(key);
      // The caller may write to its bytes again while they are on their way.
      const md5 = createHash('md5').update(content).digest();
      const put = () =>
        once('create', async (abortSignal, touch) => {
          const answer = await target.upload(content, content.length, {
            abortSignal,
            conditions: { ifNoneMatch: '*' },
            transactionalContentMD5: md5,
            onProgress: touch,
          });
          meter.sent(content.length);
          return answer;
        });
      try {
        await (ONCE.test(key) ? put() : often(put));
        return 'created';
      } catch (error) {
        if (isTaken(error)) return 'exists';
        // Who may create only is refused where there is something; an answer that says why differs between services.
        const mayBeTaken = RegistryError.is(error) && error.details.reason === 'AuthorizationPermissionMismatch';
        if (mayBeTaken && (await head(key).catch(() => undefined))) return 'exists';
        throw error;
      }
    },
    async list(folder, { after, until, limit = Number.POSITIVE_INFINITY } = {}) {
      checkPrefix(folder);
      const keys: string[] = [];
      if (limit <= 0) return keys;
      for (const narrow of narrowed(folder, after, until)) {
        let token: string | undefined;
        do {
          const page = await often(() =>
            once('list', async (abortSignal) => {
              const pages = client.listBlobsFlat({ prefix: prefix + narrow, abortSignal });
              const options = { maxPageSize: 5000, ...(token ? { continuationToken: token } : {}) };
              const { value } = await pages.byPage(options).next();
              return value;
            }),
          );
          for (const { name } of page?.segment?.blobItems ?? []) {
            const key = name.slice(prefix.length);
            if ((after !== undefined && key <= after) || (until !== undefined && key >= until)) continue;
            keys.push(key);
            if (keys.length >= limit) return keys;
          }
          token = page?.continuationToken || undefined;
        } while (token);
      }
      return keys;
    },
  };
}

/**
 * The prefixes under which everything between `after` and `until` is, in order: the service can't begin a list in its middle. Commits are
 * numbered, so that of a hundred thousand only the thousands in question are listed.
 */
function narrowed(folder: string, after: string | undefined, until: string | undefined): readonly string[] {
  const numberIn = (key: string | undefined) => {
    const digits = key?.startsWith(folder) ? /^(\d{20})\./.exec(key.slice(folder.length))?.[1] : undefined;
    return digits === undefined ? undefined : BigInt(digits);
  };
  if (after?.startsWith(folder) && until === following(after)) return [after];
  const [first, last] = [numberIn(after), numberIn(until)];
  if (first === undefined || last === undefined || last < first) return [folder];
  const block = 10n ** BigInt(BLOCK_DIGITS);
  const prefixes: string[] = [];
  for (let number = first / block; number <= last / block; number += 1n) {
    prefixes.push(`${folder}${String(number).padStart(20 - BLOCK_DIGITS, '0')}`);
    if (prefixes.length > 8) return [folder];
  }
  return prefixes;
}

/** What comes after everything that begins with `text`. */
function following(text: string): string {
  return text.slice(0, -1) + String.fromCharCode(text.charCodeAt(text.length - 1) + 1);
}

async function* measured(
  answer: BlobDownloadResponseParsed,
  { meter, idleMs, explain }: Pick<Required<ContainerStoreOptions>, 'meter' | 'idleMs' | 'explain'>,
): AsyncGenerator<Uint8Array> {
  const body = answer.readableStreamBody;
  const stop = () => {
    const idle = new DOMException(`Nothing moved for ${idleMs} ms.`, 'TimeoutError');
    if (body && 'destroy' in body && typeof body.destroy === 'function') body.destroy(idle);
  };
  let timer = setTimeout(stop, idleMs);
  try {
    for await (const chunk of bodyOf(answer)) {
      // The reader may take its time.
      clearTimeout(timer);
      meter.received(chunk.length);
      yield chunk;
      timer = setTimeout(stop, idleMs);
    }
  } catch (error) {
    throw explain(error, 'read');
  } finally {
    clearTimeout(timer);
  }
}

async function* bodyOf(answer: BlobDownloadResponseParsed): AsyncGenerator<Uint8Array> {
  for await (const chunk of answer.readableStreamBody ?? [])
    yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

function answerFacts({ date }: BlobDownloadResponseParsed) {
  return { date };
}

/** Puts chunks together where there is room for as many bytes as were announced: a part of a file isn't held twice. */
function gathered(announcedBytes: number) {
  let bytes = new Uint8Array(Math.min(announcedBytes, MAX_ANNOUNCED_BYTES));
  let filled = 0;
  return {
    add(chunk: Uint8Array) {
      if (filled + chunk.length > bytes.length) {
        const larger = new Uint8Array(Math.max(filled + chunk.length, bytes.length * 2));
        larger.set(bytes.subarray(0, filled));
        bytes = larger;
      }
      bytes.set(chunk, filled);
      filled += chunk.length;
    },
    bytes: () => (filled === bytes.length ? bytes : bytes.slice(0, filled)),
  };
}
