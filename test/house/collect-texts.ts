// `npm run l10n`: brings l10n/*.l10n.*.json in step with the sources. Texts that are gone go, new ones come with an empty translation for somebody to write.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { coreTexts } from './core-texts.ts';
import { textsOf } from './texts.ts';

const folder = resolve(import.meta.dirname, '../../l10n');
const wanted = { bundle: textsOf().keys, core: coreTexts() };

for (const [kind, found] of Object.entries(wanted)) {
  const keys = [...new Set(found.map(({ text }) => text))].sort();
  for (const name of readdirSync(folder).filter((entry) => new RegExp(`^${kind}\\.l10n\\..+\\.json$`).test(entry))) {
    const known: Record<string, string> = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    const texts = keys.map((key) => [key, Object.hasOwn(known, key) ? known[key] : ''] as const);
    writeFileSync(join(folder, name), `${JSON.stringify(Object.fromEntries(texts), null, 2)}\n`);
    const missing = texts.filter(([, text]) => text === '').map(([key]) => key);
    console.log([`${name}: ${texts.length} texts, ${missing.length} to be translated`, ...missing].join('\n  '));
  }
}
