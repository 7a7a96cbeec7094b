import { afterEach, describe, expect, it } from 'vitest';
import { speak } from '../../src/base/language.ts';
import { canBeFoundAgain, retelling, tellWith, told, toldOf } from '../../src/base/retold.ts';

const retell = retelling({
  'There is no model called {name}.': 'Es gibt kein Modell namens {name}.',
  'There is no model called {name}. {advice} Nothing was changed.':
    'Es gibt kein Modell namens {name}. {advice} Es wurde nichts geändert.',
  'Nothing was changed.': 'Es wurde nichts geändert.',
  'The files of {label} are missing: {why}.': 'Dateien von {label} fehlen: {why}.',
  '{from} came before {to}': 'vor {to} kam {from}',
  'the folder is gone': 'der Ordner ist weg',
  '{length} more': '{length} weitere',
});

afterEach(() => {
  tellWith(undefined);
  speak(undefined);
});

describe('what the core says', () => {
  it.each([
    ['a text without values', 'the folder is gone', 'der Ordner ist weg'],
    ['a text with a value', 'There is no model called churn.', 'Es gibt kein Modell namens churn.'],
    ['values in another order', '3 came before 4', 'vor 4 kam 3'],
    [
      'a text within a text',
      'The files of churn@3 are missing: the folder is gone.',
      'Dateien von churn@3 fehlen: der Ordner ist weg.',
    ],
    [
      'sentences that follow each other',
      'the folder is gone. Nothing was changed.',
      'the folder is gone. Nothing was changed.',
    ],
    [
      'two sentences',
      'There is no model called churn. Nothing was changed.',
      'Es gibt kein Modell namens churn. Es wurde nichts geändert.',
    ],
    ['things in a list', 'Ann; 12 more; the folder is gone', 'Ann; 12 weitere; der Ordner ist weg'],
    ['what nobody translated', 'Something else happened.', 'Something else happened.'],
  ])('is told in another language: %s', (_, english, german) => {
    expect(retell(english)).toBe(german);
  });

  it('is told by the template that says most', () => {
    expect(retell('There is no model called churn. the folder is gone Nothing was changed.')).toBe(
      'Es gibt kein Modell namens churn. der Ordner ist weg Es wurde nichts geändert.',
    );
  });

  it('keeps values as they are, whatever is in them', () => {
    for (const name of ['{name}', '$&', '__proto__', 'a.b', '„x“', 'constructor'])
      expect(retell(`There is no model called ${name}.`)).toBe(`Es gibt kein Modell namens ${name}.`);
  });

  it('stays English until there is another language, and reads its texts when the first is wanted', () => {
    let reads = 0;
    const texts = () => {
      reads += 1;
      return { 'the folder is gone': 'der Ordner ist weg' };
    };
    expect(told('the folder is gone')).toBe('the folder is gone');
    tellWith(texts);
    expect(reads).toBe(0);
    expect(toldOf(new Error('the folder is gone'))).toBe('der Ordner ist weg');
    expect(told('the folder is gone')).toBe('der Ordner ist weg');
    expect(reads).toBe(1);
  });

  it('writes the times of what was thrown where the person is', () => {
    const at = '2026-11-27T04:04:49.867Z';
    const here = new Date(at).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
    expect(toldOf(new Error(`Ann moved it at ${at} ("late").`))).toBe(`Ann moved it at ${here} ("late").`);
    expect(toldOf(new Error('9999-99-99T99:99:99Z isn’t a time'))).toBe('9999-99-99T99:99:99Z isn’t a time');
  });

  it('writes sizes as the language does', () => {
    speak({ tag: 'de', texts: {} });
    expect(retell('The files of 1.6 kB are missing: x.')).toBe('Dateien von 1,6 kB fehlen: x.');
    expect(retell('The files of 2,000 are missing: x.')).toBe('Dateien von 2.000 fehlen: x.');
  });

  it('ends for texts that are made to be slow', () => {
    for (const text of ['There is no model called '.repeat(700), 'came before; '.repeat(1500), 'a. '.repeat(6000)])
      expect(retell(text).length).toBeGreaterThan(1000);
  });

  it('isn’t looked for by a template that is hardly more than values', () => {
    expect(canBeFoundAgain('{a} of {b}')).toBe(false);
    expect(canBeFoundAgain('{length} more')).toBe(true);
  });
});
