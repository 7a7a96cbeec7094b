import { html, nothing, render, type TemplateResult } from 'lit';
import { formatNumber, t } from '../../base/language.ts';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-progress-ring/index.js';
import type { AskingMethod, ResultOf } from '../../extension/messages/answers.ts';
import type { TensorQuery, TensorRows } from '../../extension/messages/core-types.ts';
import type { PageData, PageKind } from '../../extension/messages/page-data.ts';
import type { ModelAction, PageAction, RequestParams } from '../../extension/messages/requests.ts';
import { SILENT_SECONDS } from './heartbeat.ts';
import { connectHost, type ReadOptions, type UiState } from './host.ts';
import { keepFocus } from './keep-focus.ts';
import { keepPage } from './keep-page.ts';
import { keepPlace } from './keep-place.ts';
import { speakAsTheEditor } from './language.ts';
import { coded, icon } from './parts.ts';
import { keepSpaceBar } from './space-bar.ts';
import { WHY_READ_ONLY, type Writing, writing } from './writing.ts';

/** What the parts of a page may do. */
export interface PageContext {
  act(action: PageAction, versionId: string): void;
  openVersion(ref: string): void;
  openComparison(versionIds: readonly string[]): void;
  /** The page of what changed up to a version, from another one or from the one that it is looked at against by itself. */
  openChanges(before: string | undefined, after: string): void;
  openGraph(of: string): void;
  /** Opens a file of a version in the editor; with `before`, as it differs from that of another version. */
  openFile(file: { readonly path: string; readonly versionId: string; readonly before?: string }): void;
  /** Writes a file of the page's version where the person wants it. */
  saveFile(path: string): void;
  openReview(versionId: string, stage: string): void;
  openEvidence(gate: string): void;
  runGates(isAgain: boolean): void;
  cancelGates(): void;
  showGateOutput(): void;
  /** For each control that changes something: it isn't available where the registry can only be looked at, and says why. */
  readonly writes: Writing;
  /** Why nothing can be changed, where that is so; above the page, unless its view draws it where it matters. */
  readonly whyReadOnly: TemplateResult | typeof nothing;
  openModel(modelId: string): void;
  actOnModel(action: ModelAction): void;
  openFileChange(file: { readonly path: string; readonly from?: string }): void;
  /** All of them; of a comparison, between two of its versions. */
  openFileChanges(between?: readonly [before: string, after: string]): void;
  /** Other versions on the page of a comparison, or another order. */
  arrangeComparison(versionIds: readonly string[]): void;
  chooseCompared(): void;
  copyComparisonLink(): void;
  /** Puts `text` on the clipboard; `what` is read aloud and shown: `digest`. */
  copy(text: string, what: string): void;
  /** A part of the page's table of tensors. */
  tensorRows(query: TensorQuery): Promise<TensorRows>;
  /** Data that the page asks for apart from its own. */
  read<M extends Exclude<AskingMethod, 'load'>>(
    method: M,
    params: RequestParams<M>,
    options?: ReadOptions,
  ): Promise<ResultOf<PageKind>[M]>;
  /**
   * What `read` gives, asked for at the first look and kept; the page is drawn again when it is there. With `of`, it is asked for again where
   * that is another one, and what was there before stays until then.
   */
  later<T>(name: string, read: () => Promise<T>, of?: unknown): Later<T>;
  redraw(): void;
  registerFile(): void;
  /** The page is drawn for the first time, from what it came with: what stands further down follows a moment later. */
  readonly isEarly: boolean;
  /** The text that was copied last, for a moment. */
  readonly justCopied: string | undefined;
  readonly ui: UiState;
  /** What the page is about became something else, which the editor brings back after a reload. */
  savePage(changes: Readonly<Record<string, unknown>>): void;
  /** Keeps a choice of the person and draws the page again. */
  setUi(name: string, value: string | boolean): void;
  /** The same for several at once. */
  setUis(values: UiState): void;
}

/** Data that is still on its way, or didn't come. */
export type Later<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly message: string; readonly retry: () => void }
  | { readonly state: 'ready'; readonly data: T };

interface Latecomer {
  readonly of: unknown;
  outcome: Later<unknown>;
}

type Content<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly message: string }
  | { readonly state: 'ready'; readonly data: T };

/** The data couldn't be read again, or something else that was asked for failed. */
interface Problem {
  readonly message: string;
  readonly retry: boolean;
}

const copiedMs = 1500;
/** More that was asked for apart from the page's own data isn't on a page at once. */
const MOST_LATECOMERS = 24;

