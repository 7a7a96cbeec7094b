import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseBoundedYaml, WRITTEN_YAML } from '../../src/base/bounded-yaml.ts';
import { RegistryError } from '../../src/base/errors.ts';
import { parseYaml } from '../../src/modelfiles/read/yaml.ts';
import { problemsIn } from '../../src/project/parse-project.ts';
import { readPolicyFile } from '../../src/project/policy-file.ts';
import { parseYaml as parseRunYaml } from '../../src/runs/parse-yaml.ts';
import { metricsIn, paramsIn } from '../../src/runs/values-file.ts';

describe('YAML that others wrote', () => {
  it('is read as it is meant, with names that mean something to JavaScript as names', () => {
    expect(parseBoundedYaml('a: 1\nb: [x, {c: yes}]\n', WRITTEN_YAML)).toEqual({ a: 1, b: ['x', { c: 'yes' }] });
    const parsed = parseBoundedYaml('__proto__: {polluted: true}', WRITTEN_YAML);
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
    expect(Object.keys(parsed ?? {})).toEqual(['__proto__']);
  });

  it.each([
    ['brackets', '['.repeat(50_000), 'levels deep'],
    ['braces', '{"a":'.repeat(10_000), 'levels deep'],
    ['dashes', `${'- '.repeat(20_000)}a`, 'levels deep'],
    ['marked keys', `${'? '.repeat(2000)}a`, 'more parts'],
    ['anchors', '- &a x\n'.repeat(1000), 'more parts'],
    ['keys', 'a: 1\n'.repeat(90_000), 'more parts'],
    ['indentation', Array.from({ length: 900 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), 'levels deep'],
    [
      'laughs',
      Array.from({ length: 30 }, (_, i) => `a${i}: &a${i} [*a${i - 1}, *a${i - 1}]`)
        .join('\n')
        .replaceAll('*a-1', 'x'),
      'aliases (*name) multiply',
    ],
    ['text', 'a'.repeat(1_100_000), 'characters long'],
  ])('that would keep the parser busy is refused: %s', (_what, text, why) => {
    expect(() => parseBoundedYaml(text, WRITTEN_YAML)).toThrow(why);
  });

  const deep = Array.from({ length: 900 }, (_, i) => `${' '.repeat(i)}a:`).join('\n');
  it.each<[string, () => unknown]>([
    ['a model’s description', () => parseYaml(deep, 'f')],
    ['the files of a run', () => parseRunYaml(deep, 'f')],
    ['metrics', () => metricsIn(deep, 'f.yaml')],
    ['params', () => paramsIn(deep, 'f.yml')],
    [
      'a project',
      () => {
        throw new Error(problemsIn(deep)[0]?.message);
      },
    ],
  ])('is refused everywhere, and the error says why: %s', (_what, read) => {
    expect(read).toThrow('more than 20 levels deep');
  });

  it('is refused in a policy, and the error says why', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'model-registry-policy-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, 'policy.yaml');
    await writeFile(file, deep);
    const error: unknown = await readPolicyFile(file).catch((thrown: unknown) => thrown);
    expect(RegistryError.is(error, 'POLICY_FILE_INVALID')).toBe(true);
    expect(String(error)).toContain('more than 20 levels deep');
  });
});
