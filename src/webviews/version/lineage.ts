import { html, nothing, type TemplateResult } from 'lit';
import { changedSubmodules } from '../../base/changed-submodules.ts';
import { t, tCount, tParts } from '../../base/language.ts';
import type { Lineage, VersionDetails } from '../../extension/messages/core-types.ts';
import { formatDuration, shortDigest } from '../shared/format.ts';
import type { PageContext } from '../shared/page.ts';
import { copyable, emptyState, icon, inlineCode, timeOf, versionLink, webLink } from '../shared/parts.ts';
import { foldable } from './foldable.ts';
import { notRecorded, part } from './part.ts';
import { dataPart, environmentPart, machinePart, missingPart } from './surroundings.ts';

const capturedAt = () =>
  ({
    start: t('the code as it was when the run began'),
    end: t('the code as it was when the run ended: what was committed meanwhile is in it'),
    detection: t('the code as it was when the output was found: nobody saw the run begin'),
  }) as const;

const seenAs = () =>
  ({
    run: t('recorded by model-registry run'),
    terminal: t('seen in a terminal of the editor'),
    task: t('seen as a task of the editor'),
    debug: t('seen in the debugger'),
    notebook: t('seen in a notebook of the editor'),
  }) as const;

/** What a version was made from: code, run, data, environment, base model. */
export function lineageSection({ id, lineage, model }: VersionDetails, page: PageContext): TemplateResult {
  const { code, run, data, environment, dependencies, baseModel } = lineage;
  const isEmpty =
    code === undefined &&
    run === undefined &&
    environment === undefined &&
    baseModel === undefined &&
    data.length === 0 &&
    dependencies.length === 0 &&
    lineage.machine === undefined;
  const actions = html`<button class="link" @click=${() => page.openGraph(`version:${id}`)}>${icon('type-hierarchy')}${t('Show graph')}</button>`;
  if (isEmpty) {
    return foldable(
      { id: 'lineage', title: t('Lineage'), actions },
      emptyState(
        t('No lineage was recorded.'),
        html`${tParts('Start training with {command}, and code, data and packages are recorded with the next version.', { command: inlineCode('model-registry run --model MODEL -- COMMAND') })}`,
      ),
      page,
    );
  }
  const parts = [
    codePart(id, lineage, page),
    runPart(lineage, page),
    dataPart(lineage, page),
    environmentPart(lineage, page),
    machinePart(lineage),
    basePart(lineage, model, page),
    ...(lineage.missing.length === 0 ? [] : [missingPart(lineage)]),
  ];
  return foldable({ id: 'lineage', title: t('Lineage'), actions }, parts, page);
}

function codePart(version: string, { code }: Lineage, page: PageContext): TemplateResult {
  if (code === undefined) return part(t('Code'), notRecorded());
  return part(
    t('Code'),
    html`<div class="facts">
        <span>${icon('git-commit')} ${copyable(page, code.commit, shortDigest(code.commit), 'commit')}</span>
        ${code.branch === undefined ? nothing : html`<span>${icon('git-branch')}&nbsp;<span class="wrap">${code.branch}</span></span>`}
        ${code.repository === undefined ? nothing : html`<span>${icon('repo')}&nbsp;<span class="wrap">${code.repository}</span></span>`}
        ${code.folder === undefined ? nothing : html`<span>${icon('folder')}&nbsp;<span class="wrap">${code.folder}</span></span>`}
        ${(code.tags ?? []).map((tag) => html`<span>${icon('tag')}&nbsp;<span class="wrap">${tag}</span></span>`)}
        ${code.isPushed === false ? html`<span class="warning">${icon('warning')}&nbsp;${t('not pushed')}</span>` : nothing}
        ${stateOf(code)}
      </div>
      ${code.written === undefined ? nothing : writtenBy(code.written)}
      ${code.isDirty ? changesOf(code) : nothing}
      ${(code.submodules ?? []).map(
        ({ path, commit, isDirty }) => html`<div class="facts">
          <span>${icon('file-submodule')}&nbsp;<span class="wrap">${path}</span></span>
          <span>${copyable(page, commit, shortDigest(commit), t('commit of {path}', { path }))}</span>
          ${isDirty ? html`<span class="warning">${icon('warning')}&nbsp;${t('with changes that weren’t kept')}</span>` : nothing}
        </div>`,
      )}
      ${code.remote === undefined ? nothing : html`<div>${webLink(code.remote)}</div>`}
      <div class="muted">${capturedAt()[code.capturedAt]}</div>
      <button ${page.writes}
        class="link"
        title=${t('In a worktree of its own and a new window, with its uncommitted changes, the list of its packages and the command; nothing is run')}
        @click=${() => page.act('openTrainedCode', version)}
      >
        ${t('Open the code that trained this…')}
      </button>`,
  );
}

function stateOf(code: NonNullable<Lineage['code']>): TemplateResult {
  const { isDirty, written } = code;
  const isOwn = isDirty && written?.otherCount !== 0;
  if (!isOwn && changedSubmodules(code).length > 0)
    return html`<span class="warning">${icon('warning')}&nbsp;${t('with changes in submodules')}</span>`;
  if (!isDirty) return html`<span class="muted">${t('no uncommitted changes')}</span>`;
  if (written?.otherCount === 0)
    return html`<span class="muted">${t('changed only in declared outputs and metrics')}</span>`;
  return html`<span class="warning">${icon('warning')}&nbsp;${t('with changes that weren’t committed')}</span>`;
}

