import { afterEach, describe, expect, it } from 'vitest';
import { dateLocale, formatNumber, speak, t, tCount, tCountParts, tParts } from '../../src/base/language.ts';
import { formatMetric } from '../../src/base/metrics.ts';

afterEach(() => speak(undefined));

describe('a text', () => {
  it('is the English one until a language is set, and where the language lacks it', () => {
    expect(t('Promote {model} to {stage}', { model: 'fraud', stage: 'staging' })).toBe('Promote fraud to staging');
    speak({ tag: 'de', texts: { Cancel: 'Abbrechen' } });
    expect(t('Retry')).toBe('Retry');
    expect(t('Cancel')).toBe('Abbrechen');
  });

  it('has its values where the language wants them', () => {
    speak({ tag: 'de', texts: { 'Promote {model} to {stage}': 'Nach {stage} befördern: {model}' } });
    expect(t('Promote {model} to {stage}', { model: 'fraud', stage: 'staging' })).toBe('Nach staging befördern: fraud');
  });

  it('takes values as they are, whatever they look like', () => {
    expect(t('{a} and {b}', { a: '{b}', b: '$& {a}' })).toBe('{b} and $& {a}');
    expect(t('a {brace} stays', { brace: '{x}' })).toBe('a {x} stays');
  });

  it('finds no text in what every object has', () => {
    speak({ tag: 'de', texts: {} });
    expect(t('constructor')).toBe('constructor');
    expect(t('{toString}', { toString: 'x' } as never)).toBe('x');
  });

  it('gives parts of a page back as they are, and in order', () => {
    speak({ tag: 'de', texts: { 'by {author} in {place}': 'in {place} von {author}' } });
    const author = { name: 'Ada' };
    const place = { name: 'London' };
    expect(tParts('by {author} in {place}', { author, place })).toEqual(['in ', place, ' von ', author]);
  });
});

describe('a counted text', () => {
  it('is another one for one', () => {
    expect(tCount(1, '{count} version', '{count} versions')).toBe('1 version');
    expect(tCount(0, '{count} version', '{count} versions')).toBe('0 versions');
    expect(tCount(1204, '{count} version', '{count} versions')).toBe('1,204 versions');
  });

  it('has its number as the language writes it', () => {
    speak({ tag: 'de', texts: { '{count} versions by {author}': '{count} Versionen von {author}' } });
    expect(tCount(1204, 'one version by {author}', '{count} versions by {author}', { author: 'Ada' })).toBe(
      '1.204 Versionen von Ada',
    );
    const author = { name: 'Ada' };
    expect(tCountParts(2, 'one version by {author}', '{count} versions by {author}', { author })).toEqual([
      '2',
      ' Versionen von ',
      author,
    ]);
  });
});

it('metrics are written as the language does, small ones too', () => {
  expect([0.9412, 18.25, 120_412].map(formatMetric)).toEqual(['0.9412', '18.25', '120,412']);
  speak({ tag: 'de', texts: {} });
  expect([0.9412, 18.25, 120_412].map(formatMetric)).toEqual(['0,9412', '18,25', '120.412']);
});

it('numbers and dates are written as the language does', () => {
  const day = new Date('2026-05-03T12:00:00Z');
  const written = () => day.toLocaleDateString(dateLocale(), { day: 'numeric', month: 'long', year: 'numeric' });
  expect([formatNumber(1234.5), written()]).toEqual(['1,234.5', '3 May 2026']);
  speak({ tag: 'de', texts: {} });
  expect([formatNumber(1234.5), written()]).toEqual(['1.234,5', '3. Mai 2026']);
});
