import { html, nothing, type TemplateResult } from 'lit';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import { stageCounts } from '../../base/stage-counts.ts';
import type { ModelPageData } from '../../extension/messages.ts';
import { countOf } from '../shared/format.ts';
import type { PageContext } from '../shared/page.ts';
import { ageOf, authorOf, claimedAgeOf, versionLink } from '../shared/parts.ts';
import { versionNumber } from '../shared/version-name.ts';

const shownAliases = 40;

/** What the model is, how many versions there are, and what serves. */
export function modelHeader({ model, tenures, stage }: ModelPageData, page: PageContext): TemplateResult {
  const { name, description, production, latest, formerNames, tags, registeredBy } = model;
  const lastMove = tenures.items[0];
  return html`<header class="page-title">
    <h1><span class="name"><span class="ellipsis" title=${name}>${name}</span></span></h1>
    <div class="facts">
      <span>${versionCounts(model)}</span>
      ${latest ? html`<span>The newest is ${versionLink(page, latest.id, `@${versionNumber(latest)}`)}, ${claimedAgeOf(latest.createdAt, latest.claimedAt)}</span>` : nothing}
    </div>
    <div class="facts">
      ${
        production
          ? html`<span
              >${versionLink(page, production.id, `@${versionNumber(production)}`)} is in production since
              ${claimedAgeOf(production.stageSince, production.stageClaimedAt)}, by ${authorOf(production.stageBy)}</span
            >`
          : html`<span>No version is in production${lastMove && stage === 'production' ? html` any more` : nothing}</span>`
      }
    </div>
    <div class="facts">
      <span>Created ${ageOf(model.createdAt)} by ${authorOf(model.createdBy)}</span>
      ${
        registeredBy.length === 0
          ? nothing
          : html`<span
              >Its newest versions are from
              ${registeredBy.map(({ by, versions }, index) => html`${index === 0 ? '' : ', '}<span title=${by.email}>${by.name === '' ? by.email : by.name}</span> (${versions.toLocaleString('en-US')})`)}</span
            >`
      }
      ${formerNames.length === 0 ? nothing : html`<span>Formerly ${formerNames.join(', ')}</span>`}
    </div>
    ${aliases(model.aliases, page)}
    ${
      Object.keys(tags).length === 0
        ? nothing
        : html`<div class="facts">${Object.entries(tags).map(([key, value]) => html`<span class="pill ellipsis" title="${key}=${value}">${key}=${value}</span>`)}</div>`
    }
    ${description === '' ? nothing : html`<p class="description">${description}</p>`}
    <div class="actions" role="group" aria-label="Actions">
      ${production ? html`<vscode-button icon="discard" @click=${() => page.actOnModel('rollBack')}>Roll back…</vscode-button>` : nothing}
      <vscode-button secondary icon="comment" @click=${() => page.actOnModel('comment')}>Comment…</vscode-button>
      <vscode-button secondary icon="list-flat" @click=${() => page.actOnModel('openLog')}>Open log</vscode-button>
      <vscode-button secondary icon="edit" @click=${() => page.actOnModel('renameModel')}>Rename…</vscode-button>
    </div>
  </header>`;
}

function versionCounts({ versions, stageCounts: counts }: ModelPageData['model']): string {
  if (versions === 0) return 'No versions';
  return `${countOf(versions, 'version')}: ${stageCounts(counts)}`;
}

function aliases(all: ModelPageData['model']['aliases'], page: PageContext): TemplateResult | typeof nothing {
  if (all.length === 0) return nothing;
  return html`<div class="facts">
    <span
      >${all.length === 1 ? 'Alias' : 'Aliases'}
      ${all
        .slice(0, shownAliases)
        .map(
          ({ alias, number, versionId }) =>
            html` <span class="pill ellipsis" title="${alias} is version ${number}">${alias}</span> ${versionLink(page, versionId, `@${number}`)}`,
        )}
      ${all.length > shownAliases ? html`<span class="muted">and ${(all.length - shownAliases).toLocaleString('en-US')} more</span>` : nothing}</span
    >
  </div>`;
}
