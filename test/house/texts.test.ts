import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { retelling } from '../../src/base/retold.ts';
import { coreTexts, coreTextsIn } from './core-texts.ts';
import { type FoundText, textsIn, textsOf } from './texts.ts';

const root = resolve(import.meta.dirname, '../..');
const translations = readdirSync(join(root, 'l10n'))
  .filter((name) => /^bundle\.l10n\..+\.json$/.test(name))
  .map((name) => ({ name, texts: readTexts(`l10n/${name}`) }));
const coreTranslations = readdirSync(join(root, 'l10n'))
  .filter((name) => /^core\.l10n\..+\.json$/.test(name))
  .map((name) => ({ name, texts: readTexts(`l10n/${name}`) }));
const coreKeys = [...new Set(coreTexts().map(({ text }) => text))].sort();
const manifests = readdirSync(root).filter((name) => /^package\.nls\..+\.json$/.test(name));
const { keys, problems, bare } = textsOf();

/** English on purpose: what language models read, what is recorded or written into files, and names that others gave. */
const english = [
  'src/extension/agents/',
  'src/extension/project/starter-file.ts',
  'src/extension/references/model-references.ts',
  'src/extension/sample/',
];
const names = [
  'Model Registry',
  'Each version once',
  'SAS token',
  'connection string',
  '  {}: pip install -r {}',
  "{}@{} isn't {}: {}",
  'Python {}',
  'CUDA {}',
  '{} h {} min',
  '{} min {} s',
  // Under which names pages keep what they asked for.
  'evaluations {}',
  'gates {}',
  'slices {}',
  'tensors {} {}',
  'table, ul',
];

describe('texts in the sources', () => {
  it('are literals, asked for when the language is known', () => {
    expect(problems.map(described)).toEqual([]);
  });

  it('that people see go through the translation', () => {
    const shown = bare.filter(({ file }) => /^src\/(extension|webviews)\//.test(file));
    const others = shown.filter(({ file }) => !english.some((part) => file.startsWith(part)));
    expect(others.filter(({ text }) => !names.includes(text)).map(described)).toEqual([]);
  });

  it.each(translations)('are in $name, all of them and no others (npm run l10n)', ({ texts }) => {
    expect(Object.keys(texts)).toEqual([...new Set(keys.map(({ text }) => text))].sort());
    expect(Object.entries(texts).filter(([, text]) => text === '')).toEqual([]);
  });

  it.each(coreTranslations)('of the core are in $name, all of them and no others (npm run l10n)', ({ texts }) => {
    expect(Object.keys(texts)).toEqual(coreKeys);
    expect(Object.entries(texts).filter(([, text]) => text === '')).toEqual([]);
  });

  it.each(coreTranslations)('of the core are found again for $name, with the values that they had', ({ texts }) => {
    const retell = retelling(texts);
    const others = coreKeys.filter((key) => {
      const value = (name: string) => `x${name}`;
      const told = retell(key.replace(/\{([a-z]\w*)\}/gi, (_, name: string) => value(name)));
      return told !== (texts[key] ?? '').replace(/\{([a-z]\w*)\}/gi, (_, name: string) => value(name));
    });
    expect(others).toEqual([]);
  });

  it.each([...translations, ...coreTranslations])(
    'of $name have the names in braces of the English ones',
    ({ texts }) => {
      const different = Object.entries(texts).filter(([key, text]) => namesIn(key).join() !== namesIn(text).join());
      expect(different).toEqual([]);
    },
  );
});

describe('the finder of texts', () => {
  const found = (source: string) => textsIn('x.ts', `import { t, tCount } from '../base/language.ts';\n${source}`);

  it('finds what is translated, and what can’t be', () => {
    const source =
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a source.
      "function f() { t('One'); tCount(n, 'a {x}', '{count} a {x}', { x }); t(`no ${x}`); }\nt('Too early');";
    expect(found(source).keys.map(({ text }) => text)).toEqual(['One', 'a {x}', '{count} a {x}', 'Too early']);
    expect(found(source).problems.map(({ text }) => text)).toEqual([
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a source.
      'no literal: `no ${x}`',
      "before the language is known: t('Too early')",
    ]);
  });

  it.each([
    ["show('Nothing was recorded.')", ['Nothing was recorded.']],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a source.
    ['show(`moved to ${stage}`)', ['moved to {}']],
    ["item.label = 'Retry'", ['Retry']],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a source.
    ['html`<p class="a b" title="See ${x}">By <b>${y}</b> <code>a b</code></p>`', ['See {}', 'By']],
    ["const x: 'In Production Now' = y; log.info('Is not shown'); run('vscode.open'); css('a-b')", []],
  ])('finds in %s what people see', (source, texts) => {
    expect(found(source).bare.map(({ text }) => text)).toEqual(texts);
  });
});

describe('the finder of the core’s texts', () => {
  it.each([
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a source.
    ['x(`There is no model called ${name}.`)', ['There is no model called {name}.']],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a source.
    ["x(`${path} can't be read (${code}).`)", ["{path} can't be read ({code})."]],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a source.
    ['x(`took ${n} minutes, and ended`)', ['took {n} minutes, and ended']],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a source.
    ["x(`${a.label} is ${b ? 'gone for now' : 'here'}.`)", ['{label} is gone for now.', '{label} is here.']],
    [
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a source.
      "function f() { const how = a ? 'worse' : 'better'; return `${x} is ${how} than ${x}`; }",
      ['{x} is worse than {x}', '{x} is better than {x}'],
    ],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a source.
    ["db.exec(`SELECT a FROM b WHERE c = ${d}`); log.info('Is not shown'); x('a-b')", []],
  ])('finds in %s what people read', (source, texts) => {
    expect(coreTextsIn('x.ts', source).map(({ text }) => text)).toEqual(texts);
  });
});

describe('package.nls.json', () => {
  const english = readTexts('package.nls.json');

  it('has the texts of package.json, and no more', () => {
    const used = [...readFileSync(join(root, 'package.json'), 'utf8').matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key);
    expect([...new Set(used)].sort()).toEqual(Object.keys(english).sort());
  });

  it.each(manifests)('is translated whole in %s, with the same links', (name) => {
    const texts = readTexts(name);
    expect(Object.keys(texts)).toEqual(Object.keys(english));
    for (const [key, text] of Object.entries(texts)) {
      expect(text).not.toBe('');
      expect({ key, links: linksIn(text) }).toEqual({ key, links: linksIn(english[key] ?? '') });
    }
  });
});

/** The names in braces, in an order of their own. */
function namesIn(text: string): readonly string[] {
  return [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ''))].sort();
}

function linksIn(text: string): readonly string[] {
  return [...text.matchAll(/\]\(([^)]*)\)|`([^`]*)`/g)].map(([, link, code]) => link ?? code ?? '').sort();
}

function readTexts(path: string): Readonly<Record<string, string>> {
  return v.parse(v.record(v.string(), v.string()), JSON.parse(readFileSync(join(root, path), 'utf8')));
}

function described({ file, line, text }: FoundText): string {
  return `${file}:${line}: ${text}`;
}
