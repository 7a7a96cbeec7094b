import { t, tCount } from '../../base/language.ts';
import type { ComparedRow } from '../../extension/messages/page-data.ts';

const words = (): Readonly<Record<string, string>> => ({
  dangerous: t('dangerous'),
  no: t('no'),
  unknown: t('unknown'),
  yes: t('yes'),
});

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