/** Runs a page: reads its data, draws it with `view`, and reads again when the registry changed. */
export function runPage<K extends PageKind>(
  view: (data: PageData[K], page: PageContext) => TemplateResult,
  { drawsWhyReadOnly = false }: { readonly drawsWhyReadOnly?: boolean } = {},
): void {
  speakAsTheEditor();
  const host = connectHost<K>();
  const root = document.getElementById('page');
  const announcer = document.getElementById('announcer');
  if (root === null) return;

  let content: Content<PageData[K]> =
    host.first === undefined ? { state: 'loading' } : { state: 'ready', data: host.first };
  let problem: Problem | undefined;
  let ui = host.savedUi;
  let justCopied: string | undefined;
  let copiedTimer: ReturnType<typeof setTimeout> | undefined;
  let isLoading = false;
  let isOutdated = false;
  let isFirst = true;
  /** The extension says nothing, although something is awaited of it. */
  let isSilent = false;
  let isEarly = host.first !== undefined;
  /** What is drawn asked whether it is early: only then something follows. */
  let hasRest = false;
  let tensorRows = rowsOfTensors();

  const latecomers = new Map<string, Latecomer>();

  const ask = (request: Promise<void>) => {
    request.catch((error: unknown) => {
      problem = { message: messageOf(error), retry: false };
      draw();
    });
  };
  const context = (): PageContext => ({
    act: (action, versionId) => ask(host.ask('act', { action, versionId })),
    openVersion: (ref) => ask(host.ask('openVersion', { ref })),
    openComparison: (versionIds) => ask(host.ask('openComparison', { versionIds: [...versionIds] })),
    openChanges: (before, after) =>
      ask(host.ask('openChanges', { ...(before === undefined ? {} : { before }), after })),
    openGraph: (of) => ask(host.ask('openGraph', { of })),
    openFile: (file) => ask(host.ask('openFile', file)),
    saveFile: (path) => ask(host.ask('saveFile', { path })),
    openReview: (versionId, stage) => ask(host.ask('openReview', { versionId, stage })),
    openEvidence: (gate) => ask(host.ask('openEvidence', { gate })),
    runGates: (isAgain) => ask(host.ask('runGates', { isAgain })),
    cancelGates: () => ask(host.ask('cancelGates', {})),
    showGateOutput: () => ask(host.ask('showGateOutput', {})),
    writes: writing(isReadOnly() ? tellReadOnly : undefined),
    whyReadOnly: isReadOnly() ? readOnlyLine() : nothing,
    openModel: (modelId) => ask(host.ask('openModel', { modelId })),
    actOnModel: (action) => ask(host.ask('actOnModel', { action })),
    openFileChange: (file) => ask(host.ask('openFileChange', file)),
    openFileChanges: (between) =>
      ask(host.ask('openFileChanges', between ? { between: [between[0], between[1]] } : {})),
    arrangeComparison: (versionIds) => ask(host.ask('arrangeComparison', { versionIds: [...versionIds] })),
    chooseCompared: () => ask(host.ask('chooseCompared', {})),
    copyComparisonLink: () => ask(host.ask('copyComparisonLink', {})),
    copy(text, what) {
      ask(
        host.ask('copyText', { text, what: what.slice(0, 200) }).then(() => {
          justCopied = text;
          announce(t('Copied {what}', { what }));
          clearTimeout(copiedTimer);
          copiedTimer = setTimeout(() => {
            justCopied = undefined;
            draw();
          }, copiedMs);
          draw();
        }),
      );
    },
    tensorRows,
    read: (method, params, options) => host.read(method, params, options),
    later<T>(name: string, read: () => Promise<T>, of?: unknown): Later<T> {
      const known = latecomers.get(name);
      const retry = () => {
        latecomers.delete(name);
        draw();
      };
      // What a name stands for is decided by the one place that asks for it.
      const shown = ({ outcome }: Latecomer) =>
        (isSilent && outcome.state === 'loading'
          ? { state: 'failed', message: t('The extension doesn’t answer.'), retry }
          : outcome) as Later<T>;
      if (known && known.of === of) return shown(known);
      const entry: Latecomer = { of, outcome: known?.outcome.state === 'ready' ? known.outcome : { state: 'loading' } };
      const settle = (outcome: Later<T>) => {
        // Something newer may have been asked for meanwhile.
        if (latecomers.get(name) !== entry) return;
        entry.outcome = outcome;
        draw();
      };
      latecomers.delete(name);
      latecomers.set(name, entry);
      for (const oldest of [...latecomers.keys()].slice(0, -MOST_LATECOMERS)) latecomers.delete(oldest);
      read().then(
        (data) => settle({ state: 'ready', data }),
        (error: unknown) => settle({ state: 'failed', message: messageOf(error), retry }),
      );
      return shown(entry);
    },
    redraw: draw,
    registerFile: () => ask(host.ask('registerFile', {})),
    get isEarly() {
      hasRest = isEarly;
      return isEarly;
    },
    justCopied,
    ui,
    savePage: (changes) => host.savePage(changes),
    setUi: (name, value) => setUis({ [name]: value }),
    setUis,
  });

  function setUis(values: UiState): void {
    ui = { ...ui, ...values };
    host.saveUi(ui);
    draw();
  }

  /** Another function for other data, so that a table of tensors knows when to read again. */
  function rowsOfTensors(): PageContext['tensorRows'] {
    return (query) => host.read('tensorRows', query);
  }

  function announce(text: string): void {
    if (announcer !== null) announcer.textContent = text;
  }

  async function load(): Promise<void> {
    if (isLoading) {
      isOutdated = true;
      return;
    }
    isLoading = true;
    if (content.state === 'failed') content = { state: 'loading' };
    draw();
    if (hasRest) drawTheRest();
    else isEarly = false;
    try {
      const data = await host.load();
      // What the page came with isn't drawn twice.
      if (!isFirst || content.state !== 'ready' || JSON.stringify(data) !== JSON.stringify(content.data)) {
        content = { state: 'ready', data };
        tensorRows = rowsOfTensors();
      }
      isFirst = false;
      problem = undefined;
    } catch (error) {
      const message = messageOf(error);
      if (content.state === 'ready') problem = { message: `${t('This may be out of date.')} ${message}`, retry: true };
      else content = { state: 'failed', message };
    }
    isLoading = false;
    draw();
    if (!isOutdated) return;
    isOutdated = false;
    await load();
  }

  /** After what is drawn now has been seen. */
  function drawTheRest(): void {
    requestAnimationFrame(() =>
      requestIdleCallback(
        () => {
          isEarly = false;
          draw();
        },
        { timeout: 200 },
      ),
    );
  }

  function draw(): void {
    if (root === null) return;
    root.setAttribute('aria-busy', String(content.state === 'loading'));
    render(body(), root);
  }

  function body(): TemplateResult {
    switch (content.state) {
      case 'loading':
        if (isSilent)
          return html`<div class="failure" role="alert">
            <h1>${icon('error')} ${t('The extension doesn’t answer')}</h1>
            <p>${silence()}</p>
          </div>`;
        return html`<div class="waiting">
          <vscode-progress-ring aria-hidden="true"></vscode-progress-ring><h1>${t('Reading the registry…')}</h1>
        </div>`;
      case 'failed':
        return html`<div class="failure" role="alert">
          <h1>${icon('error')} ${t('This page couldn’t be loaded')}</h1>
          <p>${coded(content.message)}</p>
          <vscode-button @click=${load}>${t('Retry')}</vscode-button>
        </div>`;
      case 'ready':
        return html`${isSilent ? silentBanner() : problem === undefined ? nothing : banner(problem)}${isReadOnly() && !drawsWhyReadOnly ? readOnlyLine() : nothing}${view(content.data, context())}`;
    }
  }

  function isReadOnly(): boolean {
    return content.state === 'ready' && isRestricted(content.data);
  }

  function readOnlyLine(): TemplateResult {
    return html`<div class="banner">
      ${icon('lock')}<span class="grow" id=${WHY_READ_ONLY}>${t('This folder is open in Restricted Mode, so its registry can only be looked at.')}</span>
      <button class="link" @click=${() => ask(host.ask('manageTrust', {}))}
        >${t('Manage Workspace Trust')}</button>
    </div>`;
  }

  function tellReadOnly(): void {
    const line = document.getElementById(WHY_READ_ONLY);
    line?.scrollIntoView({ block: 'nearest' });
    // What is said twice alike isn't read aloud twice.
    announce('');
    announce(line?.textContent ?? '');
  }

  function banner({ message, retry }: Problem): TemplateResult {
    const dismiss = () => {
      problem = undefined;
      draw();
    };
    return html`<div class="banner seen" role="alert">
      ${icon('warning')}<span class="grow">${coded(message)}</span>
      ${retry ? html`<vscode-button secondary @click=${load}>${t('Retry')}</vscode-button>` : nothing}
      <button class="icon-button" aria-label=${t('Dismiss')} title=${t('Dismiss')} @click=${dismiss}>${icon('close')}</button>
    </div>`;
  }

  /** Nobody would hear a retry, and it isn't over: there is nothing to press. */
  function silentBanner(): TemplateResult {
    return html`<div class="banner seen" role="alert">${icon('warning')}<span class="grow">${silence()}</span></div>`;
  }

  /** What failed meanwhile is read again, too. */
  function hear(nowSilent: boolean): void {
    isSilent = nowSilent;
    if (isSilent) {
      draw();
      return;
    }
    for (const [name, { outcome }] of latecomers) if (outcome.state === 'failed') latecomers.delete(name);
    void load();
  }

  keepFocus(root);
  keepSpaceBar();
  keepPage(() => ask(host.ask('keep', {})));
  keepPlace(root, host.savedPlaces, (places) => host.savePlaces(places));
  host.onChanged(() => void load());
  host.onSilence(hear);
  void load();
}

function silence(): string {
  const seconds = { seconds: formatNumber(SILENT_SECONDS) };
  // The tab of a file is the editor's own: it is opened by who wants to see it.
  return document.body.dataset.page === 'modelFile'
    ? t(
        'The extension hasn’t answered for {seconds} seconds. If it is busy, this page goes on by itself. If it crashed, VS Code starts it again: then close this tab and open the file once more. Otherwise run “Developer: Restart Extension Host”.',
        seconds,
      )
    : t(
        'The extension hasn’t answered for {seconds} seconds. If it is busy, this page goes on by itself. If it crashed, VS Code starts it again and opens this page anew. Otherwise run “Developer: Restart Extension Host”.',
        seconds,
      );
}

function isRestricted(data: object): boolean {
  return ('isRestricted' in data && data.isRestricted === true) || ('isTrusted' in data && data.isTrusted === false);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
