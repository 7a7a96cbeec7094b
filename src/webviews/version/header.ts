import { html, nothing, type TemplateResult } from 'lit';
import { leadOf } from '../../base/card-text.ts';
import { t } from '../../base/language.ts';
import type { VersionDetails, VersionPageData } from '../../extension/messages.ts';
import { countOf, formatBytes, formatVia, shortDigest } from '../shared/format.ts';
import type { PageContext } from '../shared/page.ts';
import { authorOf, claimedAgeOf, copyable, icon, stageBadge } from '../shared/parts.ts';
import { versionNumber } from '../shared/version-name.ts';
import { modelLine } from './model.ts';

export function versionHeader({ version, baseline, rollbackTo }: VersionPageData, page: PageContext): TemplateResult {
  return html`<header class="page-title">
    <h1>
      <span class="name"
        ><button
          class="link ellipsis"
          title=${version.model}
          @click=${() => page.openModel(version.modelId)}
        >
          ${version.model}</button
        ><span class="number">@${versionNumber(version)}</span></span
      >
      ${stageBadge(version.stage)}
      ${overridePill(version)}
      ${version.pending ? html`<span class="stage" title="Not in the shared log yet">${icon('cloud-upload')}not shared yet</span>` : nothing}
    </h1>
    <div class="facts">
      <span>Registered ${claimedAgeOf(version.createdAt, version.claimedAt)} by ${authorOf(version.createdBy)} ${formatVia(version.via)}</span>
      <span>${formatBytes(version.artifact.sizeBytes)} in ${countOf(version.artifact.fileCount, 'file')}</span>
      <span>${copyable(page, version.artifact.digest, shortDigest(version.artifact.digest), 'artifact digest')}</span>
      ${version.pending ? nothing : html`<span>${copyable(page, mlflowAddress(version), mlflowAddress(version), t('the address for MLflow'))}</span>`}
    </div>
    ${modelLine(version)}
    <div class="facts">
      <span>
        ${version.aliases.length === 0 ? html`<span class="muted">No alias</span>` : 'Alias'}
        ${version.aliases.map((alias) => html` <span class="pill ellipsis" title=${alias}>${alias}</span>`)}
      </span>
      <button class="link" @click=${() => page.act('setAlias', version.id)}>Set alias…</button>
    </div>
    ${version.description === '' ? nothing : html`<p class="description">${leadOf(version.description)}</p>`}
    <div class="actions" role="group" aria-label="Actions">
      <vscode-button icon="rocket" @click=${() => page.act('promote', version.id)}>Promote…</vscode-button>
      <vscode-button
        secondary
        icon="checklist"
        title="Shows the version beside the one in the stage that it is to get to, its gates and approvals"
        @click=${() => page.act('review', version.id)}
        >Review…</vscode-button
      >
      ${
        rollbackTo === undefined
          ? nothing
          : html`<vscode-button
              secondary
              icon="discard"
              title="Puts ${version.model}@${rollbackTo} back in production"
              @click=${() => page.act('rollBack', version.id)}
              >Roll back…</vscode-button
            >`
      }
      ${
        baseline === undefined
          ? nothing
          : html`<vscode-button
              secondary
              icon="diff"
              title="Shows both side by side: ${version.model}@${baseline.number} and this version"
              @click=${() => page.openComparison([baseline.versionId, version.id])}
              >Compare with ${baseline.kind === 'production' ? 'production' : `@${baseline.number}`}</vscode-button
            >`
      }
      ${
        baseline === undefined
          ? nothing
          : html`<vscode-button
              secondary
              icon="git-compare"
              title="Shows what changed between ${version.model}@${baseline.number} and this version"
              @click=${() => page.openChanges(baseline.versionId, version.id)}
              >What changed?</vscode-button
            >`
      }
      <vscode-button secondary icon="cloud-download" @click=${() => page.act('restoreFiles', version.id)}
        >Restore files…</vscode-button
      >
      <vscode-button secondary icon="link" @click=${() => page.act('copyReference', version.id)}
        >Copy reference</vscode-button
      >
      <vscode-button
        secondary
        icon="share"
        title="Copies a link that opens this page in the editor of whoever has the registry"
        @click=${() => page.act('copyLink', version.id)}
        >Copy link</vscode-button
      >
      ${
        version.stage === 'archived'
          ? nothing
          : html`<vscode-button secondary icon="archive" @click=${() => page.act('archive', version.id)}
              >Archive…</vscode-button
            >`
      }
    </div>
  </header>`;
}

/** As MLflow's clients name a version. */
function mlflowAddress({ model, number }: VersionDetails): string {
  return `models:/${model}/${number}`;
}

/** For as long as it is where it came by an override, nobody shall overlook that. */
function overridePill({ transitions, stage }: VersionDetails): TemplateResult | typeof nothing {
  const last = transitions.toSorted((a, b) => b.seq - a.seq).find(({ to }) => to === stage);
  if (!last?.isOverride) return nothing;
  return html`<span class="stage override" title="It came to ${stage} although gates weren’t passed: ${last.reason}">${icon('warning')}gates overridden</span>`;
}
