import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wordsAt } from '../../src/project/keys-in-project.ts';
import { MODEL_KEYS, PROJECT_KEYS } from '../../src/project/project-schema.ts';

/** The text without its |, and what can be written there. */
function at(marked: string) {
  const offset = marked.indexOf('|');
  const text = marked.replace('|', '');
  const found = wordsAt(text, offset);
  return (
    found && {
      kind: found.kind,
      names: found.words.map(({ name }) => name),
      replaced: text.slice(found.start, found.end),
    }
  );
}

const A = 'models:\n  a:\n    outputs: [x]\n';

describe('the keys of a project file at a place of it', () => {
  it.each([
    ['|', PROJECT_KEYS],
    ['mo|', PROJECT_KEYS],
    ['models: {}\n|', PROJECT_KEYS.filter((key) => key !== 'models')],
    ['models:\n  a:\n    |', MODEL_KEYS],
    ['models:\n  a: {|}', MODEL_KEYS],
    ['models:\n  a:\n    |\n    outputs: [x]\n', MODEL_KEYS.filter((key) => key !== 'outputs')],
    ['models:\n  a:\n    da|\n    outputs: [x]\n', MODEL_KEYS.filter((key) => key !== 'outputs')],
    [`${A}    d|`, MODEL_KEYS.filter((key) => key !== 'outputs')],
    [`${A}    after:\n      - |`, ['command', 'on', 'stage', 'time-limit']],
    [`${A}    policy:\n      |`, ['stages', 'override', 'changes', 'signers', 'signatures']],
    [`${A}    policy:\n      override:\n        |`, ['by']],
    ['webhooks:\n  - url: https://x.org\n    |', ['events', 'models', 'name']],
    ['code:\n  |', ['untracked']],
  ])('%j', (text, names) => {
    expect(at(text)).toMatchObject({ kind: 'key', names });
  });

  it('are those of a gate in a gate, without those that it has', () => {
    const names = at(`${A}    gates:\n      production:\n        - metric: auc\n          |`)?.names;
    expect(names?.slice(0, 3)).toEqual(['min', 'max', 'vs']);
    expect(names).toEqual(at(`${A}    gates: {production: [{metric: auc, |}]}`)?.names);
  });

  it('are values where one of a few is to be chosen', () => {
    expect(at(`${A}    checkpoints: |`)).toMatchObject({ kind: 'value', names: ['best', 'last', 'all'] });
    expect(at(`${A}    policy: {override: n|}`)).toMatchObject({ names: ['allowed', 'never'], replaced: 'n' });
    expect(at(`${A}    policy: {stages: [{name: a, exclusive: |}]}`)).toMatchObject({ names: ['true', 'false'] });
    expect(at('webhooks: [{events: [|]}]')?.names).toContain('model_version.created');
  });

  it('come with what they are for, and with what is written behind them', () => {
    expect(wordsAt('', 0)?.words.map(({ name, shape }) => [name, shape])).toEqual([
      ['models', 'map'],
      ['code', 'map'],
      ['webhooks', 'list-of-maps'],
      ['remote', 'text'],
      ['head', 'text'],
    ]);
    const keys = wordsAt('models:\n  a:\n    ', 16)?.words ?? [];
    expect(keys.find(({ name }) => name === 'outputs')).toMatchObject({
      shape: 'list',
      description: expect.stringContaining('that training writes'),
    });
    expect(keys.map(({ description }) => description === '')).not.toContain(true);
  });

  it.each([
    ['a name of a model', 'models:\n  |'],
    ['a stage', `${A}    gates:\n      |`],
    ['a place', 'models:\n  a:\n    outputs: [|]'],
    ['a number', `${A}    gates: {production: [{metric: auc, min: |}]}`],
    ['a comment', `# a |\n${A}`],
    ['what the file doesn’t have', 'a:\n  b:\n    |'],
    ['what every object has', 'constructor:\n  |'],
    ['a text of several lines', '>- \n|'],
    ['too much', `models: ${'['.repeat(50)}|`],
  ])('there are none at %s', (_what, text) => {
    expect(at(text)).toBeUndefined();
  });

  it('never throws, whatever the text is', () => {
    const pieces = fc.constantFrom(
      'models',
      ':',
      '\n',
      '  ',
      '- ',
      '[',
      '{',
      '}',
      ']',
      '"',
      '#',
      '&a ',
      '*a',
      'a',
      '__proto__',
      '|',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 25 }), fc.nat(60), (parts, place) => {
        const text = parts.join('');
        const offset = Math.min(place, text.length);
        const found = wordsAt(text, offset);
        if (found)
          expect([found.start <= offset, found.end >= found.start, found.end <= text.length]).toEqual([
            true,
            true,
            true,
          ]);
      }),
      { numRuns: 300 },
    );
  });
});
