import { afterEach, describe, expect, it } from 'vitest';
import { speak } from '../../src/base/language.ts';
import { partName } from '../../src/base/part-name.ts';
import { dataValues, factValues, fileValues } from '../../src/webviews/comparison/told-facts.ts';

const row = (name: string, ...values: readonly (string | null)[]) => ({ name, values, isDifferent: true });

describe('cells of a comparison', () => {
  afterEach(() => speak(undefined));

  it('have numbers as the language writes them, and words of the registry in it', () => {
    expect(fileValues(row('m.bin', '6983 bytes · 09efa5ba2707', null))).toEqual(['6,983 bytes · 09efa5ba2707', null]);
    speak({ tag: 'de', texts: { '{count} rows': '{count} Zeilen', yes: 'ja', 'code commit': 'Commit des Codes' } });
    expect(dataValues(row('train.csv', '539ff63adc5e · 24000 rows'))).toEqual(['539ff63adc5e · 24.000 Zeilen']);
    expect(factValues(row('uncommitted changes', 'yes'))).toEqual(['ja']);
    expect([partName('code commit'), partName('lock uv.lock')]).toEqual(['Commit des Codes', 'lock uv.lock']);
  });

  it('leave what people wrote as it is', () => {
    expect(factValues(row('run', 'yes'))).toEqual(['yes']);
    expect(fileValues(row('m.bin', 'bytes · 1'))).toEqual(['bytes · 1']);
    expect(partName('__proto__')).toBe('__proto__');
  });
});
