import { html, nothing, type TemplateResult } from 'lit';
import { changesSummary } from '../base/changes-summary.ts';
import { withShownNumbers } from '../base/exponent.ts';
import { t, tParts } from '../base/language.ts';
import { partName } from '../base/part-name.ts';
import type { VersionSummary } from '../extension/messages/core-types.ts';
import type { ChangesPageData } from '../extension/messages/page-data.ts';
import { codeSection, type LaterCode, laterCode } from './changes/code.ts';
import { dataSection, metricsSection, modelSection, packagesSection, rowsSection } from './changes/sections.ts';
import { type PageContext, runPage } from './shared/page.ts';
import { icon, stageBadge, versionLink } from './shared/parts.ts';
import { versionNumber } from './shared/version-name.ts';

/** What changed from one version to another, most telling first. */
function changesView(changes: ChangesPageData, page: PageContext): TemplateResult {
  const { before, after, params, environment } = changes;
  const code = laterCode(changes, page);
  const parts = [
    codeSection(changes, code, page),
    dataSection(changes, page),
    rowsSection({ id: 'params', title: t('Params'), rows: params }, page),
    packagesSection(changes, page),
    rowsSection({ id: 'environment', title: t('Environment and run'), rows: environment, label: partName }, page),
    metricsSection(changes, page),
    modelSection(changes, page),
  ];
  return html`<header class="page-title">
      <h1><span class="wrap">${tParts('What changed in {model}', { model: after.model })}</span></h1>
      <div class="facts versions-line">
        <span>${versionName(before, after, page)} ${stageBadge(before.stage)}</span>
        <span class="versions-arrow">${icon('arrow-right')}<span class="only-read-aloud">${t('to')}</span></span>
        <span>${versionName(after, after, page)} ${stageBadge(after.stage)}</span>
      </div>
      <p class="changes-summary" role="status">${summaryText(changes, code)}</p>
      <div class="actions" role="group" aria-label=${t('Actions')}>
        <vscode-button secondary @click=${() => page.openComparison([before.id, after.id])}>${icon('diff')} ${t('Compare side by side')}</vscode-button>
        <vscode-button secondary @click=${() => page.openChanges(after.id, before.id)}>${icon('arrow-swap')} ${t('Swap')}</vscode-button>
      </div>
    </header>
    <div class="main changes-main">${parts} ${sameLine(changes)} ${missingLine(changes)}</div>`;
}

function versionName(version: VersionSummary, other: VersionSummary, page: PageContext): TemplateResult {
  const number = `@${versionNumber(version)}`;
  return versionLink(page, version.id, version.model === other.model ? number : `${version.model}${number}`);
}

function summaryText(changes: ChangesPageData, code: LaterCode): string {
  const between = code.state === 'ready' ? code.data.between : undefined;
  const text = withShownNumbers(changesSummary(changes, between, changes.declared).join('; '));
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** What was recorded of both and is equal: a person looking for a reason can leave it aside. */
function sameLine(changes: ChangesPageData): TemplateResult | typeof nothing {
  const { code, data, hasData, packages, hasPackages, params, before, after, metrics } = changes;
  const hasParams = Object.keys(before.params).length > 0 && Object.keys(after.params).length > 0;
  const isSameCode =
    code.before !== undefined &&
    code.before.commit === code.after?.commit &&
    !code.before.isDirty &&
    !code.after.isDirty;
  const same = [
    isSameCode ? t('code') : '',
    hasData.every(Boolean) && data.length === 0 ? t('data') : '',
    hasParams && params.length === 0 ? t('params') : '',
    hasPackages.every(Boolean) && packages.length === 0 ? t('packages') : '',
    metrics.length > 0 && metrics.every(({ isDifferent, isKnown }) => !isDifferent && !isKnown) ? t('metrics') : '',
  ].filter((name) => name !== '');
  if (same.length === 0) return nothing;
  return html`<p class="muted aside">${icon('check')}&nbsp;${tParts('The same in both: {same}.', { same: same.join(', ') })}</p>`;
}

/** What can't be told, because a version was registered without it. */
function missingLine(changes: ChangesPageData): TemplateResult | typeof nothing {
  const { before, after, code, hasData, hasPackages, recordedOfOne } = changes;
  const parts = [
    { name: t('code'), isThere: [code.before !== undefined, code.after !== undefined] },
    { name: t('data'), isThere: hasData },
    { name: t('packages'), isThere: hasPackages },
    ...recordedOfOne.map(({ name, isThere }) => ({ name: partName(name), isThere })),
  ];
  const sentences = [before, after].flatMap((version, place) => {
    const missing = parts.flatMap(({ name, isThere }) => (isThere[place] ? [] : [name]));
    if (missing.length === 0) return [];
    return [
      t('Not recorded for @{version}: {missing}.', { version: versionNumber(version), missing: missing.join(', ') }),
    ];
  });
  if (sentences.length === 0) return nothing;
  return html`<p class="muted aside">${icon('info')}&nbsp;${sentences.join(' ')}</p>`;
}

runPage<'changes'>(changesView);
