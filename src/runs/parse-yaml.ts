import { parseBoundedYaml, RECORDED_YAML } from '../base/bounded-yaml.ts';
import { messageOf } from '../base/errors.ts';
import { RunFileInvalid, type RunFiles } from './run-files.ts';

const MAX_YAML_BYTES = 1024 * 1024;

/** The value in a YAML file; undefined where there is no such file. Throws `RunFileInvalid`. */
export async function readYaml(path: string, files: RunFiles): Promise<unknown> {
  const text = await files.readText(path, MAX_YAML_BYTES);
  if (text === undefined) return undefined;
  return parseYaml(text, path);
}

/** Throws `RunFileInvalid`, which names `path`. */
export function parseYaml(text: string, path: string): unknown {
  try {
    return parseBoundedYaml(text, RECORDED_YAML);
  } catch (cause) {
    throw new RunFileInvalid(`${path} can't be read: ${messageOf(cause)}`);
  }
}
