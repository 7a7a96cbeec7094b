import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type VirtualItem,
  Virtualizer,
} from '@tanstack/virtual-core';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { createRef, type Ref, ref } from 'lit/directives/ref.js';
import { formatNumber, t, tCount } from '../../base/language.ts';
import '@vscode-elements/elements/dist/vscode-textfield/index.js';

import { failedLine, icon } from './parts.ts';

const ROW_PX = 24;
const PART = 200;
/** Typing rests this long before the filter counts. */
const FILTER_DELAY_MS = 120;

export interface Column<C extends string> {
  readonly id: C;
  readonly label: string;
  readonly isNumeric: boolean;
}

/** Which part of a table is looked at. */
export interface TableQuery<C extends string> {
  readonly offset: number;
  readonly limit: number;
  readonly sort: C;
  readonly isDescending: boolean;
  readonly filter: string;
}

export interface TableRows<R> {
  readonly rows: readonly R[];
  /** How many match the filter. */
  readonly matching: number;
}

/**
 * A table that holds only the rows in sight, and asks for those as they come: 100,000 tensors scroll as smoothly as ten. Set `load` and
 * `count`; setting another `load` begins anew.
 */
export abstract class VirtualTable<C extends string, R extends { readonly name: string }> extends LitElement {
  static override properties = { load: { attribute: false }, count: { attribute: false } };
  declare load: (query: TableQuery<C>) => Promise<TableRows<R>>;
  declare count: number;

  protected abstract readonly columns: readonly Column<C>[];
  /** Of the grid that has the widths of the columns. */
  protected abstract readonly gridClass: string;
  /** The order at first. */
  protected abstract readonly firstSort: C;
  protected abstract cells(row: R): TemplateResult;

  /** What is to be known of the rows that were read so far; below the table. */
  protected note(_rows: readonly R[]): TemplateResult | typeof nothing {
    return nothing;
  }

  #chosenSort: C | undefined;
  #isDescending: boolean | undefined;
  #filter = '';
  #matching: number | undefined;
  #problem: string | undefined;
  #parts = new Map<number, readonly R[] | 'asked'>();
  /** Answers to questions of an earlier order or filter are left. */
  #generation = 0;
  /** So many characters the longest name had that was read so far: in narrow pages its column is as wide. */
  #longest = 0;
  #filterTimer: ReturnType<typeof setTimeout> | undefined;
  #virtualizer: Virtualizer<HTMLElement, Element> | undefined;
  #stop: (() => void) | undefined;
  readonly #scroller: Ref<HTMLElement> = createRef();

  constructor() {
    super();
    this.count = 0;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#filterTimer);
    this.#stop?.();
    this.#stop = undefined;
    this.#virtualizer = undefined;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('load')) return;
    this.#forget();
    // Other tensors: how many match is known with their first rows.
    this.#matching = undefined;
  }

  protected override updated(): void {
    const scroller = this.#scroller.value;
    if (scroller === undefined) return;
    if (this.#virtualizer === undefined) {
      this.#virtualizer = new Virtualizer<HTMLElement, Element>(this.#options());
      this.#stop = this.#virtualizer._didMount();
      this.#virtualizer._willUpdate();
      this.requestUpdate();
    } else {
      this.#virtualizer.setOptions(this.#options());
      this.#virtualizer._willUpdate();
    }
  }

