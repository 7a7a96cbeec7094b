import { html, nothing, type TemplateResult } from 'lit';
import { dangerOf } from '../../base/danger-of.ts';
import { t, tParts } from '../../base/language.ts';
import type { VersionSummary } from '../../extension/messages/core-types.ts';
import type { ReviewPageData } from '../../extension/messages/review.ts';
import type { PageContext } from '../shared/page.ts';
import { icon, section } from '../shared/parts.ts';
import { versionNumber } from '../shared/version-name.ts';

const texts = () =>
  ({
    dangerous: { symbol: 'error', text: t('Loading its files can run code that isn’t the model’s.') },
    unknown: { symbol: 'warning', text: t('Its files use code that isn’t known here.') },
    'none-found': { symbol: 'info', text: t('Nothing that runs code was found in its files.') },
    unread: { symbol: 'question', text: t('Its files weren’t checked for code that runs when they are loaded.') },
  }) as const;

/** What loading the files could run, and whether that is new. */
export function dangerSide({ version, other }: ReviewPageData, page: PageContext): TemplateResult {
  const own = dangerOf(version.facts) ?? 'unread';
  const { symbol, text } = texts()[own];
  return section(
    { id: 'danger', title: t('What loading runs') },
    html`<p class="danger danger-${own}">${icon(symbol)} ${text}</p>
      ${besides(own, other?.version)}
      ${
        own === 'none-found' || own === 'unread'
          ? nothing
          : html`<button class="link" @click=${() => page.openVersion(version.id)}>${t('See what it is')}</button>`
      }`,
  );
}

function besides(
  own: keyof ReturnType<typeof texts>,
  other: VersionSummary | undefined,
): TemplateResult | typeof nothing {
  const theirs = dangerOf(other?.facts);
  if (!other || theirs === undefined) return nothing;
  const number = versionNumber(other);
  if (theirs === own) return html`<p class="muted">${tParts('The same holds for @{number}.', { number })}</p>`;
  return html`<p class="muted">@${number}: ${texts()[theirs].text}</p>`;
}
