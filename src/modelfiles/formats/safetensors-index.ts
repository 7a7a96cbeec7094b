import { type FileSet, MAX_READ_BYTES, withFile } from '../file-set.ts';
import { invalidFile } from '../invalid.ts';
import { JsonProblem, JsonReader } from '../read/json-reader.ts';

/** Which file of a sharded model has which tensor: `model.safetensors.index.json`. */
export interface ShardIndex {
  /** Paths in the set. */
  readonly shards: readonly string[];
  readonly tensorCount: number;
}

/** Throws `MODEL_FILE_INVALID`. Shards are named relative to the index; that they are in the set is for the caller to check. */
export async function readShardIndex(set: FileSet, path: string): Promise<ShardIndex> {
  const bytes = await withFile(set, path, async (source) => {
    if (source.sizeBytes > MAX_READ_BYTES) throw invalidFile(path, `it is more than ${MAX_READ_BYTES} bytes long`);
    return source.read(0, source.sizeBytes);
  });
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const shards = new Set<string>();
  let tensorCount = 0;
  try {
    const json = new JsonReader(bytes);
    json.object((key) => {
      if (key !== 'weight_map') return json.skip();
      json.object(() => {
        tensorCount += 1;
        shards.add(`${folder}${json.string()}`);
      });
    });
    json.end();
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    throw invalidFile(path, `its JSON ${error.message}`, error);
  }
  return { shards: [...shards].sort(), tensorCount };
}
