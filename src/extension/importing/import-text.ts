import { formatNumber, t, tCount } from '../../base/language.ts';
import { told } from '../../base/retold.ts';
import { sizeText } from '../../base/size.ts';
import { SOURCE_NAMES, type SourceKind } from '../../importing/found.ts';
import type { ModelOverview } from '../../importing/overview.ts';
import type { ImportSummary } from '../../workers/import-messages.ts';
import { facts, momentText, oneLine } from '../version-text.ts';

/** What the source of a model is called. */
export function sourceName(source: SourceKind): string {
  return source === 'files' ? t('model files') : SOURCE_NAMES[source];
}

/** How many versions, how large, from where. */
export function modelDescription({ source, place, newVersions, sizeBytes, knownVersions }: ModelOverview): string {
  const from = place === '' ? sourceName(source) : `${sourceName(source)}, ${oneLine(place, 60)}`;
  if (newVersions === 0)
    return facts(knownVersions > 0 ? t('imported already') : t('nothing that can be imported'), from);
  return facts(tCount(newVersions, '{count} version', '{count} versions'), sizeText(sizeBytes), from);
}

/** When they were made, what they are there, and what can't be imported; `listed` is what is offered beside it. */
export function modelDetail(
  { key, name, firstAt, lastAt, stages, failedCount, failed, joins, isRegistered }: ModelOverview,
  listed: readonly ModelOverview[] = [],
): string {
  const [first] = failed;
  return facts(
    isRegistered ? '' : t('logged by runs, registered by nobody'),
    stages.map(({ label, to }) => `${oneLine(to, 40)}: ${oneLine(label, 20)}`).join(', '),
    first === undefined
      ? ''
      : tCount(failedCount, "{count} version can't be imported: {why}", "{count} versions can't be imported: {why}", {
          why: oneLine(told(first.why), 60),
        }),
    joins === undefined
      ? ''
      : tCount(joins, 'joins the model with {count} version here', 'joins the model with {count} versions here'),
    listed.some((other) => other.key !== key && other.name.toLowerCase() === name.toLowerCase())
      ? t('becomes one model with the other {name}', { name: oneLine(name, 60) })
      : '',
    firstAt === undefined || lastAt === undefined ? '' : spanText(momentText(firstAt), momentText(lastAt)),
  );
}

/** Of today minutes are told, of earlier years only the day. */
function spanText(first: string, last: string): string {
  return first === last ? first : t('{first} to {last}', { first, last });
}

/** What an import did, in a sentence or two. */
export function summaryText(summary: ImportSummary): string {
  const { added, known, failed, models, isCancelled, stages } = summary;
  const [first = ''] = models;
  const done =
    added === 0
      ? known > 0
        ? t('Nothing new to import: all versions are here already.')
        : t('Nothing was imported.')
      : models.length === 1
        ? tCount(added, 'Imported {count} version of {model}.', 'Imported {count} versions of {model}.', {
            model: oneLine(first, 80),
          })
        : t('Imported {versions} versions of {models} models.', {
            versions: formatNumber(added),
            models: formatNumber(models.length),
          });
  const refused = stages.filter(({ outcome }) => outcome === 'refused' || outcome === 'kept').length;
  return [
    done,
    isCancelled ? t('It was cancelled: importing again goes on from there.') : '',
    failed > 0 ? tCount(failed, "{count} version couldn't be imported.", "{count} versions couldn't be imported.") : '',
    refused > 0 ? tCount(refused, "{count} stage or alias wasn't set.", "{count} stages or aliases weren't set.") : '',
  ]
    .filter((text) => text !== '')
    .join(' ');
}

/** Everything that isn't as it is in the source, a line each, for the log. */
export function summaryLines({ notImported, stages }: ImportSummary): readonly string[] {
  return [
    ...notImported.map(({ model, label, why }) => `${model} ${label}: ${told(why)}`),
    ...stages.flatMap(({ model, number, to, outcome, why }) =>
      outcome === 'kept' || outcome === 'refused' ? [`${model}@${number} ${to}: ${told(why ?? '')}`] : [],
    ),
  ];
}
