import { afterEach, expect, it } from 'vitest';
import { tellWith } from '../../../src/base/retold.ts';
import { toldData } from '../../../src/extension/pages/told-data.ts';

const german = { 'the folder is gone': 'der Ordner ist weg', '{bytes} bytes': '{bytes} Bytes' };
const data = {
  lineage: { missing: [{ what: 'code', why: 'the folder is gone' }] },
  gates: [{ gate: 'max-size', required: 'at most 9', measured: '12 bytes', why: 'the folder is gone' }],
  problems: ['the folder is gone', 'something else'],
  notes: [{ text: 'the folder is gone' }],
  params: { why: 'the folder is gone' },
  description: 'the folder is gone',
};

afterEach(() => tellWith(undefined));

it('tells a page what the core found in the language of the person, and leaves alone what people wrote', () => {
  tellWith(() => german);
  expect(toldData(data)).toEqual({
    ...data,
    lineage: { missing: [{ what: 'code', why: 'der Ordner ist weg' }] },
    gates: [{ gate: 'max-size', required: 'at most 9', measured: '12 Bytes', why: 'der Ordner ist weg' }],
    problems: ['der Ordner ist weg', 'something else'],
  });
  expect(data.problems[0]).toBe('the folder is gone');
});

it('gives the data as they are in English', () => {
  expect(toldData(data)).toBe(data);
});
