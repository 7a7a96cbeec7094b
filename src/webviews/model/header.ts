import { html, nothing, type TemplateResult } from 'lit';
import { importedFrom } from '../../base/imported-from.ts';
import { formatNumber, t, tCount, tParts } from '../../base/language.ts';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import { stageCounts } from '../../base/stage-counts.ts';
import type { ModelPageData } from '../../extension/messages/page-data.ts';
import { cutName } from '../shared/cut-name.ts';
import type { PageContext } from '../shared/page.ts';
import { ageOf, authorOf, claimedAgeOf, claimedSinceOf, icon, versionLink } from '../shared/parts.ts';
import { versionNumber } from '../shared/version-name.ts';

const shownAliases = 40;
/** Who registers most comes first. */
const MOST_PEOPLE = 5;
const MOST_NAMES = 5;

/** What the model is, how many versions there are, and what serves. */
export function modelHeader({ model, tenures, stage }: ModelPageData, page: PageContext): TemplateResult {
  const { name, description, production, latest, formerNames, tags, registeredBy } = model;
  const lastMove = tenures.items[0];
  return html`<header class="page-title">
    <h1><span class="name">${cutName(name)}</span></h1>
    <div class="facts">
      <span>${versionCounts(model)}</span>
      ${latest ? html`<span>${tParts('The newest is {version}, {age}', { version: versionLink(page, latest.id, `@${versionNumber(latest)}`), age: claimedAgeOf(latest.createdAt, latest.claimedAt, importedFrom(latest)) })}</span>` : nothing}
    </div>
    <div class="facts">
      ${
        production
          ? html`<span
              >${tParts('{version} has been in production since {age}, by {author}', { version: versionLink(page, production.id, `@${versionNumber(production)}`), age: claimedSinceOf(production.stageSince, production.stageClaimedAt, importedFrom(production)), author: authorOf(production.stageBy) })}</span
            >`
          : html`<span>${lastMove && stage === 'production' ? t('No version is in production any more') : t('No version is in production')}</span>`
      }
    </div>
    <div class="facts">
      <span>${tParts('Created {age} by {author}', { age: ageOf(model.createdAt), author: authorOf(model.createdBy) })}</span>
      ${registeredBy.length === 0 ? nothing : html`<span>${registeredByLine(model)}</span>`}
      ${formerNames.length === 0 ? nothing : html`<span title=${formerNames.join(', ')}>${t('Formerly {names}', { names: formerNames.slice(0, MOST_NAMES).join(', ') })}${formerNames.length > MOST_NAMES ? ' …' : ''}</span>`}
    </div>
    ${aliases(model.aliases, page)}
    <div class="facts">
      ${Object.entries(tags).map(([key, value]) => html`${cutName(`${key}=${value}`, { look: 'pill' })}`)}
      <button ${page.writes} class="link" @click=${() => page.actOnModel('editTags')}>${t('Edit tags…')}</button>
    </div>
    ${description === '' ? nothing : html`<p class="description">${description}</p>`}
    <div class="actions" role="group" aria-label=${t('Actions')}>
      ${production && model.versions > 1 ? html`<vscode-button ${page.writes} @click=${() => page.actOnModel('rollBack')}>${icon('discard')} ${t('Roll back…')}</vscode-button>` : nothing}
      <vscode-button ${page.writes} secondary @click=${() => page.actOnModel('comment')}>${icon('comment')} ${t('Comment…')}</vscode-button>
      <vscode-button secondary @click=${() => page.actOnModel('openLog')}>${icon('list-flat')} ${t('Open log')}</vscode-button>
      <vscode-button ${page.writes} secondary @click=${() => page.actOnModel('renameModel')}>${icon('edit')} ${t('Rename…')}</vscode-button>
      <vscode-button ${page.writes} secondary @click=${() => page.actOnModel('describeModel')}>${icon('note')} ${t('Describe…')}</vscode-button>
      <vscode-button
        secondary
        title=${t('Copies a link that opens this page in the editor of whoever has the registry')}
        @click=${() => page.actOnModel('copyLink')}
        >${icon('share')} ${t('Copy link')}</vscode-button
      >
    </div>
  </header>`;
}

/** Of many versions, only the newest are looked at. */
function registeredByLine({ registeredBy, versions: all }: ModelPageData['model']): TemplateResult {
  const names = registeredBy
    .slice(0, MOST_PEOPLE)
    .map(
      ({ by, versions }, index) =>
        html`${index === 0 ? '' : ', '}<span title=${by.email}>${by.name === '' ? by.email : by.name}</span> (${formatNumber(versions)})`,
    );
  const people = registeredBy.length > MOST_PEOPLE ? [...names, ' …'] : names;
  const isAll = registeredBy.reduce((sum, { versions }) => sum + versions, 0) === all;
  return html`${isAll ? tParts('Its versions are from {people}', { people }) : tParts('Its newest versions are from {people}', { people })}`;
}

function versionCounts({ versions, stageCounts: counts }: ModelPageData['model']): string {
  if (versions === 0) return t('No versions');
  return `${tCount(versions, '{count} version', '{count} versions')}: ${stageCounts(counts)}`;
}

function aliases(all: ModelPageData['model']['aliases'], page: PageContext): TemplateResult | typeof nothing {
  if (all.length === 0) return nothing;
  return html`<div class="facts">
    <span>${all.length === 1 ? t('Alias') : t('Aliases')}</span>
    ${all
      .slice(0, shownAliases)
      .map(
        ({ alias, number, versionId }) =>
          html`<span class="alias-pair">${cutName(alias, { title: t('{alias} is version {number}', { alias, number }), look: 'pill' })} ${versionLink(page, versionId, `@${number}`)}</span>`,
      )}
    ${all.length > shownAliases ? html`<span class="muted">${tCount(all.length - shownAliases, 'and {count} more', 'and {count} more')}</span>` : nothing}
  </div>`;
}
