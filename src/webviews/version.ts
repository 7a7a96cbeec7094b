import { html, type TemplateResult } from 'lit';
import type { VersionPageData } from '../extension/messages.ts';
import { type PageContext, runPage } from './shared/page.ts';
import { coursesSection } from './version/courses.ts';
import { commentsSection, notesSection, sameArtifactSection } from './version/discussion.ts';
import { evaluationsSection } from './version/evaluations.ts';
import { filesSection } from './version/files.ts';
import { gatesOfVersion } from './version/gates.ts';
import { versionHeader } from './version/header.ts';
import { headline } from './version/headline.ts';
import { historySection } from './version/history.ts';
import { lineageSection } from './version/lineage.ts';
import { metricsSection } from './version/metrics.ts';
import { dangerBanner, modelSections } from './version/model.ts';
import { pairsSection } from './version/pairs.ts';

/** The page of one version. */
function versionView(data: VersionPageData, page: PageContext): TemplateResult {
  const { version } = data;
  const paramsHow = html`Record them with <code>--params params.yaml</code> or <code>--params name=value</code> when you register.`;
  const tagsHow = html`Set one with <code>model-registry tag MODEL@N name=value</code>.`;
  return html`${dangerBanner(version)} ${versionHeader(data, page)} ${headline(data)}
    <div class="columns">
      <div class="main">
        ${metricsSection(data, page)} ${coursesSection(data, page)} ${evaluationsSection(version, page)}
        ${gatesOfVersion(version, page)} ${modelSections(version, page)}
        ${pairsSection({ id: 'params', title: 'Params', pairs: version.params, empty: 'No params were recorded.', how: paramsHow }, page)}
        ${lineageSection(version, page)} ${filesSection(version, page)}
      </div>
      <div class="side">
        ${historySection(version, page)} ${notesSection(version, page)} ${commentsSection(version, page)}
        ${pairsSection({ id: 'tags', title: 'Tags', pairs: version.tags, empty: 'No tags.', how: tagsHow }, page)}
        ${sameArtifactSection(version, page)}
      </div>
    </div>`;
}

runPage<'version'>(versionView);
