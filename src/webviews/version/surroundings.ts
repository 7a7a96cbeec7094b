import { html, nothing, type TemplateResult } from 'lit';
import { formatNumber, t, tCount } from '../../base/language.ts';
import { sizeText } from '../../base/size.ts';
import type { Lineage } from '../../extension/messages/core-types.ts';
import { cutName } from '../shared/cut-name.ts';
import { shortDigest } from '../shared/format.ts';
import type { PageContext } from '../shared/page.ts';
import { coded, copyable, filtered, icon } from '../shared/parts.ts';
import { notRecorded, part } from './part.ts';

type Data = Lineage['data'][number];
type Package = Lineage['dependencies'][number];

const namedBy = () =>
  ({
    dvc: t('by DVC'),
    lfs: t('by git-lfs'),
    huggingface: t('on the Hugging Face Hub'),
    url: t('by its address'),
  }) as const;

export function dataPart({ data }: Lineage, page: PageContext): TemplateResult {
  if (data.length === 0) return part(t('Data'), notRecorded());
  const { rows, field, more } = filtered(page, 'data', t('Filter data'), data, ({ path }) => path);
  return part(
    t('Data'),
    html`${field}
      <div class="scroll-x"><table class="files data-files">
        <thead>
          <tr>
            <th scope="col">${t('Path')}</th><th scope="col" class="numeric">${t('Size')}</th><th scope="col" class="numeric">${t('Rows')}</th><th scope="col">${t('Digest or revision')}</th>
          </tr>
        </thead>
        <tbody>${rows.map((entry) => dataRow(entry, page))}</tbody>
      </table></div>
      ${more}`,
  );
}

function dataRow(entry: Data, page: PageContext): TemplateResult {
  const { path, sizeBytes, fileCount, rows, kind } = entry;
  const size = [
    sizeBytes === undefined ? '' : sizeText(sizeBytes),
    fileCount === undefined ? '' : tCount(fileCount, '{count} file', '{count} files'),
  ].filter((text) => text !== '');
  return html`<tr>
    <th scope="row">${cutName(path, { lines: 'two' })}</th>
    <td class="numeric">${size.join(', ')}</td>
    <td class="numeric">${rows === undefined ? nothing : formatNumber(rows)}</td>
    <td>${nameOf(entry, page)} ${kind === undefined ? nothing : html`<span class="muted">${namedBy()[kind]}</span>`}</td>
  </tr>`;
}

function nameOf({ path, sha256, hash, revision }: Data, page: PageContext): TemplateResult {
  if (sha256 !== undefined) return copyable(page, sha256, shortDigest(sha256), t('digest of {path}', { path }));
  if (hash !== undefined)
    return copyable(page, hash, hash.replace(/(:[0-9a-f]{12})[0-9a-f]+/, '$1'), t('hash of {path}', { path }));
  if (revision === undefined) return notRecorded();
  return copyable(
    page,
    revision,
    /^[0-9a-f]{40}$/.test(revision) ? shortDigest(revision) : revision,
    t('version of {path}', { path }),
  );
}

const foundBy = () =>
  ({
    command: t('the Python of the command'),
    editor: t('the Python chosen in the editor'),
    active: t('the environment that was active'),
    project: t('the environment of the folder'),
  }) as const;

