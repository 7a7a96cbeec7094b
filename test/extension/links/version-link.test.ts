import { describe, expect, it } from 'vitest';
import { linkTo, parseLink } from '../../../src/extension/links/version-link.ts';

const APP = { uriScheme: 'vscode', extensionId: 'model-registry.model-registry' };
const ID = '01KAY3QZ5J0000000000000001';
const OTHER = '01KAY3QZ5J0000000000000002';

function read(link: string) {
  const { pathname, search } = new URL(link);
  return parseLink({ path: pathname, query: decodeURIComponent(search.slice(1)) });
}

describe('a link to the registry', () => {
  it('leads to a version by its id, and says its name to people', () => {
    const link = linkTo({ kind: 'version', versionId: ID, name: 'fraud-detector@7' }, APP);
    expect(link).toBe(`vscode://model-registry.model-registry/version?id=${ID}&name=fraud-detector@7`);
    expect(read(link)).toEqual({ kind: 'version', versionId: ID, name: 'fraud-detector@7' });
  });

  it('leads to a model', () => {
    const link = linkTo({ kind: 'model', modelId: ID, name: 'fraud-detector' }, APP);
    expect(link).toBe(`vscode://model-registry.model-registry/model?id=${ID}&name=fraud-detector`);
    expect(read(link)).toEqual({ kind: 'model', modelId: ID, name: 'fraud-detector' });
  });

  it('leads to a comparison', () => {
    const link = linkTo({ kind: 'comparison', versionIds: [ID, OTHER] }, APP);
    expect(read(link)).toEqual({ kind: 'comparison', versionIds: [ID, OTHER] });
  });

  it('leads to a model, and to a review', () => {
    const model = { kind: 'model', modelId: ID, name: 'fraud-detector' } as const;
    const review = { kind: 'review', versionId: ID, stage: 'production', name: 'fraud-detector@7' } as const;
    expect([model, review].map((target) => read(linkTo(target, APP)))).toEqual([model, review]);
  });

  it('leaves a name out that a link can’t have', () => {
    expect(linkTo({ kind: 'version', versionId: ID, name: 'a&ids=x@7' }, APP)).not.toContain('name=');
  });

  it.each([
    ['/version', ''],
    ['/version', 'id='],
    ['/version', `id=${ID.toLowerCase()}`],
    ['/version', 'id=../../etc/passwd'],
    ['/version', `id=${ID}&id=${OTHER}`],
    ['/version', `id=${ID}&command=workbench.action.quit`],
    ['/version', `id=${ID}&name=[click](command:x)`],
    ['/version', `id=${ID}&name=${'a'.repeat(2000)}@1`],
    ['/version', `id=${ID}&__proto__=1`],
    ['/version/more', `id=${ID}`],
    ['/promote', `id=${ID}`],
    ['/model', `id=${ID}&name=[click](command:x)`],
    ['/model', `id=${ID}&stage=production`],
    ['/model', `id=${ID}&name=fraud@7`],
    ['/review', `id=${ID}`],
    ['/review', `id=${ID}&stage=Production`],
    ['/review', `id=${ID}&stage=production&decision=approve`],
    ['/comparison', `ids=${ID}`],
    ['/comparison', `ids=${ID},${ID}`],
    ['/comparison', `ids=${Array.from({ length: 9 }, (_, index) => `${ID.slice(0, -1)}${index}`).join(',')}`],
    ['', ''],
  ])('is refused as %s?%s', (path, query) => {
    expect(parseLink({ path, query })).toBeUndefined();
  });
});
