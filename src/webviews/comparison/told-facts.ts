import { t, tCount } from '../../base/language.ts';
import type { ComparedRow } from '../../extension/messages/page-data.ts';

/** What the registry calls facts of versions, as the person calls them; other names, as those of lock files, are there too. */
const names = (): Readonly<Record<string, string>> => ({
  architecture: t('architecture'),
  artifact: t('artifact'),
  'base model': t('base model'),
  branch: t('branch'),
  'code commit': t('code commit'),
  command: t('command'),
  danger: t('danger'),
  dtypes: t('dtypes'),
  format: t('format'),
  framework: t('framework'),
  'GPU driver': t('GPU driver'),
  license: t('license'),
  'made from': t('made from'),
  'memory GB': t('memory in GB'),
  'operating system': t('operating system'),
  packages: t('packages'),
  parameters: t('parameters'),
  run: t('run'),
  'uncommitted changes': t('uncommitted changes'),
  weights: t('weights'),
});

const words = (): Readonly<Record<string, string>> => ({
  dangerous: t('dangerous'),
  no: t('no'),
  unknown: t('unknown'),
  yes: t('yes'),
});

export function factName(name: string): string {
  return own(names(), name);
}

/** Of facts whose values are words of the registry; others are what somebody else wrote. */
export function factValues({ name, values }: ComparedRow): ComparedRow['values'] {
  if (name !== 'danger' && !name.startsWith('uncommitted')) return values;
  return values.map((value) => (typeof value === 'string' ? own(words(), value) : value));
}

/** `6,983 bytes · 09efa5ba2707`, of a file. */
export function fileValues({ values }: ComparedRow): ComparedRow['values'] {
  return values.map((value) =>
    told(value, /^(\d+) bytes( · .*)$/, ([count = '', digest = '']) => {
      return `${tCount(Number(count), '{count} byte', '{count} bytes')}${digest}`;
    }),
  );
}

/** `539ff63adc5e · 240 rows`, of data. */
export function dataValues({ values }: ComparedRow): ComparedRow['values'] {
  return values.map((value) => {
    if (value === 'not hashed') return t('not hashed');
    return told(value, /^(.* · )(\d+) rows?$/, ([digest = '', count = '']) => {
      return `${digest}${tCount(Number(count), '{count} row', '{count} rows')}`;
    });
  });
}

function told<T>(value: T, form: RegExp, tell: (parts: readonly string[]) => string): T | string {
  const found = typeof value === 'string' ? form.exec(value) : null;
  return found ? tell(found.slice(1)) : value;
}

function own(all: Readonly<Record<string, string>>, name: string): string {
  return Object.hasOwn(all, name) ? (all[name] ?? name) : name;
}
