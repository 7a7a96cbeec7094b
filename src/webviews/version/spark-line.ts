import { html, LitElement, nothing, svg, type TemplateResult } from 'lit';

/** A value of a curve at a place of its lower axis. */
export type SparkPoint = readonly [place: number, value: number];

const HEIGHT = 24;
const WIDTH = 96;
const MARGIN = 3;

/**
 * A small curve whose values can be read: under the pointer, or by the arrow keys. In a table, one curve is reached by Tab and the others from it with the
 * keys up and down. Fires `choose` with the place of a point that was clicked, or Enter was pressed on.
 */
export class SparkLine extends LitElement {
  static override properties = {
    points: { attribute: false },
    gaps: { attribute: false },
    own: { attribute: false },
    label: { attribute: false },
    textOf: { attribute: false },
    isFirst: { attribute: false },
    isChoosable: { attribute: false },
  };
  declare points: readonly SparkPoint[];
  /** Places where there is a value that can't be drawn: the curve breaks off before it. */
  declare gaps: readonly number[];
  /** The place that is marked. */
  declare own: number | undefined;
  declare label: string;
  /** A point in words, for eyes and ears. */
  declare textOf: (point: SparkPoint) => string;
  declare isFirst: boolean;
  declare isChoosable: boolean;
  #looked: number | undefined;

  constructor() {
    super();
    this.points = [];
    this.gaps = [];
    this.label = '';
    this.textOf = ([, value]) => String(value);
    this.isFirst = true;
    this.isChoosable = false;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    const { points } = this;
    const own = points.findIndex(([place]) => place === this.own);
    const shown = this.#looked ?? (own < 0 ? points.length - 1 : own);
    const point = points[shown];
    if (point === undefined) return html``;
    const at = placesOf(points);
    return html`<span
      class="spark ${this.isChoosable ? 'choosable' : ''}"
      role="slider"
      tabindex=${this.isFirst ? '0' : '-1'}
      aria-label=${this.label}
      aria-valuemin="0"
      aria-valuemax=${points.length - 1}
      aria-valuenow=${shown}
      aria-valuetext=${this.textOf(point)}
      @pointermove=${this.#point}
      @pointerleave=${() => this.#look(undefined)}
      @blur=${() => this.#look(undefined)}
      @focus=${this.#focus}
      @keydown=${this.#key}
      @click=${() => this.#choose(point)}
      ><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
        ${svg`<path class="spark-curve" d=${lineThrough(points, this.gaps, at)} vector-effect="non-scaling-stroke"></path>
          ${own < 0 ? nothing : dot('spark-own', at(points[own] ?? point))}
          ${this.#looked === undefined ? nothing : dot('spark-looked', at(point))}`}
      </svg>
      ${this.#looked === undefined ? nothing : html`<span class="spark-note" aria-hidden="true">${this.textOf(point)}</span>`}</span
    >`;
  }

  #look(place: number | undefined): void {
    if (place === this.#looked) return;
    this.#looked = place;
    this.requestUpdate();
  }

  #point = (event: PointerEvent): void => {
    const { left, width } = this.getBoundingClientRect();
    const [first = 0, last = 0] = [this.points[0]?.[0], this.points.at(-1)?.[0]];
    const wanted = first + ((event.clientX - left) / (width || 1)) * (last - first);
    let nearest = 0;
    for (const [index, [place]] of this.points.entries())
      if (Math.abs(place - wanted) < Math.abs((this.points[nearest]?.[0] ?? 0) - wanted)) nearest = index;
    this.#look(nearest);
  };

  #focus = (): void => {
    for (const other of this.#siblings()) other.tabIndex = -1;
    const own = this.querySelector<HTMLElement>('.spark');
    if (own) own.tabIndex = 0;
    const marked = this.points.findIndex(([place]) => place === this.own);
    this.#look(marked < 0 ? this.points.length - 1 : marked);
  };

  #key = (event: KeyboardEvent): void => {
    const last = this.points.length - 1;
    const now = this.#looked ?? last;
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: now - 1,
      ArrowRight: now + 1,
      PageUp: now - 10,
      PageDown: now + 10,
      Home: 0,
      End: last,
    };
    const to = Object.hasOwn(moves, event.key) ? moves[event.key] : undefined;
    const point = this.points[now];
    if (to !== undefined) this.#look(Math.min(Math.max(to, 0), last));
    else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') this.#leave(event.key === 'ArrowUp' ? -1 : 1);
    else if (event.key === 'Enter' && point) this.#choose(point);
    else return;
    event.preventDefault();
  };

  #leave(step: number): void {
    const all = this.#siblings();
    const own = all.findIndex((spark) => this.contains(spark));
    all[own + step]?.focus();
  }

  #siblings(): readonly HTMLElement[] {
    return [...(this.closest('table, ul')?.querySelectorAll<HTMLElement>('.spark') ?? [])];
  }

  #choose([place]: SparkPoint): void {
    if (this.isChoosable) this.dispatchEvent(new CustomEvent('choose', { detail: place }));
  }
}

function dot(name: string, [x, y]: SparkPoint): TemplateResult {
  // A line of no length with round ends stays round however the picture is stretched.
  return svg`<path class=${name} d="M${x.toFixed(1)} ${y.toFixed(1)}h0.01" vector-effect="non-scaling-stroke"></path>`;
}

function placesOf(points: readonly SparkPoint[]): (point: SparkPoint) => SparkPoint {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const [, value] of points) {
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  const [first = 0, last = 0] = [points[0]?.[0], points.at(-1)?.[0]];
  return ([place, value]) => [
    first === last ? WIDTH / 2 : MARGIN + ((place - first) / (last - first)) * (WIDTH - 2 * MARGIN),
    // Halves first: the difference of two great numbers may be infinite.
    least === greatest
      ? HEIGHT / 2
      : HEIGHT - MARGIN - ((value / 2 - least / 2) / (greatest / 2 - least / 2)) * (HEIGHT - 2 * MARGIN),
  ];
}

function lineThrough(
  points: readonly SparkPoint[],
  gaps: readonly number[],
  at: (point: SparkPoint) => SparkPoint,
): string {
  let gap = 0;
  return points
    .map((point, index) => {
      const before = gap;
      while (gap < gaps.length && (gaps[gap] ?? 0) <= point[0]) gap += 1;
      const [x, y] = at(point);
      return `${index === 0 || gap > before ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join('');
}

customElements.define('spark-line', SparkLine);
