import { dateLocale, t } from '../base/language.ts';
import { formatDifference, formatMetric, headlineMetric, metricChange } from '../base/metrics.ts';
import { beginningOf, shortName as withoutMiddle } from '../base/short-name.ts';
import type { VersionSummary } from '../catalog/read-models/versions.ts';
import type { RegisterResult } from '../registry/api/registering.ts';

/** `7`, and `draft-<6>` while the version has no number. */
export function numberOf(version: Pick<VersionSummary, 'id' | 'number' | 'pending'>): string {
  return version.pending ? `draft-${version.id.slice(-6).toLowerCase()}` : String(version.number);
}

/** `fraud-detector@7` */
export function labelOf(version: Pick<VersionSummary, 'model' | 'id' | 'number' | 'pending'>): string {
  return `${version.model}@${numberOf(version)}`;
}

/** `fraud-detector@7 ↔ @8`, the model once where it is the same. */
export function pairLabelOf(
  before: Pick<VersionSummary, 'model' | 'id' | 'number' | 'pending'>,
  after: Pick<VersionSummary, 'model' | 'id' | 'number' | 'pending'>,
): string {
  return `${labelOf(before)} ↔ ${before.model === after.model ? `@${numberOf(after)}` : labelOf(after)}`;
}

/** So much of a name stands in a row of a view: beside it, a version's number fits into a side bar of 220 pixels. */
export const NAME_IN_ROW = 20;
/** And so much in the lists that commands ask with, which are wider. */
export const NAME_IN_LIST = 48;

/** A name with the middle left out where it is long: names that begin alike differ at their ends, and what follows is seen too. */
export function shortName(name: string, most: number): string {
  return withoutMiddle(oneLine(name, name.length), most);
}

/** `fraud-detector@7` with a short name. */
export function shortLabelOf(
  version: Pick<VersionSummary, 'model' | 'id' | 'number' | 'pending'>,
  most: number,
): string {
  return labelOf({ ...version, model: shortName(version.model, most) });
}

/** `auc 0.9123`, or nothing where no metric was recorded. Its name takes so much that in a row the value, and what follows, is seen. */
export function headlineText(version: VersionSummary, preferred: string | undefined, most = NAME_IN_ROW): string {
  const metric = headlineMetric(version.metrics, { preferred });
  return metric ? `${shortName(metric.name, most)} ${formatMetric(metric.value)}` : '';
}

/** `fraud-detector@2 registered: auc 0.9123 (+0.0121 against production 1)` */
export function registeredText({ version, production }: RegisterResult, preferred: string | undefined): string {
  const metric = headlineMetric(version.metrics, { preferred });
  const label = labelOf(version);
  const registered = version.pending
    ? t('{version} registered here, not shared yet', { version: label })
    : t('{version} registered', { version: label });
  if (!metric) return registered;
  const before = production?.metrics[metric.name];
  const change = before === undefined ? undefined : metricChange(metric.name, metric.value, before).difference;
  const headline = `${registered}: ${headlineText(version, preferred, NAME_IN_LIST)}`;
  if (!production || change === undefined) return headline;
  const values = { change: formatDifference(change), production: numberOf(production) };
  return `${headline} (${t('{change} against production {production}', values)})`;
}

/** What is known, without what isn't: `auc 0.912 · production`. */
export function facts(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(' · ');
}

/** `14:05` today, `23 Nov, 14:05` this year, else `23 Nov 2025`; in the person's own time zone. */
export function momentText(iso: string, now = new Date()): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return oneLine(iso, 40);
  const clock: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  if (time.toDateString() === now.toDateString()) return time.toLocaleTimeString(dateLocale(), clock);
  if (time.getFullYear() === now.getFullYear()) {
    return time.toLocaleString(dateLocale(), { day: 'numeric', month: 'short', ...clock });
  }
  return time.toLocaleDateString(dateLocale(), { day: 'numeric', month: 'short', year: 'numeric' });
}

/** The same, or the moment that is claimed where a shared log has taken the thing over later, or by what it was imported from. */
export function claimedMomentText(iso: string, claimed: string | undefined, source?: string): string {
  if (claimed === undefined) return momentText(iso);
  const times = { claimed: momentText(claimed), since: momentText(iso) };
  return source === undefined
    ? t('{claimed} (claimed; shared {shared})', { claimed: times.claimed, shared: times.since })
    : t('{claimed} (as {source} says; imported {imported})', {
        claimed: times.claimed,
        source: oneLine(source, 80),
        imported: times.since,
      });
}

/** All that isn't seen, but for what joins pictures to one, as in a family. */
const UNSEEN =
  /(?:(?!(?<=\p{Extended_Pictographic}\p{M}?)\u200D(?=\p{Extended_Pictographic}))[\p{Cc}\p{Cf}\p{Zl}\p{Zp}])+/gu;

/** Text from a registry on one line, without control characters and directions that could make it read as something else. */
export function oneLine(text: string, maxLength = 200): string {
  const plain = text.replace(UNSEEN, ' ').trim();
  return beginningOf(plain, maxLength);
}

/** What a person wrote, between the marks that the language has for it. */
export function inQuotes(text: string, maxLength?: number): string {
  return t('“{text}”', { text: oneLine(text, maxLength) });
}

/** Stands for what may be in the name of a folder, and ends a path that is one of several words. */
const HELD = '\uE000';

/**
 * With the end of each path, which tells it from others: a narrow row would show little else. Whoever rests on it reads the whole. Where a path with spaces ends can't
 * be told, but of the `folder` that the text is about, and between quotation marks.
 */
export function withShortPaths(text: string, folder?: string): string {
  const held = (path: string) => path.replaceAll(' ', HELD);
  const quoted = text.replace(/(?<=[“„"])(?:[A-Za-z]:)?[\\/][^:;,"“”„]+(?=[”“"])/g, held);
  const whole = folder === undefined ? quoted : quoted.replaceAll(folder, held(folder));
  return shortened(whole).replaceAll(HELD, ' ');
}

function shortened(text: string): string {
  return text.replace(/(?<![\w:/\\.])(?:[A-Za-z]:)?(?:[\\/][^\\/\s:;,"“”„]+){2,}/g, (path) => {
    const parts = path.split(/[\\/]/);
    const kept = /[\\/]\.git[\\/]model-registry\.?$/.test(path) ? 3 : 2;
    return parts.length - 1 <= kept
      ? path
      : `…${path.includes('\\') ? '\\' : '/'}${parts.slice(-kept).join(path.includes('\\') ? '\\' : '/')}`;
  });
}

/** A message of the registry for places that show no code: what it has in backticks is quoted there. */
export function unticked(text: string): string {
  return text.replace(/`([^`]+)`/g, (_, code: string) => t('“{code}”', { code }));
}

/**
 * Text for a place where `$(name)` is drawn as an icon, as in lists to choose from, the status bar and above lines of a file: it shows as text. The editor's own escape,
 * a backslash, is lost where a list marks what was typed.
 */
export function withoutIcons(text: string): string {
  return text.replaceAll('$(', '$ (');
}

/** Text for the line of a question, where the editor draws icons and makes links: it has neither. */
export function plainPrompt(text: string): string {
  return withoutIcons(text).replace(/\]\(/g, '] (');
}

/** Text for a notification: on one line, and nothing in it becomes a link. */
export function plainMessage(text: string): string {
  return oneLine(unticked(text), 1000).replace(/\]\(/g, '] (');
}
