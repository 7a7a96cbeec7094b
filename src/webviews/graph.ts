import { html, nothing, type TemplateResult } from 'lit';
import { impactName } from '../base/impact-name.ts';
import { formatNumber, t, tCount, tParts } from '../base/language.ts';
import { stageCounts } from '../base/stage-counts.ts';
import type { ImpactEntry } from '../extension/messages/core-types.ts';
import type { GraphPageData } from '../extension/messages/page-data.ts';
import { graphPicture } from './graph/picture.ts';
import { cutName } from './shared/cut-name.ts';
import { type PageContext, runPage } from './shared/page.ts';
import { ageOf, inlineCode, section, stageBadge, versionLink } from './shared/parts.ts';
import { versionNumber } from './shared/version-name.ts';

/** What made something, and what it went into: a picture, and all versions that descend from it. */
function graphView({ graph, impact }: GraphPageData, page: PageContext): TemplateResult {
  const { subject, total, stages, items } = impact;
  return html`<header class="page-title">
      <h1><span class="wrap">${tParts('Lineage of {subject}', { subject: impactName(subject) })}</span></h1>
      <p class="changes-summary">
        ${total === 0 ? t('No version descends from it.') : tCount(total, '{count} version descends from it: {stages}.', '{count} versions descend from it: {stages}.', { stages: stageCounts(stages) })}
      </p>
      ${graph.edges.length === 0 ? nothing : html`<p class="muted">${t('Arrows lead from what went into something to what came out of it. A version opens its page; anything else shows its own graph.')}</p>`}
    </header>
    ${graphPicture(graph, page)}
    ${
      items.length === 0
        ? nothing
        : html`<div class="main changes-main">
            ${section({ id: 'descendants', title: t('Versions that descend from it'), count: total }, descendants(items, total, page))}
          </div>`
    }`;
}

function descendants(items: readonly ImpactEntry[], total: number, page: PageContext): TemplateResult {
  const hidden = total - items.length;
  return html`<div class="scroll-x"><table class="narrow descendants">
      <thead>
        <tr><th scope="col">${t('Version')}</th><th scope="col">${t('Stage')}</th><th scope="col">${t('Registered')}</th><th scope="col">${t('How')}</th></tr>
      </thead>
      <tbody>
        ${items.map(
          ({ version, isDirect, through }) => html`<tr>
          <th scope="row">${versionLink(page, version.id, `${version.model}@${versionNumber(version)}`)}</th>
          <td>${stageBadge(version.stage)}</td>
          <td class="muted">${ageOf(version.createdAt)}</td>
          <td class="muted">${isDirect ? t('directly') : through === undefined ? t('through another version') : cutName(t('through {version}', { version: through }))}</td>
        </tr>`,
        )}
      </tbody>
    </table></div>
    ${hidden > 0 ? html`<p class="muted">${tParts('and {number} more: {command} lists them all.', { number: formatNumber(hidden), command: inlineCode('model-registry impact') })}</p>` : nothing}`;
}

runPage<'graph'>(graphView);
