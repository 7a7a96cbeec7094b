import { html, nothing, type TemplateResult } from 'lit';
import { impactName } from '../base/impact-name.ts';
import { stageCounts } from '../base/stage-counts.ts';
import type { GraphPageData, ImpactEntry } from '../extension/messages.ts';
import { graphPicture } from './graph/picture.ts';
import { countOf } from './shared/format.ts';
import { type PageContext, runPage } from './shared/page.ts';
import { ageOf, icon, section, stageBadge, versionLink } from './shared/parts.ts';
import { versionNumber } from './shared/version-name.ts';

/** What made something, and what it went into: a picture, and all versions that descend from it. */
function graphView({ graph, impact }: GraphPageData, page: PageContext): TemplateResult {
  const { subject, total, stages, items } = impact;
  return html`<header class="page-title">
      <h1><span class="wrap">Lineage of ${impactName(subject)}</span></h1>
      <p class="changes-summary">
        ${total === 0 ? html`No version descends from it.` : html`${countOf(total, 'version')} ${total === 1 ? 'descends' : 'descend'} from it: ${stageCounts(stages)}.`}
      </p>
      <p class="muted">What made it stands ${icon('arrow-left')} before it, what it went into ${icon('arrow-right')} behind it. A version opens its page; anything else shows its own graph.</p>
    </header>
    ${graphPicture(graph, page)}
    ${
      items.length === 0
        ? nothing
        : html`<div class="main changes-main">
            ${section({ id: 'descendants', title: 'Versions that descend from it', count: total }, descendants(items, total, page))}
          </div>`
    }`;
}

function descendants(items: readonly ImpactEntry[], total: number, page: PageContext): TemplateResult {
  const hidden = total - items.length;
  return html`<div class="scroll-x"><table class="narrow descendants">
      <thead>
        <tr><th scope="col">Version</th><th scope="col">Stage</th><th scope="col">Registered</th><th scope="col">How</th></tr>
      </thead>
      <tbody>
        ${items.map(
          ({ version, isDirect, through }) => html`<tr>
          <th scope="row">${versionLink(page, version.id, `${version.model}@${versionNumber(version)}`)}</th>
          <td>${stageBadge(version.stage)}</td>
          <td class="muted">${ageOf(version.createdAt)}</td>
          <td class="muted">${isDirect ? 'directly' : `through ${through ?? 'another version'}`}</td>
        </tr>`,
        )}
      </tbody>
    </table></div>
    ${hidden > 0 ? html`<p class="muted">and ${hidden.toLocaleString('en-US')} more: <code>model-registry impact</code> lists them all.</p>` : nothing}`;
}

runPage<'graph'>(graphView);
