import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nameAt, namesIn } from '../../src/project/names-in-project.ts';

/** The text without its |, and what stands or is written there. */
function at(marked: string) {
  const offset = marked.indexOf('|');
  const text = marked.replace('|', '');
  const found = nameAt(text, offset);
  return found && { ...found, replaced: text.slice(found.start, found.end) };
}

const FILE = `models:
  fraud:
    outputs: [models/**]
    higher-is-better: [gini]
    gates:
      staging: [{metric: auc, min: 0.8}]
      production:
        - metric: auc
          vs: production
          max-drop: 0.01
        - metric: "f1"
          dataset: holdout
          slice: country=DE
          min: 0.5
  churn:
    outputs: [churn.bin]
`;

describe('the name at a place of a project file', () => {
  it.each([
    ['models:\n  fr|\n', { kind: 'model', name: 'fr', replaced: 'fr' }],
    ['models:\n  |\n', { kind: 'model', name: '', replaced: '' }],
    ['models:\n  fr|: {outputs: [a]}\n', { kind: 'model', name: 'fr', replaced: 'fr' }],
    [FILE.replace('  churn:', '  chu|rn:'), { kind: 'model', name: 'churn', replaced: 'churn' }],
    ['models:\n  a:\n    gates:\n      pro|\n', { kind: 'stage', model: 'a', replaced: 'pro' }],
    ['models:\n  a:\n    gates: {|}\n', { kind: 'stage', model: 'a', replaced: '' }],
    ['models:\n  a:\n    gates:\n      staging: []\n      pr|\n', { kind: 'stage', model: 'a', replaced: 'pr' }],
    [
      'models:\n  a:\n    gates: {staging: [{metric: |}]}\n',
      { kind: 'metric', model: 'a', stage: 'staging', name: '' },
    ],
    ['models:\n  a:\n    gates: {staging: [{metric: au|', { kind: 'metric', model: 'a', replaced: 'au' }],
    [
      FILE.replace('- metric: auc', '- metric: a|uc'),
      { kind: 'metric', model: 'fraud', stage: 'production', replaced: 'auc' },
    ],
    [FILE.replace('"f1"', '"f|1"'), { kind: 'metric', name: 'f1', replaced: 'f1' }],
    [FILE.replace('vs: production', 'vs: prod|'), { kind: 'stage', stage: 'production', replaced: 'prod' }],
    [FILE.replace('holdout', '|'), { kind: 'dataset', model: 'fraud', replaced: '' }],
    [FILE.replace('country=DE', 'country|'), { kind: 'slice', replaced: 'country' }],
    [FILE.replace('[gini]', '[gini, |]'), { kind: 'metric', model: 'fraud', replaced: '' }],
  ])('%j', (text, expected) => {
    expect(at(text)).toMatchObject(expected);
  });

  it.each([
    ['outputs are places, no names', FILE.replace('models/**', 'models/|')],
    ['a threshold', FILE.replace('min: 0.8', 'min: 0.|8')],
    ['another key of the model', FILE.replace('    outputs: [churn.bin]', '    out|: [churn.bin]')],
    ['the top', '|models: {}\n'],
    ['a key of a gate', FILE.replace('          max-drop: 0.01', '          ma|')],
    ['a comment', `# a |\n${FILE}`],
    ['what isn’t the file’s business', 'a:\n  b:\n    gates: {staging: [{metric: |}]}\n'],
    ['too much', `models: ${'['.repeat(50)}|`],
  ])('is none in %s', (_, text) => {
    expect(at(text)).toBeUndefined();
  });

  it('is the one at the cursor, whatever words the text has', () => {
    expect(at('models:\n  q7cursor7q: {outputs: [a]}\n  fr|: {outputs: [b]}\n')).toMatchObject({
      name: 'fr',
      replaced: 'fr',
    });
  });

  it('never throws, and never names a part of the text that isn’t there', () => {
    const parts = fc.constantFrom(
      'models:',
      '\n',
      '  ',
      ' a:',
      'gates:',
      '- ',
      '{',
      '}',
      '[',
      ']',
      'metric: auc',
      '"',
      "'",
      '#',
      '|',
      '&x ',
      '*x',
      '? ',
      ',',
      '__proto__:',
      'q7cursor7q',
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 30 }), fc.nat(200), (pieces, place) => {
        const text = pieces.join('');
        const offset = Math.min(place, text.length);
        const found = nameAt(text, offset);
        if (found) {
          expect(found.start).toBeLessThanOrEqual(offset);
          expect(found.end).toBeGreaterThanOrEqual(offset);
          expect(found.end).toBeLessThanOrEqual(text.length);
        }
        namesIn(text);
      }),
    );
  });
});

describe('the names of a project file', () => {
  it('are found with their places, those of gates with their stage', () => {
    const names = namesIn(FILE);
    expect(names.map(({ kind, name, model, stage, line }) => [kind, name, model, stage, line])).toEqual([
      ['model', 'fraud', undefined, undefined, 2],
      ['metric', 'gini', 'fraud', undefined, 4],
      ['stage', 'staging', 'fraud', undefined, 6],
      ['metric', 'auc', 'fraud', 'staging', 6],
      ['stage', 'production', 'fraud', undefined, 7],
      ['metric', 'auc', 'fraud', 'production', 8],
      ['stage', 'production', 'fraud', 'production', 9],
      ['metric', 'f1', 'fraud', 'production', 11],
      ['dataset', 'holdout', 'fraud', 'production', 12],
      ['slice', 'country=DE', 'fraud', 'production', 13],
      ['model', 'churn', undefined, undefined, 15],
    ]);
  });

  it('are none where the text is too much to be read', () => {
    expect(namesIn(`models: ${'['.repeat(50)}`)).toEqual([]);
  });
});
