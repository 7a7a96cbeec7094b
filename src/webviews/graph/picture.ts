import { html, nothing, svg, type TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';
import { t, tCount } from '../../base/language.ts';
import type { GraphNode, LineageGraph } from '../../extension/messages/core-types.ts';
import { cutName } from '../shared/cut-name.ts';
import { edged } from '../shared/edges.ts';
import type { PageContext } from '../shared/page.ts';
import { icon } from '../shared/parts.ts';
import { type Direction, type Drawing, drawingOf, nodeTowards } from './layout.ts';

const DIRECTIONS: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

const icons: Readonly<Record<GraphNode['kind'], string>> = {
  version: 'package',
  code: 'git-commit',
  data: 'database',
  environment: 'server-environment',
  base: 'globe',
  package: 'library',
  more: 'ellipsis',
};

const words = (): Readonly<Record<GraphNode['kind'], string>> => ({
  version: t('version'),
  code: t('commit'),
  data: t('data'),
  environment: t('environment'),
  base: t('base model'),
  package: t('package'),
  more: '',
});

/** The node that the arrow keys start from. */
let current: string | undefined;
let known: { readonly graph: LineageGraph; readonly width: number; readonly drawing: Drawing } | undefined;

/** The graph as a picture whose nodes are buttons: one of them is reached by Tab, the others from it by arrow keys. */
export function graphPicture(graph: LineageGraph, page: PageContext): TemplateResult {
  const width = document.documentElement.clientWidth;
  const drawing = known?.graph === graph && known.width === width ? known.drawing : drawn(graph, width);
  const { places, edges } = drawing;
  if (current === undefined || !places.has(current)) current = graph.subject;
  const focused = current;
  return html`<div class="graph-frame edges"><div class="graph-scroller edged" ${ref(edged)} @focusin=${(event: FocusEvent) => follow(event, page)}>
    <svg
      class="graph"
      role="group"
      aria-label=${t('Lineage graph. Arrow keys move between nodes, Enter opens one.')}
      width=${drawing.width}
      height=${drawing.height}
      viewBox="0 0 ${drawing.width} ${drawing.height}"
      @keydown=${(event: KeyboardEvent) => move(event, drawing)}
    >
      <defs>
        <marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto-start-reverse">
          <path class="graph-arrow" d="M 0 0 L 8 4 L 0 8 z"></path>
        </marker>
      </defs>
      ${edges.map(({ from, to, path }) => svg`<path class="graph-edge ${from === focused || to === focused ? 'near' : ''}" d=${path} marker-end="url(#arrow)"></path>`)}
      ${graph.nodes.map((node) => nodeView(node, graph, drawing, page))}
    </svg>
  </div></div>`;
}

function drawn(graph: LineageGraph, width: number): Drawing {
  // The frame has its page's margins and a line on both sides.
  const drawing = drawingOf(graph, width - 50);
  known = { graph, width, drawing };
  requestAnimationFrame(() => showSubject(graph.subject));
  return drawing;
}

/** Where there is more than fits, the middle of it all is what was asked about. */
function showSubject(subject: string): void {
  const scroller = document.querySelector('.graph-scroller');
  const place = known?.drawing.places.get(subject);
  if (!scroller || !place) return;
  scroller.scrollLeft = place.x + place.width / 2 - scroller.clientWidth / 2;
  scroller.scrollTop = place.y + place.height / 2 - scroller.clientHeight / 2;
}

function nodeView(node: GraphNode, graph: LineageGraph, { places }: Drawing, page: PageContext): TemplateResult {
  const place = places.get(node.id);
  if (!place) return svg``;
  const { id, kind, label, detail, stage } = node;
  const second = stage ?? detail;
  const isSubject = id === graph.subject;
  return svg`<foreignObject x=${place.x} y=${place.y} width=${place.width} height=${place.height}>
    <button
      class="graph-node node-${kind} ${isSubject ? 'subject' : ''}"
      data-node=${id}
      tabindex=${id === current ? 0 : -1}
      title="${label}${second === undefined || second === '' ? '' : `, ${second}`}"
      aria-current=${isSubject ? 'true' : nothing}
      @click=${() => activate(node, isSubject, page)}
    >
      <span class="only-read-aloud">${spoken(node, graph)}</span>
      <span class="graph-node-look" aria-hidden="true"
        >${icon(icons[kind])}<span class="graph-node-text">
          ${kind === 'version' ? versionLabel(label) : cutName(label)}
          ${second === undefined || second === '' ? nothing : cutName(second, { look: stage === undefined ? 'muted' : ['muted', `graph-stage-${colourOf(stage)}`].join(' ') })}
        </span></span
      >
    </button>
  </foreignObject>`;
}

/** A long name gives way to the number. */
function versionLabel(label: string): TemplateResult {
  const at = label.lastIndexOf('@');
  const [model, number] = at < 0 ? [label, ''] : [label.slice(0, at), label.slice(at)];
  return html`<span class="graph-version">${cutName(model)}<span class="unbroken">${number}</span></span>`;
}

/** Only the stages that have a colour become part of a class. */
function colourOf(stage: string): string {
  return ['production', 'staging', 'archived'].includes(stage) ? stage : 'other';
}

/** What it is, and what it hangs together with: a picture says that by its lines. */
function spoken({ id, kind, label, detail, stage }: GraphNode, { nodes, edges }: LineageGraph): string {
  const labelOf = (other: string) => nodes.find((node) => node.id === other)?.label ?? '';
  const from = edges.filter(({ to }) => to === id).map((edge) => labelOf(edge.from));
  const into = edges.filter((edge) => edge.from === id).map(({ to }) => labelOf(to));
  const parts = [
    `${words()[kind]} ${label}`.trim(),
    stage ?? '',
    detail ?? '',
    from.length === 0 ? '' : t('made from {names}', { names: listed(from) }),
    into.length === 0 ? '' : t('went into {names}', { names: listed(into) }),
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 4).join(', ');
  return names.length > 4
    ? tCount(names.length - 4, '{names} and {count} more', '{names} and {count} more', { names: shown })
    : shown;
}

/** A version's own page, or the graph around anything else. */
function activate({ id, kind, of }: GraphNode, isSubject: boolean, page: PageContext): void {
  if (kind === 'version') page.openVersion(id);
  else if (of !== undefined && !isSubject) page.openGraph(of);
}

function follow(event: FocusEvent, page: PageContext): void {
  const node = event.target instanceof HTMLElement ? event.target.dataset.node : undefined;
  if (node === undefined || node === current) return;
  current = node;
  page.redraw();
}

function move(event: KeyboardEvent, { places }: Drawing): void {
  const direction = DIRECTIONS[event.key];
  if (direction === undefined || current === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const next = nodeTowards(places, current, direction);
  const svgElement = event.currentTarget instanceof SVGElement ? event.currentTarget : undefined;
  for (const button of svgElement?.querySelectorAll<HTMLElement>('[data-node]') ?? []) {
    if (button.dataset.node !== next) continue;
    button.focus({ preventScroll: true });
    button.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }
}
