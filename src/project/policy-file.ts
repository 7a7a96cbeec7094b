import { readFile, stat } from 'node:fs/promises';
import { parseDocument } from 'yaml';
import { MAX_ALIAS_COUNT, refuseTooMuchYaml, WRITTEN_YAML } from '../base/bounded-yaml.ts';
import { messageOf, RegistryError, systemErrorCode } from '../base/errors.ts';
import { yamlProblem } from '../base/yaml-problem.ts';

const MAX_FILE_BYTES = 1024 * 1024;
/** How files of people are written, and what the log calls it. */
const KEBAB: ReadonlyMap<string, string> = new Map([
  ['displaced-to', 'displacedTo'],
  ['max-drop', 'maxDrop'],
]);

/** Reads a policy from a YAML or JSON file. Throws `POLICY_FILE_INVALID`, `PATH_NOT_FOUND`. What is in it is for the registry to judge. */
export async function readPolicyFile(file: string): Promise<unknown> {
  let text: string;
  try {
    const found = await stat(file);
    // Reading a pipe would wait for ever.
    if (!found.isFile() || found.size > MAX_FILE_BYTES) throw invalid(file, 'it is no file of up to 1 MiB');
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    throw new RegistryError('PATH_NOT_FOUND', `There is no file ${file}.`);
  }
  try {
    refuseTooMuchYaml(text, WRITTEN_YAML);
  } catch (error) {
    throw invalid(file, messageOf(error));
  }
  const document = parseDocument(text, { uniqueKeys: true });
  const problem = document.errors[0];
  if (problem) throw invalid(file, `line ${lineAt(text, problem.pos[0])}: ${yamlProblem(problem)}`);
  try {
    return policyValue(document.toJS({ maxAliasCount: MAX_ALIAS_COUNT }));
  } catch (error) {
    throw invalid(file, yamlProblem(error));
  }
}

/** A policy as people write it, in the words of the log: keys without hyphens, and of a public key only what tells it from others. */
export function policyValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(policyValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      KEBAB.get(name) ?? name,
      name === 'key' && typeof item === 'string' ? item.trim().split(/\s+/).slice(0, 2).join(' ') : policyValue(item),
    ]),
  );
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function invalid(file: string, why: string): RegistryError {
  return new RegistryError('POLICY_FILE_INVALID', `${file} can't be used: ${why}. Nothing was changed.`);
}
