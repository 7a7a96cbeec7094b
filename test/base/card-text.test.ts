import { describe, expect, it } from 'vitest';
import { cardAmong, isCard, leadOf, splitCard } from '../../src/base/card-text.ts';

describe('the text of a model card', () => {
  it('begins with metadata or not', () => {
    expect(splitCard('---\r\nlicense: mit\r\n---\r\n\r\n# A\n')).toEqual({ metadata: 'license: mit', body: '# A\n' });
    expect(splitCard('--- a rule\n\ntext')).toEqual({ body: '--- a rule\n\ntext' });
  });

  it.each([
    ['Boosting on the October data.', 'Boosting on the October data.', true],
    ['---\na: b\n---\n# Title\n\n| a |\n|---|\n\nFirst *words*\nhere.\n\nMore.', 'First words here.', false],
    [
      '**Bold** and `code`, see [the paper](https://x.org/a), a*b*c, snake_case_name',
      'Bold and code, see the paper, abc, snake_case_name',
      false,
    ],
    ['# Title\nUnder it.', 'Under it.', false],
    ['_To be written_\n\n```python\na = 1\n\nb = 2\n```\n', '', false],
    ['~~~\n```\n\na\n~~~\n\nWords.', 'Words.', false],
    ['', '', true],
  ])('has a lead: %j', (text, lead, isOnly) => {
    expect([leadOf(text), isCard(text)]).toEqual([lead, !isOnly]);
  });

  it('is among the files by its name, unless it is too large', () => {
    const file = (path: string, sizeBytes = 10) => ({ path, sizeBytes });
    expect(cardAmong([file('a/b/README.md'), file('a/readme.md'), file('x.md')])).toBe('a/readme.md');
    expect(cardAmong([file('README.md', 2 ** 30)])).toBeUndefined();
  });
});
