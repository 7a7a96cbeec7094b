import { html, nothing, type TemplateResult } from 'lit';
import { t, tParts } from '../base/language.ts';
import type { VersionPageData } from '../extension/messages/page-data.ts';
import { type PageContext, runPage } from './shared/page.ts';
import { icon, inlineCode } from './shared/parts.ts';
import { cardSection } from './version/card.ts';
import { type Content, contentsOf } from './version/contents.ts';
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
import { dangerBanner, modelSection } from './version/model.ts';
import { pairsSection } from './version/pairs.ts';
import { trendsOf } from './version/trends.ts';

/**
 * The page of one version. What takes its time has its place from the start, or stands at the end of its column: nothing moves under the pointer when it
 * comes.
 */
function versionView(data: VersionPageData, page: PageContext): TemplateResult {
  const sections = sectionsOf(data, page);
  const drawn = (place: Section['place']) =>
    sections
      .filter((section) => section.place === place && (section.isEarly || !page.isEarly))
      .map(({ draw }) => draw());
  return html`${dangerBanner(data.version, page)} ${versionHeader(data, page)} ${contentsOf(sections, page)} ${headline(data, page)}
    <div class="columns">
      <div class="main">${drawn('main')}</div>
      <div class="side">${drawn('side')}</div>
      ${page.isEarly ? nothing : html`<div class="main details">${drawn('end')}</div>`}
    </div>`;
}

interface Section extends Content {
  /** The column, where there are two; `end` is below the first of them, or below all. */
  readonly place: 'main' | 'side' | 'end';
  /** It is drawn with the first look at the page. */
  readonly isEarly?: boolean;
  readonly draw: () => TemplateResult | typeof nothing;
}

/** The sections that this version has, in the one order that links, columns and readers take: what it measures, how it was made, whether it may go, how it is used, what became of it. */
function sectionsOf(data: VersionPageData, page: PageContext): readonly Section[] {
  const { version, loading } = data;
  const paramsHow = html`${tParts('Record them with {file} or {values} when you register.', { file: inlineCode('--params params.yaml'), values: inlineCode('--params name=value') })}`;
  const editTags = html`<button ${page.writes} class="link" @click=${() => page.act('editTags', version.id)}>${icon('tag')}${t('Edit tags…')}</button>`;
  const params = {
    id: 'params',
    title: t('Params'),
    pairs: version.params,
    empty: t('No params were recorded.'),
    how: paramsHow,
  };
  const tags = {
    id: 'tags',
    title: t('Tags'),
    pairs: version.tags,
    empty: t('No tags.'),
    how: editTags,
    actions: editTags,
  };
  const hasFiles = version.artifact.withdrawnAt === undefined;
  const sections: readonly (Section & { readonly isThere?: boolean })[] = [
    {
      id: 'metrics',
      title: t('Metrics'),
      place: 'main',
      isEarly: true,
      draw: () => metricsSection(data, page, trendsOf(version, page)),
    },
    {
      id: 'courses',
      title: t('Training curves'),
      place: 'main',
      isThere: version.hasHistory,
      draw: () => coursesSection(data, page),
    },
    {
      id: 'evaluations',
      title: t('Evaluations'),
      place: 'main',
      isThere: version.lineage.evaluations.length > 0,
      draw: () => evaluationsSection(data, page),
    },
    { id: 'params', title: t('Params'), place: 'main', draw: () => pairsSection(params, page) },
    { id: 'gates', title: t('Gates'), place: 'main', draw: () => gatesOfVersion(data, page) },
    { id: 'lineage', title: t('Lineage'), place: 'main', draw: () => lineageSection(version, page) },
    { id: 'card', title: t('Model card'), place: 'main', draw: () => cardSection(version, page) },
    {
      id: 'load',
      title: t('How to load it'),
      place: 'main',
      isThere: hasFiles && loading.length > 0,
      draw: () => loadSection(data, page),
    },
    { id: 'files', title: t('Files'), place: 'main', draw: () => filesSection(version, page, data) },
    {
      id: 'history',
      title: t('Stage history'),
      place: 'side',
      isEarly: true,
      draw: () => historySection(version, page),
    },
    { id: 'notes', title: t('Notes'), place: 'side', draw: () => notesSection(version, page) },
    { id: 'comments', title: t('Comments'), place: 'side', draw: () => commentsSection(version, page) },
    { id: 'tags', title: t('Tags'), place: 'side', draw: () => pairsSection(tags, page) },
    {
      id: 'same-artifact',
      title: t('Same artifact'),
      place: 'side',
      isThere: version.sameArtifact.length > 0,
      draw: () => sameArtifactSection(version, page),
    },
    { id: 'model', title: t('Model'), place: 'end', draw: () => modelSection(version, page) },
  ];
  return sections.filter(({ isThere = true }) => isThere);
}

runPage<'version'>(versionView);
