import { t } from '../../base/language.ts';

/** Words that the registry has for what became of something, and which way it went. */
const words = (): Readonly<Record<string, string>> => ({
  added: t('added'),
  approved: t('approved'),
  archived: t('archived'),
  better: t('better'),
  changed: t('changed'),
  dangerous: t('dangerous'),
  different: t('different'),
  differs: t('differs'),
  downgraded: t('downgraded'),
  failed: t('failed'),
  higher: t('higher'),
  identical: t('identical'),
  known: t('known'),
  lower: t('lower'),
  moved: t('moved'),
  passed: t('passed'),
  refused: t('refused'),
  removed: t('removed'),
  unknown: t('unknown'),
  upgraded: t('upgraded'),
  waiting: t('waiting'),
  worse: t('worse'),
});

/** Such a word in the language of the person; any other as it is. */
export function word(name: string): string {
  const known = words();
  return Object.hasOwn(known, name) ? (known[name] ?? name) : name;
}

/** `higher is better`, of a metric that has such a direction. */
export function directionText(direction: 'higher' | 'lower'): string {
  return direction === 'higher' ? t('higher is better') : t('lower is better');
}
