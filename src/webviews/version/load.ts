import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../../base/language.ts';
import type { LoadSnippet } from '../../extension/messages/core-types.ts';
import type { VersionPageData } from '../../extension/messages/page-data.ts';
import { choiceName } from '../shared/cut-name.ts';
import type { PageContext } from '../shared/page.ts';
import { icon } from '../shared/parts.ts';
import { foldable } from './foldable.ts';

/** So many characters of a choice fit beside the tabs. */
const BESIDE_TABS = 24;

/** How to get the files of the version and load them: for a terminal, and for Python. */
export function loadSection({ version, loading }: VersionPageData, page: PageContext): TemplateResult | typeof nothing {
  if (version.artifact.withdrawnAt !== undefined || loading.length === 0) return nothing;
  // What the files say tells more than what lists know: whether a file of PyTorch is TorchScript.
  const facts = page.later('facts', () => page.read('facts', {}, { timeoutMs: 60_000 }));
  const snippets = (facts.state === 'ready' ? facts.data.loading : undefined) ?? loading;
  const chosen = snippets.find(({ ref }) => ref === page.ui['load.ref']) ?? snippets[0];
  if (chosen === undefined) return nothing;
  const isPython = page.ui['load.tab'] !== 'command';
  const text = isPython ? chosen.python : chosen.commandLine;
  const tab = (name: 'python' | 'command', label: string) => {
    const isSelected = isPython === (name === 'python');
    return html`<button
      role="tab"
      id="load-${name}"
      aria-selected=${String(isSelected)}
      aria-controls="load-text"
      tabindex=${isSelected ? '0' : '-1'}
      @click=${() => page.setUi('load.tab', name)}
      @keydown=${switchTab}
    >${label}</button>`;
  };
  return foldable(
    { id: 'load', title: t('How to load it'), actions: references(snippets, chosen, page) },
    html`<div class="tabs">
        <div class="tab-list" role="tablist" aria-label=${t('How to load it')}>${tab('python', chosen.loader === undefined ? t('Python') : `Python · ${chosen.loader}`)}${tab('command', t('Command line'))}</div>
        <span class="grow"></span>
        <button class="link" @click=${() => page.copy(text, t('the snippet'))}>${icon(page.justCopied === text ? 'check' : 'copy')}${t('Copy')}</button>
      </div>
      <div class=${isPython && facts.state !== 'failed' ? 'snippet-place' : ''}>
        <pre id="load-text" role="tabpanel" aria-labelledby="load-${isPython ? 'python' : 'command'}" class="snippet" tabindex="0"><code>${text}</code></pre>
        ${chosen.notes.map((note) => html`<p class="aside warning">${icon('warning')}&nbsp;<span>${note}</span></p>`)}
      </div>`,
    page,
  );
}

/** A number always is the same version; a stage or an alias leads to the one that is there then. */
function references(
  snippets: readonly LoadSnippet[],
  chosen: LoadSnippet,
  page: PageContext,
): TemplateResult | typeof nothing {
  if (snippets.length < 2) return nothing;
  return html`<select
    aria-label=${t('Which version is loaded')}
    @change=${({ currentTarget }: Event) => {
      if (currentTarget instanceof HTMLSelectElement) page.setUi('load.ref', currentTarget.value);
    }}
  >
    ${snippets.map(({ ref }) => html`<option value=${ref} ?selected=${ref === chosen.ref}>${choiceName(ref, BESIDE_TABS)}</option>`)}
  </select>`;
}

function switchTab(event: KeyboardEvent): void {
  if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
  const { currentTarget } = event;
  if (!(currentTarget instanceof HTMLElement)) return;
  const other = currentTarget.parentElement?.querySelector<HTMLElement>('[role=tab][aria-selected=false]');
  other?.click();
  other?.focus();
  event.preventDefault();
}
