import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { createRef, type Ref, ref } from 'lit/directives/ref.js';
import uPlot from 'uplot';
import { t } from '../../base/language.ts';
import type { PlotBox, PlotPoint, TenureEntry } from '../../extension/messages/core-types.ts';
import { cutName } from '../shared/cut-name.ts';
import { axesOf, rangesOf, roomBeyond, type Scales, scalesOf } from './axes.ts';
import { type Band, boxBetween, type Drawing, nearestPoint, stretchBetween } from './drawing.ts';
import { paintBandLabels, paintBands, paintPoints, paintServing } from './paint.ts';
import { followTheme, paletteOf } from './palette.ts';

const NEAR_PX = 14;
/** So near to the line at which a version came into the stage, the pointer means it. */
const NEAR_LINE_PX = 5;
const SMALLEST_DRAG_PX = 6;
const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, PageUp: -20, PageDown: 20 };

/**
 * Versions as points. The pointer or the arrow keys make one current, a click or Enter opens it, and a drag chooses a part, as do the arrow keys
 * with Shift. What a point says stands beside it as `glance`, and a table has the same for whoever can't see it.
 */
class VersionChart extends LitElement {
  static override properties = {
    drawing: { attribute: false },
    glance: { attribute: false },
    moved: { attribute: false },
    label: {},
    chosen: { attribute: false },
    opened: { attribute: false },
  };
  declare drawing: Drawing | undefined;
  /** What is shown beside the current point. */
  declare glance: (point: PlotPoint) => TemplateResult;
  /** What is shown where a version came into the stage, if anything. */
  declare moved: ((tenure: TenureEntry) => TemplateResult) | undefined;
  declare label: string;
  declare chosen: (box: PlotBox | undefined) => void;
  declare opened: (number: number) => void;

