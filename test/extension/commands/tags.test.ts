import { describe, expect, it, vi } from 'vitest';

vi.mock('vscode', () => ({ ThemeIcon: class {}, QuickInputButtons: {} }));
const { changeOf, problemOf, tagsElsewhere } = await import('../../../src/extension/commands/tags.ts');

const present = { kind: 'present', key: 'team', value: 'risk' } as const;
const fresh = { kind: 'new' } as const;

describe('editing tags', () => {
  it('sets a new tag from a name and a value, which may hold equals signs', () => {
    expect(changeOf(fresh, 'query = a=b')).toEqual({ set: { query: 'a=b' } });
    expect(Object.entries(changeOf(fresh, '__proto__=x').set ?? {})).toEqual([['__proto__', 'x']]);
    expect(['team', 'team=', '=risk', ' = ', ''].map((text) => problemOf(fresh, text))).toEqual(
      Array.from({ length: 5 }, () => expect.stringContaining('for example team=risk')),
    );
  });

  it('changes a tag that is there, or removes it where nothing is left of its value', () => {
    expect(changeOf(present, 'growth')).toEqual({ set: { team: 'growth' } });
    expect(changeOf(present, '')).toEqual({ remove: ['team'] });
    expect(problemOf(present, '')).toBeUndefined();
  });

  it('offers the names that other versions have, with some of their values', () => {
    const versions = [
      { tags: { team: 'risk', dataset: 'may' } },
      { tags: { dataset: 'april' } },
      { tags: { dataset: 'may', audited: 'yes' } },
    ];
    expect(tagsElsewhere(versions, { team: 'risk' })).toEqual([
      ['audited', ['yes']],
      ['dataset', ['may', 'april']],
    ]);
    const elsewhere = { kind: 'elsewhere', key: 'dataset', values: ['may'] } as const;
    expect(problemOf(elsewhere, '')).toBe('Write a value.');
    expect(changeOf(elsewhere, 'june')).toEqual({ set: { dataset: 'june' } });
  });
});
