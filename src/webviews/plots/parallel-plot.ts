import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { createRef, type Ref, ref } from 'lit/directives/ref.js';
import { shareOf, valueAt } from '../../base/axis-scale.ts';
import { t } from '../../base/language.ts';
import { axisTexts } from '../model/axis-texts.ts';
import { followTheme, paletteOf } from '../model/palette.ts';
import { faintestLine, opaque, tintsOf } from '../model/tints.ts';
import { cutName, END_AT_AXIS } from '../shared/cut-name.ts';
import { shortTexts } from '../shared/ticks.ts';
import { type PlotColumn, wholeTicks } from './axes.ts';
import type { AxisFilter } from './choices.ts';
import { associationLabel, associationTold } from './values.ts';

/** As it is written at axes in every language. */
const LOGARITHMIC = 'log';
const HEIGHT = 340;
const ROOM = { top: 12, bottom: 12, left: 66, right: 66 } as const;
/** Nearer axes couldn't be read. */
const LEAST_GAP = 96;
/** In less the details of a version have no room beside the outer axes. */
const NARROW_PX = 480;
const NEAR_PX = 10;
/** So far from an axis a drag is along it. */
const AXIS_PX = 16;
const SMALLEST_DRAG_PX = 4;
const TICKS = 5;

export interface ParallelDrawing {
  readonly axes: readonly PlotColumn[];
  /** The versions, by their places in the columns, the worst first, so that the best is painted over the others. */
  readonly order: readonly number[];
  readonly isPassing: readonly boolean[];
  readonly goodness: readonly number[];
  readonly filters: ReadonlyMap<string, AxisFilter>;
  readonly picked: ReadonlySet<number>;
}

/**
 * Versions as lines through parallel axes. A drag along an axis keeps the versions in it; the pointer or the arrow keys make one current, a click
 * or Enter opens it, the space bar takes it for the comparison. A table has the same for whoever can't see it.
 */
export class ParallelPlot extends LitElement {
  static override properties = {
    drawing: { attribute: false },
    glance: { attribute: false },
    label: {},
    filtered: { attribute: false },
    opened: { attribute: false },
    taken: { attribute: false },
  };
  declare drawing: ParallelDrawing | undefined;
  declare glance: (index: number) => TemplateResult;
  declare label: string;
  declare filtered: (column: PlotColumn, filter: AxisFilter | undefined) => void;
  declare opened: (index: number) => void;
  declare taken: (index: number) => void;

  #current: number | undefined;
  #drag: { readonly axis: number; readonly from: number; to: number } | undefined;
  #stopTheme: (() => void) | undefined;
  #resizes: ResizeObserver | undefined;
  #width = 0;
  /** Undefined while the keyboard says which version is current. */
  #pointerX: number | undefined;
  readonly #frame: Ref<HTMLElement> = createRef();
  readonly #canvas: Ref<HTMLCanvasElement> = createRef();

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stopTheme = followTheme(() => this.#paint());
    this.#resizes = new ResizeObserver(() => {
      if (this.#width !== this.#frame.value?.clientWidth) this.requestUpdate();
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopTheme?.();
    this.#resizes?.disconnect();
  }

  protected override firstUpdated(): void {
    if (this.#frame.value) this.#resizes?.observe(this.#frame.value);
    this.requestUpdate();
  }

  protected override updated(_changed: PropertyValues): void {
    this.#paint();
  }

  get #axes(): readonly PlotColumn[] {
    return this.drawing?.axes ?? [];
  }

  /** As wide as the page, or wider and scrolled where there are many axes. */
  get #plotWidth(): number {
    this.#width = this.#frame.value?.clientWidth ?? 0;
    return Math.max(this.#width, ROOM.left + ROOM.right + LEAST_GAP * (this.#axes.length - 1));
  }

  #xOf(axis: number): number {
    const count = this.#axes.length;
    const inside = this.#plotWidth - ROOM.left - ROOM.right;
    return count < 2 ? ROOM.left + inside / 2 : ROOM.left + (inside * axis) / (count - 1);
  }

