import { type FileSet, withFile } from '../file-set.ts';
import { invalidFile } from '../invalid.ts';

const MAX_TEXT_BYTES = 4 * 1024 * 1024;

/** A small file of a set as text. Throws `MODEL_FILE_INVALID` for one that is too long or isn't UTF-8. */
export async function readText(set: FileSet, path: string): Promise<string> {
  const bytes = await withFile(set, path, async (source) => {
    if (source.sizeBytes > MAX_TEXT_BYTES)
      throw invalidFile(path, `it is ${source.sizeBytes} bytes long, more than is read`);
    return source.read(0, source.sizeBytes);
  });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw invalidFile(path, 'it isn’t text in UTF-8', error);
  }
}

/** A small JSON file; not parsed by any schema yet. Throws `MODEL_FILE_INVALID`. */
export async function readJson(set: FileSet, path: string): Promise<unknown> {
  const text = await readText(set, path);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalidFile(path, 'its JSON can’t be read', error);
  }
}
