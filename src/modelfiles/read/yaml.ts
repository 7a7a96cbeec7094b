import { parseBoundedYaml, WRITTEN_YAML } from '../../base/bounded-yaml.ts';
import { messageOf } from '../../base/errors.ts';
import { invalidFile } from '../invalid.ts';

const MAX_CHARACTERS = 512 * 1024;

/** YAML that others wrote, no more of it nor deeper than a person's. Throws `MODEL_FILE_INVALID`. */
export function parseYaml(text: string, path: string): unknown {
  try {
    return parseBoundedYaml(text, { ...WRITTEN_YAML, maxCharacters: MAX_CHARACTERS, isLenient: true });
  } catch (error) {
    throw invalidFile(path, `its YAML can’t be read (${messageOf(error)})`, error);
  }
}
