import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../../src/modelfiles/read/yaml.ts';

describe('YAML that others wrote', () => {
  it('is read as it is meant, with names that mean something to JavaScript as names', () => {
    expect(parseYaml('a: 1\nb: [x, {c: yes}]\n', 'f')).toEqual({ a: 1, b: ['x', { c: 'yes' }] });
    const parsed = parseYaml('__proto__: {polluted: true}', 'f');
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
      'xcessive',
    ],
    ['text', 'a'.repeat(600_000), 'characters long'],
  ])('that would keep the parser busy is refused: %s', (_what, text, why) => {
    expect(() => parseYaml(text, 'f')).toThrow(why);
  });
});