  #plot: uPlot | undefined;
  #scales: Scales | undefined;
  #current: number | undefined;
  /** The time in the stage at whose beginning the pointer is. */
  #band: Band | undefined;
  /** The point from which Shift and the arrow keys choose. */
  #anchor: number | undefined;
  #hasDragged = false;
  #places: readonly (readonly [number, number])[] = [];
  #stopTheme: (() => void) | undefined;
  #resizes: ResizeObserver | undefined;
  readonly #frame: Ref<HTMLElement> = createRef();

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stopTheme = followTheme(() => this.#build());
    this.#resizes = new ResizeObserver(() => this.#resize());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopTheme?.();
    this.#resizes?.disconnect();
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  protected override firstUpdated(): void {
    if (this.#frame.value) this.#resizes?.observe(this.#frame.value);
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('drawing')) this.#build();
  }

  get #size(): { readonly width: number; readonly height: number } {
    const width = Math.max(120, this.#frame.value?.clientWidth ?? 0);
    return { width, height: width < 480 ? 240 : 340 };
  }

  #resize(): void {
    const { width } = this.#size;
    if (!this.#plot || this.#plot.width === width) return;
    this.#plot.setSize(this.#size);
  }

  #build(): void {
    const { drawing } = this;
    const frame = this.#frame.value;
    this.#plot?.destroy();
    this.#plot = undefined;
    if (!frame || !drawing || drawing.plot.points.length === 0) return;
    const { points } = drawing.plot;
    if (this.#current !== undefined && this.#current >= points.length) this.#current = undefined;
    if (this.#anchor !== undefined && this.#anchor >= points.length) this.#anchor = undefined;
    const palette = paletteOf(this);
    const scales = scalesOf(drawing);
    this.#scales = scales;
    const options: uPlot.Options = {
      ...this.#size,
      ms: 1,
      // Above, room for what was in the stage.
      padding: [drawing.bands.length > 0 ? 24 : 10, roomBeyond(drawing), 0, 0],
      scales: rangesOf(drawing, scales),
      axes: axesOf(drawing, scales, palette),
      series: [{}, { paths: () => null, points: { show: false } }],
      legend: { show: false },
      // The points are painted here, and so is which of them is current: it needn't be the one that is nearest along the axis.
      cursor: {
        x: false,
        y: false,
        points: { show: false },
        drag: {
          ...{ x: true, y: true, setScale: false, dist: SMALLEST_DRAG_PX },
          // The click at the end of a drag opens nothing.
          click: (_u, event) => {
            if (this.#hasDragged) event.stopPropagation();
          },
        },
        bind: { dblclick: () => null },
      },
      hooks: {
        drawClear: [(u) => paintBands(u, drawing, palette)],
        draw: [
          (u) => {
            paintServing(u, drawing, scales, palette);
            paintPoints(u, drawing, scales, palette);
            paintBandLabels(u, drawing, palette);
            this.#drawn(u);
          },
        ],
        setCursor: [(u) => this.#point(u)],
        setSelect: [(u) => this.#choose(u)],
      },
    };
    const { across, upright } = scales;
    const places = [points.map(([x]) => across.placeOf(x)), points.map(([, y]) => upright.placeOf(y))];
    this.#plot = new uPlot(options, [places[0] ?? [], places[1] ?? []], frame);
    const { over } = this.#plot;
    over.addEventListener('mousedown', () => {
      this.#hasDragged = false;
    });
    over.addEventListener('click', () => this.#openCurrent());
  }

  /** Where things are is known once they are drawn, which is a moment after it was asked for. */
  #drawn(u: uPlot): void {
    const points = this.drawing?.plot.points ?? [];
    const { across, upright } = this.#scales ?? {};
    if (!across || !upright) return;
    this.#places = points.map(([x, y]) => [u.valToPos(across.placeOf(x), 'x'), u.valToPos(upright.placeOf(y), 'y')]);
    this.#showSelection(u);
    this.requestUpdate();
  }

  #point(u: uPlot): void {
    const { left = -1, top = -1 } = u.cursor;
    if (left < 0) return;
    const current = nearestPoint(this.#places, [left, top], NEAR_PX);
    this.#setCurrent(current);
    this.#setBand(current === undefined ? this.#bandBeginningAt(u, left) : undefined);
  }

  #bandBeginningAt(u: uPlot, x: number): Band | undefined {
    const distance = ({ from }: Band) => Math.abs(u.valToPos(from, 'x') - x);
    const near = (this.drawing?.bands ?? []).filter((band) => distance(band) <= NEAR_LINE_PX);
    return near.sort((a, b) => distance(a) - distance(b))[0];
  }

  #setBand(band: Band | undefined): void {
    if (band === this.#band) return;
    this.#band = band;
    this.requestUpdate();
  }

  #setCurrent(index: number | undefined): void {
    if (index === this.#current) return;
    this.#current = index;
    this.requestUpdate();
  }

  #choose(u: uPlot): void {
    const { left, top, width, height } = u.select;
    const { across, upright } = this.#scales ?? {};
    if (!this.drawing || !across || !upright || width < SMALLEST_DRAG_PX) return;
    this.#hasDragged = true;
    const x = (place: number) => across.valueAt(u.posToVal(place, 'x'));
    const y = (place: number) => upright.valueAt(u.posToVal(place, 'y'));
    const box = boxBetween(this.drawing, [x(left), x(left + width)], [y(top), y(top + height)]);
    this.chosen(box);
  }

  /** The part that is chosen stays marked when the chart is drawn anew. */
  #showSelection(u: uPlot): void {
    const { selection, plot } = this.drawing ?? {};
    const scales = this.#scales;
    if (!selection || !scales) return;
    const { across, upright = [scales.upright.valueAt(0), scales.upright.valueAt(1)] } = selection;
    const places = 'texts' in across ? across.texts.map((text) => plot?.texts?.indexOf(text) ?? -1) : across;
    const [from, to] = [Math.min(...places), Math.max(...places)];
    if (!Number.isFinite(from)) return;
    const clip = (value: number, most: number) => Math.min(Math.max(value, 0), most);
    const { clientWidth, clientHeight } = u.over;
    const room = 'texts' in across || this.drawing?.across.kind === 'number' ? 0.4 : 0;
    const [left, right] = [from - room, to + room].map((value) =>
      clip(u.valToPos(scales.across.placeOf(value), 'x'), clientWidth),
    );
    const [bottom, top] = upright.map((value) => clip(u.valToPos(scales.upright.placeOf(value), 'y'), clientHeight));
    if (left === undefined || right === undefined || top === undefined || bottom === undefined) return;
    u.setSelect({ left, top, width: Math.max(right - left, 2), height: bottom - top }, false);
  }

  #openCurrent(): void {
    const point = this.#current === undefined ? undefined : this.drawing?.plot.points[this.#current];
    if (point) this.opened(point[2]);
  }

  #key(event: KeyboardEvent): void {
    const last = (this.drawing?.plot.points.length ?? 0) - 1;
    if (last < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const from = this.#current ?? (event.key === 'ArrowLeft' ? last + 1 : -1);
    const step = Object.hasOwn(STEPS, event.key) ? STEPS[event.key] : undefined;
    if (step !== undefined) this.#go(Math.min(Math.max(from + step, 0), last), event.shiftKey);
    else if (event.key === 'Home') this.#go(0, event.shiftKey);
    else if (event.key === 'End') this.#go(last, event.shiftKey);
    else if (event.key === 'Enter') this.#openCurrent();
    else if (event.key === 'Escape') this.#clear();
    else return;
    event.preventDefault();
  }

  /** With Shift, what lies between is chosen, whatever it measured. */
  #go(index: number, isChoosing: boolean): void {
    const { drawing } = this;
    const anchor = isChoosing ? (this.#anchor ?? this.#current ?? index) : undefined;
    this.#anchor = anchor;
    this.#setCurrent(index);
    const [one, other] = [drawing?.plot.points[anchor ?? -1], drawing?.plot.points[index]];
    if (drawing && one && other) this.chosen(stretchBetween(drawing, [one[0], other[0]]));
  }

  #clear(): void {
    this.#anchor = undefined;
    this.#setCurrent(undefined);
    this.chosen(undefined);
  }