  #yOf(column: PlotColumn, value: number): number {
    return HEIGHT - ROOM.bottom - shareOf(column, value) * (HEIGHT - ROOM.top - ROOM.bottom);
  }

  #valueAtY(column: PlotColumn, y: number): number {
    const share = (HEIGHT - ROOM.bottom - y) / (HEIGHT - ROOM.top - ROOM.bottom);
    return valueAt(column, Math.min(Math.max(share, 0), 1));
  }

  #paint(): void {
    const { drawing } = this;
    const canvas = this.#canvas.value;
    const pen = canvas?.getContext('2d');
    if (!canvas || !pen || !drawing) return;
    const ratio = devicePixelRatio;
    const width = this.#plotWidth;
    canvas.width = Math.round(width * ratio);
    canvas.height = HEIGHT * ratio;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    const palette = paletteOf(this);
    const isFew = drawing.order.length <= 100;
    const tint = tintsOf(palette, faintestLine(drawing.order.length));
    const [faint = ''] = opaque([`color-mix(in srgb, ${palette.muted} 14%, transparent)`], palette.ground);
    const many = drawing.order.length > 600;
    for (const isPassing of [false, true]) {
      for (const index of drawing.order) {
        if (drawing.isPassing[index] !== isPassing) continue;
        const goodness = drawing.goodness[index] ?? Number.NaN;
        pen.strokeStyle = isPassing ? tint(goodness) : faint;
        pen.lineWidth = isPassing
          ? (many ? 0.6 : isFew ? 1.2 : 0.9) + (Number.isNaN(goodness) ? 0 : goodness) * 0.9
          : 0.6;
        this.#line(pen, index);
      }
    }
    pen.setLineDash([]);
    for (const [axis] of this.#axes.entries()) {
      pen.strokeStyle = palette.text;
      pen.lineWidth = 1;
      pen.beginPath();
      pen.moveTo(this.#xOf(axis), ROOM.top);
      pen.lineTo(this.#xOf(axis), HEIGHT - ROOM.bottom);
      pen.stroke();
    }
    for (const index of [...drawing.picked, ...(this.#current === undefined ? [] : [this.#current])]) {
      pen.strokeStyle = index === this.#current ? palette.focus : palette.text;
      pen.lineWidth = index === this.#current ? 3 : 2;
      pen.setLineDash(index === this.#current ? [] : [6, 3]);
      this.#line(pen, index);
    }
    pen.setLineDash([]);
  }

  /** With a gap at an axis on which the version has no value. */
  #line(pen: CanvasRenderingContext2D, index: number): void {
    let isDown = false;
    pen.beginPath();
    for (const [axis, column] of this.#axes.entries()) {
      const value = column.values[index] ?? Number.NaN;
      if (Number.isNaN(value)) {
        isDown = false;
        continue;
      }
      const [x, y] = [this.#xOf(axis), this.#yOf(column, value)];
      if (isDown) pen.lineTo(x, y);
      else pen.moveTo(x, y);
      isDown = true;
    }
    pen.stroke();
  }

  #place(event: PointerEvent | MouseEvent): readonly [x: number, y: number] {
    const box = this.#canvas.value?.getBoundingClientRect();
    return [event.clientX - (box?.left ?? 0), event.clientY - (box?.top ?? 0)];
  }

  #down(event: PointerEvent): void {
    if (event.button !== 0) return;
    const [x, y] = this.#place(event);
    const axis = this.#axes.findIndex((_, index) => Math.abs(this.#xOf(index) - x) <= AXIS_PX);
    if (axis < 0) return;
    this.#drag = { axis, from: y, to: y };
    this.#canvas.value?.setPointerCapture(event.pointerId);
  }

  #move(event: PointerEvent): void {
    const [x, y] = this.#place(event);
    this.#pointerX = x;
    if (this.#drag) {
      this.#drag.to = y;
      this.requestUpdate();
    } else this.#setCurrent(this.#nearest(x, y));
  }

  #up(event: PointerEvent): void {
    const drag = this.#drag;
    this.#drag = undefined;
    const column = drag && this.#axes[drag.axis];
    if (drag && column && Math.abs(drag.to - drag.from) >= SMALLEST_DRAG_PX) {
      const ends = [this.#valueAtY(column, drag.from), this.#valueAtY(column, drag.to)] as const;
      const [from, to] = [Math.min(...ends), Math.max(...ends)];
      // A text belongs to a drag that comes over its place.
      this.filtered(
        column,
        column.texts
          ? { texts: column.texts.filter((_, place) => place >= from - 0.3 && place <= to + 0.3) }
          : [from, to],
      );
      return;
    }
    if (column && this.drawing?.filters.has(column.key)) this.filtered(column, undefined);
    else if (this.#nearest(...this.#place(event)) !== undefined) this.#openCurrent();
  }

  /** The version whose line is nearest between two axes. */
  #nearest(x: number, y: number): number | undefined {
    const { drawing } = this;
    const right = this.#axes.findIndex((_, index) => this.#xOf(index) >= x);
    const [left, column] = [this.#axes[right - 1], this.#axes[right]];
    if (!drawing || !left || !column) return undefined;
    const share = (x - this.#xOf(right - 1)) / (this.#xOf(right) - this.#xOf(right - 1));
    let nearest: number | undefined;
    let least = NEAR_PX;
    for (const index of drawing.order) {
      if (drawing.isPassing[index] !== true) continue;
      const [one, other] = [left.values[index] ?? Number.NaN, column.values[index] ?? Number.NaN];
      const distance = Math.abs(this.#yOf(left, one) * (1 - share) + this.#yOf(column, other) * share - y);
      // Of two that are equally near, the better one lies over the other.
      if (distance > least) continue;
      least = distance;
      nearest = index;
    }
    return nearest;
  }

  #setCurrent(index: number | undefined): void {
    if (index === this.#current) return;
    this.#current = index;
    this.requestUpdate();
  }

  #openCurrent(): void {
    if (this.#current !== undefined) this.opened(this.#current);
  }

  /** The best first, as the table has them. */
  #key(event: KeyboardEvent): void {
    const bestFirst = (this.drawing?.order ?? []).filter((index) => this.drawing?.isPassing[index]).toReversed();
    if (bestFirst.length === 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const at = this.#current === undefined ? -1 : bestFirst.indexOf(this.#current);
    const go = (place: number) => this.#setCurrent(bestFirst[Math.min(Math.max(place, 0), bestFirst.length - 1)]);
    if (event.key === 'ArrowRight' || event.key === 'ArrowDown') go(at + 1);
    else if (event.key === 'ArrowLeft' || event.key === 'ArrowUp') go(at - 1);
    else if (event.key === 'PageDown') go(at + 20);
    else if (event.key === 'PageUp') go(at - 20);
    else if (event.key === 'Home') go(0);
    else if (event.key === 'End') go(bestFirst.length - 1);
    else if (event.key === 'Enter') this.#openCurrent();
    else if (event.key === ' ' && this.#current !== undefined) this.taken(this.#current);
    else if (event.key === 'Escape') this.#setCurrent(undefined);
    else return;
    this.#pointerX = undefined;
    event.preventDefault();
  }

  protected override render(): TemplateResult {
    const width = this.#plotWidth;
    return html`<div class="chart-frame parallel-frame" ${ref(this.#frame)}>
      <div class="parallel" .style=${`width: ${width}px`}>
        <div class="parallel-heads ${this.#axes.some(({ isLog }) => isLog) ? 'with-scale' : ''}" aria-hidden="true">${this.#axes.map((column, axis) => this.#head(column, axis))}</div>
        <div
          class="parallel-plot"
          role="application"
          aria-label=${this.label}
          tabindex="0"
          @keydown=${(event: KeyboardEvent) => this.#key(event)}
          @pointerdown=${(event: PointerEvent) => this.#down(event)}
          @pointermove=${(event: PointerEvent) => this.#move(event)}
          @pointerup=${(event: PointerEvent) => this.#up(event)}
          @pointerleave=${() => (this.#drag ? undefined : this.#setCurrent(undefined))}
        >
          <canvas ${ref(this.#canvas)} .style=${`width: ${width}px; height: ${HEIGHT}px`}></canvas>
          ${this.#axes.map((column, axis) => html`${this.#ticks(column, axis)}${this.#brush(column, axis)}`)}
          ${this.#glance(width)}
        </div>
      </div>
    </div>`;
  }

  #head(column: PlotColumn, axis: number): TemplateResult {
    const atEdge = 2 * ROOM.left;
    const gap = this.#axes.length < 2 ? atEdge : this.#xOf(1) - this.#xOf(0);
    const { name, isLog } = column;
    const metric = this.#axes.at(-1)?.name ?? '';
    const told = [name, associationTold(column, metric), isLog ? t('logarithmic') : ''];
    const isAtEdge = axis === 0 || axis === this.#axes.length - 1;
    const place = `left: ${this.#xOf(axis)}px; width: ${(isAtEdge ? Math.min(gap, atEdge) : gap) - 10}px`;
    return html`<span class="parallel-head" .style=${place} title=${told.filter((part) => part !== '').join('\n')}
      ><b class="ellipsis">${cutName(name, { end: END_AT_AXIS })}</b><span class="muted ellipsis">${associationLabel(column)}</span>${isLog ? html`<span class="muted">${LOGARITHMIC}</span>` : nothing}</span
    >`;
  }

  #ticks(column: PlotColumn, axis: number): readonly TemplateResult[] {
    const { texts } = column;
    const shown = texts && axisTexts(texts);
    const every = texts ? Math.max(1, Math.ceil(texts.length / 12)) : 1;
    const places = texts
      ? texts.map((_, place) => place).filter((place) => place % every === 0)
      : (wholeTicks(column) ?? Array.from({ length: TICKS }, (_, tick) => valueAt(column, tick / (TICKS - 1))));
    const named = [...new Set(places)];
    const told = shown ? named.map((place) => shown[place] ?? '') : shortTexts(named, column);
    const isLast = axis === this.#axes.length - 1 && axis > 0;
    const side = isLast ? `left: ${this.#xOf(axis) + 5}px` : `right: calc(100% - ${this.#xOf(axis) - 5}px)`;
    return named.map(
      (value, place) =>
        html`<span
          class="parallel-tick ellipsis"
          .style=${`top: ${this.#yOf(column, value)}px; ${side}`}
          title=${texts?.[value] ?? nothing}
          aria-hidden="true"
          >${told[place]}</span
        >`,
    );
  }

  #brush(column: PlotColumn, axis: number): TemplateResult | typeof nothing {
    const drag = this.#drag?.axis === axis ? this.#drag : undefined;
    const filter = this.drawing?.filters.get(column.key);
    const box = (top: number, bottom: number) =>
      html`<span class="parallel-brush" .style=${`left: ${this.#xOf(axis) - 7}px; top: ${top}px; height: ${Math.max(2, bottom - top)}px`}></span>`;
    if (drag) return box(Math.min(drag.from, drag.to), Math.max(drag.from, drag.to));
    if (!filter) return nothing;
    if (!('texts' in filter)) return box(this.#yOf(column, filter[1]), this.#yOf(column, filter[0]));
    return html`${filter.texts.flatMap((text) => {
      const place = column.texts?.indexOf(text) ?? -1;
      return place < 0 ? [] : [box(this.#yOf(column, place) - 7, this.#yOf(column, place) + 7)];
    })}`;
  }

  #glance(width: number): TemplateResult | typeof nothing {
    const index = this.#current;
    if (index === undefined || this.#drag) return nothing;
    const frame = this.#frame.value;
    const [from, seen] = [frame?.scrollLeft ?? 0, frame?.clientWidth ?? width];
    // Away from the pointer, and between the outer axes where there is room: these have their names and values at the edges.
    const isRight = this.#pointerX !== undefined && this.#pointerX - from < seen / 2;
    const edge = seen < NARROW_PX ? 8 : ROOM.left + 10;
    const side = isRight ? `right: ${width - from - seen + edge}px` : `left: ${from + edge}px`;
    const room = Math.min(280, Math.max(120, seen - 2 * edge));
    return html`<div class="chart-glance" role="status" .style=${`${side}; top: 8px; max-width: ${room}px`}>${this.glance(index)}</div>`;
  }
}

customElements.define('parallel-plot', ParallelPlot);
