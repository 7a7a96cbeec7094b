import { checkKey, checkPrefix } from './keys.ts';
import type { LocalStore, PutOutcome } from './object-store.ts';

const CHUNK_BYTES = 1024 * 1024;

/** A store that lasts as long as its process. It keeps and gives copies: nobody can change what is stored. */
export function memoryStore(): LocalStore {
  const objects = new Map<string, Uint8Array>();
  const find = (key: string) => {
    checkKey(key);
    return objects.get(key);
  };
  const put = (key: string, bytes: Uint8Array): PutOutcome => {
    if (find(key)) return 'exists';
    objects.set(key, bytes.slice());
    return 'created';
  };
  const left = new Map<string, readonly Uint8Array[]>();
  const stage = () => {
    let chunks: Uint8Array[] = [];
    const content = () => new Uint8Array(Buffer.concat(chunks));
    return {
      write: async (chunk: Uint8Array) => void chunks.push(chunk.slice()),
      flush: async () => undefined,
      close: async () => undefined,
      commit: async (key: string) => put(key, content()),
      discard: async () => {
        chunks = [];
      },
      content,
    };
  };
  const head = async (key: string) => {
    const bytes = find(key);
    return bytes && { sizeBytes: bytes.length };
  };
  return {
    get: async (key, maxBytes) => find(key)?.slice(0, maxBytes),
    getRange: async (key, offset, length) => find(key)?.slice(offset, offset + length),
    async getStream(key) {
      const bytes = find(key);
      return bytes && chunksOf(bytes);
    },
    head,
    putIfAbsent: async (key, bytes) => put(key, bytes),
    async list(prefix, { after, until, limit } = {}) {
      checkPrefix(prefix);
      return [...objects.keys()]
        .filter(
          (key) =>
            key.startsWith(prefix) && (after === undefined || key > after) && (until === undefined || key < until),
        )
        .sort()
        .slice(0, limit);
    },
    stage: async () => stage(),
    async stageAs(name) {
      const staged = stage();
      return { ...staged, keep: async () => void left.set(name, [...(left.get(name) ?? []), staged.content()]) };
    },
    async leftovers(name) {
      const contents = [...(left.get(name) ?? [])].sort((a, b) => b.length - a.length);
      const without = (gone: Uint8Array) => (left.get(name) ?? []).filter((content) => content !== gone);
      return contents.map((content) => ({
        sizeBytes: content.length,
        read: async () => chunksOf(content),
        remove: async () => void left.set(name, without(content)),
      }));
    },
    async commitAll(puts, onEach) {
      const outcomes: PutOutcome[] = [];
      for (const staging of puts) {
        onEach?.(staging);
        outcomes.push(await staging.staged.commit(staging.key));
      }
      return outcomes;
    },
    confirm: (keys) => Promise.all(keys.map(head)),
    remove: async (key) => void objects.delete(key),
  };
}

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += CHUNK_BYTES) yield bytes.slice(offset, offset + CHUNK_BYTES);
}
