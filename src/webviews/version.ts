import { html, nothing, type TemplateResult } from 'lit';
import { t, tParts } from '../base/language.ts';
import type { VersionPageData } from '../extension/messages/page-data.ts';
import { type PageContext, runPage } from './shared/page.ts';
import { icon } from './shared/parts.ts';
import { cardSection } from './version/card.ts';
import { contentsOf } from './version/contents.ts';
import { coursesSection } from './version/courses.ts';
import { commentsSection, notesSection, sameArtifactSection } from './version/discussion.ts';
import { evaluationsSection } from './version/evaluations.ts';
import { filesSection } from './version/files.ts';
import { gatesOfVersion } from './version/gates.ts';
import { versionHeader } from './version/header.ts';
import { headline } from './version/headline.ts';
import { historySection } from './version/history.ts';
import { lineageSection } from './version/lineage.ts';
import { loadSection } from './version/load.ts';
import { metricsSection } from './version/metrics.ts';
import { dangerBanner, modelDetails, modelSection } from './version/model.ts';
import { pairsSection } from './version/pairs.ts';
import { trendsOf } from './version/trends.ts';

/**
 * The page of one version. What takes its time has its place from the start, or stands at the end of its column: nothing moves under the pointer when it
 * comes.
 */
function versionView(data: VersionPageData, page: PageContext): TemplateResult {
  const { version } = data;
  const paramsHow = html`${tParts('Record them with {file} or {values} when you register.', { file: html`<code>--params params.yaml</code>`, values: html`<code>--params name=value</code>` })}`;
  const editTags = html`<button class="link" @click=${() => page.act('editTags', version.id)}>${icon('tag')} ${t('Edit tags…')}</button>`;
  const rest = page.isEarly
    ? { main: nothing, side: nothing, details: nothing }
    : {
        main: html`${coursesSection(data, page)} ${evaluationsSection(data, page)} ${gatesOfVersion(data, page)}
          ${cardSection(version, page)} ${loadSection(data, page)}
          ${pairsSection({ id: 'params', title: t('Params'), pairs: version.params, empty: t('No params were recorded.'), how: paramsHow }, page)}
          ${lineageSection(version, page)} ${filesSection(version, page, data)}`,
        side: html`${notesSection(version, page)} ${commentsSection(version, page)}
          ${pairsSection({ id: 'tags', title: t('Tags'), pairs: version.tags, empty: t('No tags.'), how: editTags, actions: editTags }, page)}
          ${sameArtifactSection(version, page)}`,
        details: html`<div class="main details">${modelSection(version, page)} ${modelDetails(page)}</div>`,
      };
  return html`${dangerBanner(version)} ${versionHeader(data, page)} ${contents(data, page)} ${headline(data, page)}
    <div class="columns">
      <div class="main">${metricsSection(data, page, trendsOf(version, page))} ${rest.main}</div>
      <div class="side">${historySection(version, page)} ${rest.side}</div>
      ${rest.details}
    </div>`;
}

function contents({ version, loading }: VersionPageData, page: PageContext) {
  const sections: readonly (readonly [id: string, title: string, isThere?: boolean])[] = [
    ['metrics', t('Metrics')],
    ['courses', t('Training curves'), version.hasHistory],
    ['evaluations', t('Evaluations'), version.lineage.evaluations.length > 0],
    ['gates', t('Gates')],
    ['card', t('Model card')],
    ['load', t('How to load it'), version.artifact.withdrawnAt === undefined && loading.length > 0],
    ['params', t('Params')],
    ['lineage', t('Lineage')],
    ['files', t('Files')],
    ['model', t('Model')],
    ['history', t('Stage history')],
    ['notes', t('Notes')],
    ['comments', t('Comments')],
  ];
  return contentsOf(
    sections.flatMap(([id, title, isThere = true]) => (isThere ? [{ id, title }] : [])),
    page,
  );
}

runPage<'version'>(versionView);