  protected override render(): TemplateResult {
    return html`<div
      class="version-chart"
      role="application"
      aria-label=${this.label}
      tabindex="0"
      @keydown=${(event: KeyboardEvent) => this.#key(event)}
      @mouseleave=${() => {
        this.#setCurrent(undefined);
        this.#setBand(undefined);
      }}
    >
      <div class="chart-frame" ${ref(this.#frame)}></div>
      ${this.#axisName()}
      ${this.#currentMark()} ${this.#movedMark()}
    </div>`;
  }

  /** Versions and times tell by themselves what they are. */
  #axisName(): TemplateResult | typeof nothing {
    const { drawing } = this;
    if (!drawing || !('name' in drawing.across)) return nothing;
    const { name } = drawing.across;
    const text = scalesOf(drawing).across.span?.isLog ? `${name}, ${t('logarithmic')}` : name;
    return html`<div class="axis-name ellipsis muted" aria-hidden="true">${cutName(text, { title: name })}</div>`;
  }

  #movedMark(): TemplateResult | typeof nothing {
    const band = this.#band;
    const u = this.#plot;
    const frame = this.#frame.value;
    if (!band || !u || !frame || !this.moved || this.#current !== undefined) return nothing;
    const x = u.valToPos(band.from, 'x') + u.over.offsetLeft;
    const isRight = x > frame.clientWidth / 2;
    const side = isRight ? `right: ${frame.clientWidth - x + 8}px` : `left: ${x + 8}px`;
    const room = (isRight ? x : frame.clientWidth - x) - 8;
    return html`<div class="chart-glance" role="status" .style=${`${side}; top: ${u.over.offsetTop + 8}px; max-width: ${room}px`}>
      ${this.moved(band.tenure)}
    </div>`;
  }

  #currentMark(): TemplateResult | typeof nothing {
    const index = this.#current;
    const u = this.#plot;
    const point = index === undefined ? undefined : this.drawing?.plot.points[index];
    const place = index === undefined ? undefined : this.#places[index];
    const frame = this.#frame.value;
    if (!point || !place || !u || !frame) return nothing;
    const x = place[0] + u.over.offsetLeft;
    const y = place[1] + u.over.offsetTop;
    const isRight = x > frame.clientWidth / 2;
    const side = isRight ? `right: ${frame.clientWidth - x + 12}px` : `left: ${x + 12}px`;
    const height = y > 160 ? `bottom: ${frame.clientHeight - y + 8}px` : `top: ${y + 8}px`;
    return html`<div class="chart-current" .style=${`left: ${x}px; top: ${y}px`} aria-hidden="true"></div>
      <div class="chart-glance" role="status" .style=${`${side}; ${height}; max-width: ${isRight ? x : frame.clientWidth - x}px`}>
        ${this.glance(point)}
      </div>`;
  }
}

customElements.define('version-chart', VersionChart);
