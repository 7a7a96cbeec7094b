import { html, nothing, type TemplateResult } from 'lit';
import { parametersText } from '../../base/count.ts';
import { formatNumber, t } from '../../base/language.ts';
import type { FactsPageData } from '../../extension/messages/answers.ts';
import type { VersionDetails, VersionFacts } from '../../extension/messages/core-types.ts';
import { shortDigest } from '../shared/format.ts';
import { jumpTo } from '../shared/jump.ts';
import {
  dangerSection,
  factList,
  factProblems,
  metadataSection,
  signatureSection,
  tensorSection,
} from '../shared/model-facts.ts';
import type { Later, PageContext } from '../shared/page.ts';
import { copyable, emptyState, failedLine, icon, section, versionLink } from '../shared/parts.ts';
import { foldable } from './foldable.ts';

/** Files of a version that was registered without facts may have to be read, or fetched. */
const patienceMs = 60_000;

/** One line under the name: what the model is, as far as lists know it. */
export function modelLine({ facts }: VersionDetails): TemplateResult | typeof nothing {
  if (!facts) return nothing;
  const { format, architecture, parameterCount, dtypes = [], license } = facts;
  return html`<div class="facts">
    <span>${architecture ?? format}</span>
    ${
      parameterCount === undefined
        ? nothing
        : html`<span title=${formatNumber(parameterCount)}>${parametersText(parameterCount)}</span>`
    }
    ${dtypes.length === 0 ? nothing : html`<span>${dtypes.slice(0, 3).join(', ')}${dtypes.length > 3 ? ' …' : ''}</span>`}
    ${license === undefined ? nothing : html`<span class="wrap">${license}</span>`}
  </div>`;
}

/** A warning that nobody overlooks, where loading the files is known to run foreign code. */
export function dangerBanner({ facts }: VersionDetails, page: PageContext): TemplateResult | typeof nothing {
  if (facts?.danger !== 'dangerous') return nothing;
  const go = (event: Event) => {
    // What it leads to is a part of a section that can be folded.
    if (page.ui['fold.model'] === true) page.setUi('fold.model', false);
    jumpTo(event, 'danger');
  };
  return html`<div class="banner banner-danger" role="alert">
    ${icon('error')}<span class="grow">${t('Loading these files can run code that isn’t the model’s.')}</span>
    <a href="#danger" @click=${go}>${t('See what it is')}</a>
  </div>`;
}

/** What the files say, read apart from the page: it may be long, and may have to be fetched. What lists know is shown meanwhile, in as much space. */
export function modelSection(version: VersionDetails, page: PageContext): TemplateResult {
  const later = page.later('facts', () => page.read('facts', {}, { timeoutMs: patienceMs }));
  return foldable(
    { id: 'model', title: t('Model') },
    html`<div class="model-place ${version.facts || later.state === 'failed' ? '' : 'model-unknown'}">${modelBody(later, version, page)}</div>
      <div class="main model-parts">${partsOf(later, page)}</div>`,
    page,
  );
}

function knownList(version: VersionDetails, page: PageContext): TemplateResult | undefined {
  return version.facts && factList(knownFacts(version.facts), weightRows(version.facts.weights, version, page));
}

/** In the form of the whole, as far as lists have it. */
function knownFacts({ format, dtypes = [], danger: _danger, problems: _problems, ...facts }: VersionFacts) {
  return {
    ...facts,
    format,
    formatLabel: format,
    tensorCount: 0,
    dtypes: dtypes.map((dtype) => ({ dtype, elements: 0 })),
  };
}

function modelBody(later: Later<FactsPageData>, version: VersionDetails, page: PageContext): TemplateResult {
  switch (later.state) {
    case 'loading':
      return knownList(version, page) ?? html`<p class="muted" role="status">${t('Reading its files…')}</p>`;
    case 'failed':
      return html`${failedLine(later)}${knownList(version, page) ?? nothing}`;
    case 'ready': {
      const { facts, problem, readFrom } = later.data;
      if (!facts) return emptyState(problem ?? t('Nothing is known about its files.'));
      const problems = [...(facts.problems ?? []), ...(problem === undefined ? [] : [problem])];
      return html`${factProblems({ ...facts, problems })}${factList(facts, weightRows(facts.weights, version, page))}${
        readFrom === 'files'
          ? html`<p class="muted">${t('Nothing was recorded when it was registered: this was read from its files now.')}</p>`
          : nothing
      }`;
    }
  }
}

function weightRows(
  weights: string | undefined,
  { sameWeights }: VersionDetails,
  page: PageContext,
): readonly (readonly [string, TemplateResult])[] {
  if (weights === undefined) return [];
  const others = sameWeights.map(({ model, number }) => `${model}@${number}`);
  return [
    [t('Weights'), copyable(page, weights, shortDigest(weights), t('weights digest'))],
    ...(others.length === 0
      ? []
      : [
          [
            t('Same weights as'),
            html`${others.map((ref, index) => html`${index > 0 ? ', ' : ''}${versionLink(page, ref, ref)}`)}`,
          ] as const,
        ]),
  ];
}

/** What is long in it: what loading runs, signature, tensors, metadata. */
function partsOf(later: Later<FactsPageData>, page: PageContext): TemplateResult | typeof nothing {
  const facts = later.state === 'ready' ? later.data.facts : undefined;
  if (!facts) return nothing;
  const isOpen = page.ui['open.tensors'] === true;
  const toggle = html`<button
    class="link"
    aria-expanded=${String(isOpen)}
    @click=${() => page.setUi('open.tensors', !isOpen)}
  >
    ${isOpen ? t('Hide') : t('Show')}
  </button>`;
  return html`${dangerSection(facts.danger, page, { isPart: true })}${signatureSection(facts, page, { isPart: true })}${
    facts.tensorCount === 0
      ? nothing
      : isOpen
        ? tensorSection(facts, page, { isPart: true, actions: toggle })
        : section({ id: 'tensors', title: t('Tensors'), count: facts.tensorCount, actions: toggle, isPart: true }, [])
  }${metadataSection(facts, page, { isPart: true })}`;
}
