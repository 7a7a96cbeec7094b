import { seqOfCommitKey } from '../storage/layout.ts';
import type { LocalStore } from '../storage/object-store.ts';
import { MAX_COMMIT_BYTES } from './commit.ts';
import { decodeSegment, type SegmentName, segmentKey, segmentOfKey } from './segment.ts';

/**
 * The copy of a shared registry on this disk: its log in a folder of its own, its objects among those of the registry that they are
 * read from. A commit that was copied as part of a segment is read from there.
 */
export function copiedLog(log: LocalStore, objects: LocalStore): LocalStore {
  let decoded: { readonly name: SegmentName; readonly commits: readonly Uint8Array[] } | undefined;

  async function fromSegment(seq: number): Promise<Uint8Array | undefined> {
    if (!decoded || seq < decoded.name.from || seq > decoded.name.to) {
      const names = (await log.list('segments/')).map(segmentOfKey);
      const name = names.find((found) => found && found.from <= seq && seq <= found.to);
      const bytes = name && (await log.get(segmentKey(name)));
      const commits = bytes && (await decodeSegment(bytes, name));
      decoded = commits ? { name, commits } : decoded;
      if (!commits) return undefined;
    }
    return decoded?.commits[seq - decoded.name.from];
  }

  const storeOf = (key: string) => (/^(objects|manifests)\//.test(key) ? objects : log);
  return {
    async get(key, maxBytes) {
      const found = await storeOf(key).get(key, maxBytes);
      const seq = found ? undefined : seqOfCommitKey(key);
      return seq === undefined ? found : (await fromSegment(seq))?.slice(0, maxBytes ?? MAX_COMMIT_BYTES + 1);
    },
    getRange: (key, offset, length) => storeOf(key).getRange(key, offset, length),
    getStream: (key) => storeOf(key).getStream(key),
    head: (key) => storeOf(key).head(key),
    putIfAbsent: (key, bytes) => storeOf(key).putIfAbsent(key, bytes),
    list: (prefix, options) => storeOf(prefix).list(prefix, options),
    // Only objects are stored in this way.
    stage: () => objects.stage(),
    stageAs: (name) => objects.stageAs(name),
    leftovers: (name) => objects.leftovers(name),
    commitAll: (puts, onEach) => objects.commitAll(puts, onEach),
    confirm: (keys) => objects.confirm(keys),
    remove: (key) => storeOf(key).remove(key),
  };
}
