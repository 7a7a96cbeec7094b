import { html, nothing, type TemplateResult } from 'lit';
import { leadOf } from '../../base/card-text.ts';
import { importedFrom } from '../../base/imported-from.ts';
import { t, tCount, tParts } from '../../base/language.ts';
import { sizeText } from '../../base/size.ts';
import type { VersionDetails } from '../../extension/messages/core-types.ts';
import type { VersionPageData } from '../../extension/messages/page-data.ts';
import { cutName } from '../shared/cut-name.ts';
import { formatVia, shortDigest } from '../shared/format.ts';
import type { PageContext } from '../shared/page.ts';
import { authorOf, claimedAgeOf, copyable, icon, stageBadge } from '../shared/parts.ts';
import { versionNumber } from '../shared/version-name.ts';
import { modelLine } from './model.ts';

export function versionHeader(
  { version, baseline, rollbackTo, noRollback }: VersionPageData,
  page: PageContext,
): TemplateResult {
  // What it is there for next: its way up, or the way back from it.
  const isServing = version.stage === 'production';
  return html`<header class="page-title">
    <h1>
      <span class="name"
        ><button
          class="link ellipsis"
          title=${version.model}
          @click=${() => page.openModel(version.modelId)}
          >${cutName(version.model)}</button
        ><span class="number">@${versionNumber(version)}</span></span
      >
      ${stageBadge(version.stage)}
      ${overridePill(version)}
      ${version.pending ? html`<span class="stage" title=${t('Not in the shared log yet')}>${icon('cloud-upload')}${t('not shared yet')}</span>` : nothing}
    </h1>
    <div class="facts">
      <span>${tParts('Registered {age} by {author} {via}', { age: claimedAgeOf(version.createdAt, version.claimedAt, importedFrom(version)), author: authorOf(version.createdBy), via: formatVia(version.via) })}</span>
      <span>${tCount(version.artifact.fileCount, '{size} in {count} file', '{size} in {count} files', { size: sizeText(version.artifact.sizeBytes) })}</span>
      <span>${copyable(page, version.artifact.digest, shortDigest(version.artifact.digest), t('artifact digest'))}</span>
      ${version.pending ? nothing : html`<span>${copyable(page, mlflowAddress(version), mlflowAddress(version), t('the address for MLflow'))}</span>`}
    </div>
    ${modelLine(version)}
    <div class="facts">
      <span class="chips">
        ${version.aliases.length === 0 ? html`<span class="muted">${t('No alias')}</span>` : version.aliases.length === 1 ? t('Alias') : t('Aliases')}
        ${version.aliases.map((alias) => html`${cutName(alias, { look: 'pill' })}`)}
      </span>
      <button ${page.writes} class="link" @click=${() => page.act('setAlias', version.id)}>${t('Set alias…')}</button>
      ${version.aliases.length === 0 ? nothing : html`<button ${page.writes} class="link" @click=${() => page.act('removeAlias', version.id)}>${t('Remove alias…')}</button>`}
    </div>
    ${version.description === '' ? nothing : html`<p class="description">${leadOf(version.description)}</p>`}
    <div class="actions" role="group" aria-label=${t('Actions')}>
      <vscode-button ${page.writes} ?secondary=${isServing} @click=${() => page.act('promote', version.id)}>${icon('rocket')} ${t('Promote…')}</vscode-button>
      <vscode-button
        secondary
        title=${t('Shows the version beside the one that is in the stage now, with gates and approvals')}
        @click=${() => page.act('review', version.id)}
        >${icon('checklist')} ${t('Review…')}</vscode-button
      >
      ${
        isServing
          ? html`<vscode-button 
              ?secondary=${noRollback !== undefined}
              ?disabled=${noRollback !== undefined}
              aria-disabled=${String(noRollback !== undefined)}
              title=${noRollback ?? rollbackHint(version, rollbackTo)}
              @click=${() => noRollback === undefined && page.act('rollBack', version.id)}
              ${page.writes}
              >${icon('discard')} ${t('Roll back…')}</vscode-button
            >`
          : nothing
      }
      ${
        baseline === undefined
          ? nothing
          : html`<vscode-button
              secondary
              title=${t('Shows both side by side: {model}@{number} and this version', { model: version.model, number: baseline.number })}
              @click=${() => page.openComparison([baseline.versionId, version.id])}
              >${icon('diff')} ${t('Compare with {version}', { version: baseline.kind === 'production' ? 'production' : `@${baseline.number}` })}</vscode-button
            >`
      }
      ${
        baseline === undefined
          ? nothing
          : html`<vscode-button
              secondary
              title=${t('Shows what changed between {model}@{number} and this version', { model: version.model, number: baseline.number })}
              @click=${() => page.openChanges(baseline.versionId, version.id)}
              >${icon('git-compare')} ${t('What changed?')}</vscode-button
            >`
      }
      <vscode-button ${page.writes} secondary @click=${() => page.act('restoreFiles', version.id)}
        >${icon('cloud-download')} ${t('Restore files…')}</vscode-button
      >
      <vscode-button secondary @click=${() => page.act('copyReference', version.id)}
        >${icon('link')} ${t('Copy reference')}</vscode-button
      >
      <vscode-button
        secondary
        title=${t('Copies a link that opens this page in the editor of whoever has the registry')}
        @click=${() => page.act('copyLink', version.id)}
        >${icon('share')} ${t('Copy link')}</vscode-button
      >
      ${
        version.stage === 'archived'
          ? nothing
          : html`<vscode-button ${page.writes} secondary @click=${() => page.act('archive', version.id)}
              >${icon('archive')} ${t('Archive…')}</vscode-button
            >`
      }
    </div>
    ${isServing && noRollback !== undefined ? html`<p class="muted no-rollback">${noRollback}</p>` : nothing}
  </header>`;
}

function rollbackHint({ model }: VersionDetails, rollbackTo: number | undefined): string {
  return rollbackTo === undefined
    ? t('Lets you choose which version goes back into production')
    : t('Puts {model}@{rollbackTo} back in production', { model, rollbackTo });
}

/** As MLflow's clients name a version. */
function mlflowAddress({ model, number }: VersionDetails): string {
  return `models:/${model}/${number}`;
}

/** For as long as it is where it came by an override, nobody shall overlook that. */
function overridePill({ transitions, stage }: VersionDetails): TemplateResult | typeof nothing {
  const last = transitions.toSorted((a, b) => b.seq - a.seq).find(({ to }) => to === stage);
  if (!last?.isOverride) return nothing;
  return html`<span class="stage override" title=${t('It came to {stage} although gates weren’t passed: {reason}', { stage, reason: last.reason })}>${icon('warning')}${t('gates overridden')}</span>`;
}
