import { html, nothing, type TemplateResult } from 'lit';
import { t, tCount, tParts } from '../base/language.ts';
import { sizeText } from '../base/size.ts';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import type { ModelFilePageData } from '../extension/messages/page-data.ts';
import { cutName } from './shared/cut-name.ts';
import { sizeInFiles } from './shared/format.ts';
import {
  dangerSection,
  factList,
  factProblems,
  metadataSection,
  signatureSection,
  tensorSection,
} from './shared/model-facts.ts';
import { type PageContext, runPage } from './shared/page.ts';
import { ageOf, copyable, icon } from './shared/parts.ts';

/** What is in a model file of the workspace. */
function modelFileView(data: ModelFilePageData, page: PageContext): TemplateResult {
  const { facts, fileCount } = data;
  return html`<header class="page-title">
      <h1><span class="name">${cutName(data.name, { title: data.path })}</span></h1>
      <div class="facts">
        <span>${copyable(page, data.path, data.path, t('path'))}</span>
        <span title=${tCount(data.sizeBytes, '{count} byte', '{count} bytes')}
          >${fileCount > 1 ? sizeInFiles(data.sizeBytes, fileCount) : sizeText(data.sizeBytes)}</span
        >
        ${data.changedAt === undefined ? nothing : html`<span>${tParts('changed {changedAt}', { changedAt: ageOf(data.changedAt) })}</span>`}
      </div>
      ${
        data.canRegister
          ? html`<div class="actions"><vscode-button @click=${() => page.registerFile()}>${t('Register…')}</vscode-button></div>`
          : nothing
      }
    </header>
    <div class="model-file">
      ${
        data.sizeBytes === 0 && fileCount <= 1
          ? emptyLine()
          : html`${factProblems(facts)} ${factList(facts)} ${dangerSection(facts.danger, page)} ${signatureSection(facts, page)}
            ${tensorSection(facts, page)} ${metadataSection(facts, page)}`
      }
    </div>`;
}

/** In place of what parsers say of no bytes. */
function emptyLine(): TemplateResult {
  return html`<p class="warning">
    ${icon('warning')}&nbsp;<span>${t('This file is empty: there is no model in it. What writes it may not have got to it yet, or has failed.')}</span>
  </p>`;
}

runPage<'modelFile'>(modelFileView);
