import { parse } from 'yaml';
import { messageOf } from '../../base/errors.ts';
import { invalidFile } from '../invalid.ts';

/** YAML that others wrote: no tags of other kinds, few aliases. Throws `MODEL_FILE_INVALID`. */
export function parseYaml(text: string, path: string): unknown {
  try {
    return parse(text, { schema: 'core', maxAliasCount: 50, logLevel: 'silent' });
  } catch (error) {
    throw invalidFile(path, `its YAML can’t be read (${messageOf(error).split('\n')[0]})`, error);
  }
}