/** Names of files that a line has room for. */
const MOST_WRITTEN = 3;

/** Which of the changes are outputs and metrics of the model itself. */
function writtenBy({ paths, count }: NonNullable<NonNullable<Lineage['code']>['written']>): TemplateResult {
  const shown = paths.slice(0, MOST_WRITTEN);
  const more = count > shown.length ? [tCount(count - shown.length, 'and {count} more', 'and {count} more')] : [];
  return html`<div class="muted wrap">${t('Declared outputs and metrics that changed: {files}.', { files: [...shown, ...more].join(', ') })}</div>`;
}

/** What is kept of uncommitted changes, and what isn't. */
function changesOf({ changes }: NonNullable<Lineage['code']>): TemplateResult {
  if (changes === undefined) return html`<div class="muted">${t('The changes weren’t recorded.')}</div>`;
  const { fileCount, leftOut, leftOutCount, untrackedCount } = changes;
  return html`<div class="muted">
    ${tCount(fileCount, 'Changes of {count} file are kept as a patch.', 'Changes of {count} files are kept as a patch.')}
    ${leftOutCount === 0 ? nothing : html`${t('Left out: {files}.', { files: [...leftOut.map(({ path, why }) => `${path} (${why === 'secret' ? t('may hold a secret') : t('too large')})`), ...(leftOutCount > leftOut.length ? [tCount(leftOutCount - leftOut.length, 'and {count} more', 'and {count} more')] : [])].join(', ') })}`}
    ${untrackedCount === 0 ? nothing : html`${tCount(untrackedCount, '{count} file that git doesn’t track isn’t kept.', '{count} files that git doesn’t track aren’t kept.')}`}
  </div>`;
}

function runPart({ run }: Lineage, page: PageContext): TemplateResult {
  if (run === undefined) return part(t('Run'), notRecorded());
  const { id, name, tracker, url, command, startedAt, endedAt, exitCode, folder } = run;
  const duration = startedAt === undefined || endedAt === undefined ? undefined : formatDuration(startedAt, endedAt);
  return part(
    t('Run'),
    html`<div class="facts">
        ${name === undefined ? nothing : html`<span class="wrap">${name}</span>`}
        ${id === undefined ? nothing : html`<span>${copyable(page, id, id, t('run id'))}</span>`}
        ${tracker === undefined ? nothing : html`<span class="muted">${tracker === 'files' ? t('values from its files') : tParts('tracked by {tracker}', { tracker })}</span>`}
        ${exitCode === undefined ? nothing : exitCode === 0 ? html`<span>${icon('check')}&nbsp;${t('exit code 0')}</span>` : html`<span class="warning">${icon('warning')}&nbsp;${tParts('exit code {exitCode}', { exitCode })}</span>`}
      </div>
      ${url === undefined ? nothing : html`<div>${webLink(url)}</div>`}
      ${command === undefined ? nothing : html`<div class="command"><code class="wrap">${command}</code>${copyable(page, command, '', 'command')}</div>`}
      ${folder === undefined ? nothing : html`<div class="facts"><span>${icon('folder')}&nbsp;<span class="wrap">${folder}</span></span></div>`}
      ${run.notebook === undefined ? nothing : notebookOf(run.notebook, page)}
      ${certaintyOf(run)}
      ${startedAt === undefined ? nothing : html`<div class="muted">${tParts('started {time}', { time: timeOf(startedAt) })}${duration === undefined ? nothing : `, ${t('took {duration}', { duration })}`}</div>`}`,
  );
}

function notebookOf(notebook: NonNullable<NonNullable<Lineage['run']>['notebook']>, page: PageContext): TemplateResult {
  const { path, cells, cellCount } = notebook;
  return html`<div class="facts">
    <span>${icon('notebook')}&nbsp;<span class="wrap">${path}</span></span>
    <span>${tCount(cellCount, '{count} executed cell', '{count} executed cells')}</span>
    ${copyable(page, cells, shortDigest(cells), t('digest of the executed cells'))}
  </div>`;
}

/** How it is known that this command wrote the outputs. */
function certaintyOf(run: NonNullable<Lineage['run']>): TemplateResult | typeof nothing {
  const others = run.othersCount ?? 0;
  if (run.seenAs === undefined)
    return others === 0
      ? nothing
      : html`<div class="warning">${icon('warning')}&nbsp;${tCount(others + 1, '{count} command ran then, and it isn’t known whether it wrote the outputs', '{count} commands ran then, and it isn’t known which of them wrote the outputs')}</div>`;
  return html`<div class="muted">${seenAs()[run.seenAs]}</div>
    ${others === 0 ? nothing : html`<div class="warning">${icon('warning')}&nbsp;${tCount(others, '{count} other command ran then and may have written the outputs instead', '{count} other commands ran then and may have written the outputs instead')}</div>`}`;
}

function basePart({ baseModel }: Lineage, model: string, page: PageContext): TemplateResult {
  if (baseModel === undefined) return part(t('Base model'), notRecorded());
  const { name, versionId, number } = baseModel;
  if (versionId === undefined) return part(t('Base model'), html`<span class="wrap">${name}</span>`);
  const text = `${name === '' ? model : name}${number === undefined ? '' : `@${number}`}`;
  return part(t('Base model'), versionLink(page, versionId, text));
}