export function environmentPart({ environment, dependencies, locks }: Lineage, page: PageContext): TemplateResult {
  if (environment === undefined && dependencies.length === 0 && locks.length === 0)
    return part(t('Environment'), notRecorded());
  const { rows, field, more } = filtered(
    page,
    'packages',
    t('Filter packages'),
    dependencies,
    ({ name, version }) => `${name} ${version}`,
  );
  const isOpen = page.ui.packages === true;
  return part(
    t('Environment'),
    html`<div class="facts">
        ${environment?.python === undefined ? nothing : html`<span>${`Python ${environment.python}`}</span>`}
        ${environment === undefined ? nothing : html`<span>${copyable(page, environment.digest, shortDigest(environment.digest), t('environment digest'))}</span>`}
        ${environment?.foundBy === undefined ? nothing : html`<span class="muted">${foundBy()[environment.foundBy]}</span>`}
      </div>
      ${locks.map(
        ({ path, sha256 }) => html`<div class="facts">
          <span>${icon('lock')}&nbsp;<span class="wrap">${path}</span></span>
          <span>${copyable(page, sha256, shortDigest(sha256), t('digest of {path}', { path }))}</span>
        </div>`,
      )}
      ${dependencies
        .filter(({ source }) => source !== undefined)
        .slice(0, 20)
        .map((entry) => sourceOf(entry, page))}
      <details ?open=${isOpen} @toggle=${(event: Event) => {
        const now = event.currentTarget instanceof HTMLDetailsElement && event.currentTarget.open;
        if (now !== isOpen) page.setUi('packages', now);
      }}>
        <summary>${tCount(dependencies.length, '{count} package', '{count} packages')}</summary>
        ${field}
        <ul class="packages">
          ${rows.map(
            ({ name, version, isConda }) =>
              html`<li>${cutName(name, { title: isConda ? t('{name}, by conda, no Python package', { name }) : name })} <span class="muted ellipsis" title=${version}>${version}</span></li>`,
          )}
        </ul>
        ${more}
      </details>`,
  );
}

/** A package that isn't from an index, with what it was installed from. */
function sourceOf({ name, source }: Package, page: PageContext): TemplateResult {
  const { isEditable, commit, isDirty, folder, url, sha256 } = source ?? {};
  return html`<div class="facts">
    <span>${icon('package')}&nbsp;<span class="wrap">${name}</span></span>
    ${isEditable ? html`<span class="muted">${t('editable')}</span>` : nothing}
    ${commit === undefined ? nothing : html`<span>${icon('git-commit')} ${copyable(page, commit, shortDigest(commit), t('commit of {name}', { name }))}</span>`}
    ${isDirty ? html`<span class="warning">${icon('warning')}&nbsp;${t('with changes that weren’t committed')}</span>` : nothing}
    ${folder === undefined ? nothing : html`<span>${icon('folder')}&nbsp;<span class="wrap">${folder}</span></span>`}
    ${url === undefined ? nothing : html`<span class="wrap muted">${url}</span>`}
    ${sha256 === undefined ? nothing : html`<span>${copyable(page, sha256, shortDigest(sha256), t('digest of {name}', { name }))}</span>`}
  </div>`;
}

export function machinePart({ machine }: Lineage): TemplateResult {
  if (machine === undefined) return part(t('Machine'), notRecorded());
  const { os, architecture, cpu, cpuCount, memoryBytes, gpus = [], gpuDriver, cuda } = machine;
  const counts = new Map<string, number>();
  for (const gpu of gpus) counts.set(gpu, (counts.get(gpu) ?? 0) + 1);
  const lines = [
    [os, architecture],
    [
      cpu,
      cpuCount === undefined ? undefined : tCount(cpuCount, '{count} CPU', '{count} CPUs'),
      memoryBytes === undefined ? undefined : t('{size} of memory', { size: sizeText(memoryBytes) }),
    ],
    [...counts].map(([gpu, count]) => (count === 1 ? gpu : `${count} × ${gpu}`)),
    [
      gpuDriver === undefined ? undefined : t('driver {version}', { version: gpuDriver }),
      cuda === undefined ? undefined : `CUDA ${cuda}`,
    ],
  ];
  return part(
    t('Machine'),
    html`${lines.map((line) => {
      const known = line.filter((text) => text !== undefined);
      return known.length === 0
        ? nothing
        : html`<div class="facts">${known.map((text) => html`<span class="wrap">${text}</span>`)}</div>`;
    })}`,
  );
}

/** What isn't known of where the version came from, and why. */
export function missingPart({ missing }: Lineage): TemplateResult {
  return part(
    t('Not known'),
    html`<ul class="missing">${missing.map(({ what, why }) => html`<li><code class="wrap">${what}</code> <span class="muted wrap">${coded(why)}</span></li>`)}</ul>`,
  );
}
