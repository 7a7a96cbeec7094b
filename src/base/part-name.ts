import { t } from './language.ts';

/** What the registry calls facts of versions and parts of their environment, as the person calls them. */
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
  machine: t('machine'),
  'made from': t('made from'),
  'memory GB': t('memory in GB'),
  'operating system': t('operating system'),
  packages: t('packages'),
  parameters: t('parameters'),
  params: t('params'),
  python: t('python'),
  run: t('run'),
  'uncommitted changes': t('uncommitted changes'),
  weights: t('weights'),
});

/** Other names, as those of lock files, are there too, and stay as they are. */
export function partName(name: string): string {
  const all = names();
  return Object.hasOwn(all, name) ? (all[name] ?? name) : name;
}
