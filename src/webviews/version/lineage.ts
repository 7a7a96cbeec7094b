import { html, nothing, type TemplateResult } from 'lit';
import type { Lineage, VersionDetails } from '../../extension/messages.ts';
import { countOf, formatBytes, formatDuration, shortDigest } from '../shared/format.ts';
import type { PageContext } from '../shared/page.ts';
import { copyable, emptyState, filtered, icon, section, timeOf, versionLink, webLink } from '../shared/parts.ts';

const capturedAt = {
  start: 'as it was when the run began',
  end: 'as it was when the run ended: what was committed meanwhile is in it',
  detection: 'as it was when the output was found: nobody saw the run begin',
} as const;

const seenAs = {
  run: 'recorded by model-registry run',
  terminal: 'seen in a terminal of the editor',
  task: 'seen as a task of the editor',
  debug: 'seen in the debugger',
} as const;

/** What a version was made from: code, run, data, environment, base model. */
export function lineageSection({ id, lineage, model }: VersionDetails, page: PageContext): TemplateResult {
  const { code, run, data, environment, dependencies, baseModel } = lineage;
  const isEmpty =
    code === undefined &&
    run === undefined &&
    environment === undefined &&
    baseModel === undefined &&
    data.length === 0 &&
    dependencies.length === 0;
  if (isEmpty) {
    return section(
      { id: 'lineage', title: 'Lineage' },
      emptyState(
        'No lineage was recorded.',
        html`Start training with <code>model-registry run --model MODEL -- COMMAND</code>, and code, data and packages are
          recorded with the next version.`,
      ),
    );
  }
  return section({ id: 'lineage', title: 'Lineage' }, [
    codePart(id, lineage, page),
    runPart(lineage, page),
    dataPart(lineage, page),
    environmentPart(lineage, page),
    basePart(lineage, model, page),
  ]);
}

/** A named part of a section. */
export function part(title: string, content: TemplateResult): TemplateResult {
  return html`<div class="part">
    <h3>${title}</h3>
    <div>${content}</div>
  </div>`;
}

const notRecorded = html`<span class="muted">Not recorded</span>`;