  #options() {
    return {
      count: this.#shownCount,
      getScrollElement: () => this.#scroller.value ?? null,
      estimateSize: () => ROW_PX,
      overscan: 12,
      scrollToFn: elementScroll,
      observeElementRect,
      observeElementOffset,
      onChange: () => this.requestUpdate(),
    };
  }

  get #sort(): C {
    return this.#chosenSort ?? this.firstSort;
  }

  get #descends(): boolean {
    return this.#isDescending ?? this.#isNumeric(this.#sort);
  }

  #isNumeric(column: C): boolean {
    return this.columns.some(({ id, isNumeric }) => id === column && isNumeric);
  }

  get #shownCount(): number {
    return this.#matching ?? this.count;
  }

  #forget(): void {
    this.#generation += 1;
    this.#parts = new Map();
    this.#problem = undefined;
  }

  #rowAt(index: number): R | undefined {
    const part = Math.floor(index / PART);
    const known = this.#parts.get(part);
    if (known === undefined) void this.#ask(part);
    return known === undefined || known === 'asked' ? undefined : known[index % PART];
  }

  async #ask(part: number): Promise<void> {
    const generation = this.#generation;
    this.#parts.set(part, 'asked');
    try {
      const { rows, matching } = await this.load({
        offset: part * PART,
        limit: PART,
        sort: this.#sort,
        isDescending: this.#descends,
        filter: this.#filter,
      });
      if (generation !== this.#generation) return;
      this.#parts.set(part, rows);
      this.#longest = Math.max(this.#longest, ...rows.map(({ name }) => name.length));
      this.#matching = matching;
    } catch (error) {
      if (generation !== this.#generation) return;
      this.#problem = error instanceof Error ? error.message : String(error);
    }
    this.requestUpdate();
  }

  #sortBy(column: C): void {
    this.#isDescending = column === this.#sort ? !this.#descends : this.#isNumeric(column);
    this.#chosenSort = column;
    this.#restart();
  }

  #filterBy(text: string): void {
    clearTimeout(this.#filterTimer);
    this.#filterTimer = setTimeout(() => {
      if (text === this.#filter) return;
      this.#filter = text;
      this.#restart();
    }, FILTER_DELAY_MS);
  }

  #restart(): void {
    this.#forget();
    if (this.#scroller.value) this.#scroller.value.scrollTop = 0;
    // Nothing may be in sight to ask for, so that the first part is asked for anyway.
    void this.#ask(0);
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    const items = this.#virtualizer?.getVirtualItems() ?? [];
    const rows = items.map((item) => this.#row(item));
    return html`${this.#toolbar()}
      ${this.#problem === undefined ? nothing : failedLine({ message: this.#problem, retry: () => this.#restart() })}
      <div
        class="tensor-scroller"
        .style=${`--longest: ${this.#longest}`}
        role="table"
        aria-label=${t('Tensors')}
        aria-rowcount=${this.#shownCount + 1}
        tabindex="0"
        ${ref(this.#scroller)}
      >
        <div class="tensor-row tensor-head ${this.gridClass}" role="row" aria-rowindex="1">${this.columns.map((column) => this.#head(column))}</div>
        <div class="tensor-rows" role="rowgroup" .style=${`height: ${this.#shownCount * ROW_PX}px`}>${rows}</div>
      </div>
      ${this.note([...this.#parts.values()].flatMap((part) => (part === 'asked' ? [] : part)))}`;
  }

  #toolbar(): TemplateResult {
    const isFiltered = this.#filter.trim() !== '';
    return html`<div class="tensor-toolbar">
      <vscode-textfield
        class="filter"
        type="search"
        placeholder=${t('Filter tensors')}
        .label=${t('Filter tensors')}
        @input=${(event: Event) => {
          const { target } = event;
          if (target !== null && 'value' in target && typeof target.value === 'string') this.#filterBy(target.value);
        }}
      ></vscode-textfield>
      <span class="muted" role="status"
        >${isFiltered ? tCount(this.count, '{shown} of {count} tensor', '{shown} of {count} tensors', { shown: formatNumber(this.#shownCount) }) : ''}</span
      >
    </div>`;
  }

  #head({ id, label, isNumeric }: Column<C>): TemplateResult {
    const isSorted = id === this.#sort;
    const order = isSorted ? (this.#descends ? 'descending' : 'ascending') : 'none';
    return html`<span role="columnheader" aria-sort=${order} class="tensor-cell ${isNumeric ? 'numeric' : ''}"
      ><button @click=${() => this.#sortBy(id)}>
        ${label}${isSorted ? icon(this.#descends ? 'arrow-small-down' : 'arrow-small-up') : nothing}
      </button></span
    >`;
  }

  #row({ index, start }: VirtualItem): TemplateResult {
    const row = this.#rowAt(index);
    return html`<div
      class="tensor-row ${this.gridClass}"
      role="row"
      aria-rowindex=${index + 2}
      .style=${`transform: translateY(${start}px)`}
    >
      ${row === undefined ? html`<span role="cell" class="tensor-cell muted">…</span>` : this.cells(row)}
    </div>`;
  }
}