function codePart(version: string, { code }: Lineage, page: PageContext): TemplateResult {
  if (code === undefined) return part('Code', notRecorded);
  return part(
    'Code',
    html`<div class="facts">
        <span>${icon('git-commit')} ${copyable(page, code.commit, shortDigest(code.commit), 'commit')}</span>
        ${code.branch === undefined ? nothing : html`<span>${icon('git-branch')} <span class="wrap">${code.branch}</span></span>`}
        ${code.folder === undefined ? nothing : html`<span>${icon('folder')} <span class="wrap">${code.folder}</span></span>`}
        ${(code.tags ?? []).map((tag) => html`<span>${icon('tag')} <span class="wrap">${tag}</span></span>`)}
        ${code.isPushed === false ? html`<span class="warning">${icon('warning')} not pushed</span>` : nothing}
        ${
          code.isDirty
            ? html`<span class="warning">${icon('warning')} with changes that weren't committed</span>`
            : html`<span class="muted">no uncommitted changes</span>`
        }
      </div>
      ${code.isDirty ? changesOf(code) : nothing}
      ${code.remote === undefined ? nothing : html`<div>${webLink(code.remote)}</div>`}
      <div class="muted">${capturedAt[code.capturedAt]}</div>
      <button
        class="link"
        title="In a worktree of its own and a new window, with its uncommitted changes, the list of its packages and the command; nothing is run"
        @click=${() => page.act('openTrainedCode', version)}
      >
        Open the code that trained this…
      </button>`,
  );
}

/** What is kept of uncommitted changes, and what isn't. */
function changesOf({ changes }: NonNullable<Lineage['code']>): TemplateResult {
  if (changes === undefined) return html`<div class="muted">The changes weren't recorded.</div>`;
  const { fileCount, leftOut, leftOutCount, untrackedCount } = changes;
  return html`<div class="muted">
    Changes of ${countOf(fileCount, 'file')} are kept as a patch.
    ${leftOutCount === 0 ? nothing : html`Left out: ${leftOut.map(({ path, why }) => `${path} (${why === 'secret' ? 'may hold a secret' : 'too large'})`).join(', ')}${leftOutCount > leftOut.length ? ` and ${leftOutCount - leftOut.length} more` : ''}.`}
    ${untrackedCount === 0 ? nothing : html`${countOf(untrackedCount, 'file')} that git doesn't track ${untrackedCount === 1 ? "isn't" : "aren't"} kept.`}
  </div>`;
}

function runPart({ run }: Lineage, page: PageContext): TemplateResult {
  if (run === undefined) return part('Run', notRecorded);
  const { id, name, tracker, url, command, startedAt, endedAt, exitCode, folder } = run;
  const duration = startedAt === undefined || endedAt === undefined ? undefined : formatDuration(startedAt, endedAt);
  return part(
    'Run',
    html`<div class="facts">
        ${name === undefined ? nothing : html`<span class="wrap">${name}</span>`}
        ${id === undefined ? nothing : html`<span>${copyable(page, id, id, 'run id')}</span>`}
        ${tracker === undefined ? nothing : html`<span class="muted">tracked by ${tracker}</span>`}
        ${exitCode === undefined ? nothing : exitCode === 0 ? html`<span>${icon('check')} exit code 0</span>` : html`<span class="warning">${icon('warning')} exit code ${exitCode}</span>`}
      </div>
      ${url === undefined ? nothing : html`<div>${webLink(url)}</div>`}
      ${command === undefined ? nothing : html`<div class="command"><code class="wrap">${command}</code>${copyable(page, command, '', 'command')}</div>`}
      ${folder === undefined ? nothing : html`<div class="facts"><span>${icon('folder')} <span class="wrap">${folder}</span></span></div>`}
      ${certaintyOf(run)}
      ${startedAt === undefined ? nothing : html`<div class="muted">started ${timeOf(startedAt)}${duration === undefined ? nothing : `, took ${duration}`}</div>`}`,
  );
}

/** How it is known that this command wrote the outputs. */
function certaintyOf(run: NonNullable<Lineage['run']>): TemplateResult | typeof nothing {
  if (run.seenAs === undefined) return nothing;
  const others = run.othersCount ?? 0;
  return html`<div class="muted">${seenAs[run.seenAs]}</div>
    ${others === 0 ? nothing : html`<div class="warning">${icon('warning')} ${countOf(others, 'other command')} ran then and may have written the outputs instead</div>`}`;
}

function dataPart({ data }: Lineage, page: PageContext): TemplateResult {
  if (data.length === 0) return part('Data', notRecorded);
  const { rows, field, more } = filtered(page, 'data', 'Filter data', data, ({ path }) => path);
  return part(
    'Data',
    html`${field}
      <div class="scroll-x"><table class="files">
        <thead>
          <tr><th scope="col">Path</th><th scope="col" class="numeric">Size</th><th scope="col">SHA-256</th></tr>
        </thead>
        <tbody>
          ${rows.map(
            ({ path, sizeBytes, sha256 }) => html`<tr>
              <th scope="row"><span class="ellipsis" title=${path}>${path}</span></th>
              <td class="numeric">${sizeBytes === undefined ? nothing : formatBytes(sizeBytes)}</td>
              <td>${sha256 === undefined ? notRecorded : copyable(page, sha256, shortDigest(sha256), `digest of ${path}`)}</td>
            </tr>`,
          )}
        </tbody>
      </table></div>
      ${more}`,
  );
}

function environmentPart({ environment, dependencies }: Lineage, page: PageContext): TemplateResult {
  if (environment === undefined && dependencies.length === 0) return part('Environment', notRecorded);
  const { rows, field, more } = filtered(
    page,
    'packages',
    'Filter packages',
    dependencies,
    ({ name, version }) => `${name} ${version}`,
  );
  const isOpen = page.ui.packages === true;
  return part(
    'Environment',
    html`<div class="facts">
        ${environment?.python === undefined ? nothing : html`<span>Python ${environment.python}</span>`}
        ${environment === undefined ? nothing : html`<span>${copyable(page, environment.digest, shortDigest(environment.digest), 'environment digest')}</span>`}
      </div>
      <details ?open=${isOpen} @toggle=${(event: Event) => {
        const now = event.currentTarget instanceof HTMLDetailsElement && event.currentTarget.open;
        if (now !== isOpen) page.setUi('packages', now);
      }}>
        <summary>${countOf(dependencies.length, 'package')}</summary>
        ${field}
        <ul class="packages">
          ${rows.map(({ name, version }) => html`<li><span class="ellipsis" title=${name}>${name}</span> <span class="muted ellipsis" title=${version}>${version}</span></li>`)}
        </ul>
        ${more}
      </details>`,
  );
}

function basePart({ baseModel }: Lineage, model: string, page: PageContext): TemplateResult {
  if (baseModel === undefined) return part('Base model', notRecorded);
  const { name, versionId, number } = baseModel;
  if (versionId === undefined) return part('Base model', html`<span class="wrap">${name}</span>`);
  const text = `${name === '' ? model : name}${number === undefined ? '' : `@${number}`}`;
  return part('Base model', versionLink(page, versionId, text));
}
