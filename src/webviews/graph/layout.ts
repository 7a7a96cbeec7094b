import { Graph, layout } from '@dagrejs/dagre';
import type { LineageGraph } from '../../extension/messages/core-types.ts';

export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where nodes and edges are drawn. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** The upper left corner of each node, by its id. */
  readonly places: ReadonlyMap<string, Place>;
  readonly edges: readonly { readonly from: string; readonly to: string; readonly path: string }[];
}

const NODE_HEIGHT = 44;
const NARROW = 640;

/** What made something stands before it: to its left, or above it where the page is too narrow for that. Fits into the width where it can. */
export function drawingOf(graph: LineageGraph, width: number): Drawing {
  if (width < NARROW) {
    const across = drawn(graph, { isDown: false, nodeWidth: 180, between: 30 });
    return across.width <= width ? across : drawn(graph, { isDown: true, nodeWidth: 180, between: 30 });
  }
  const roomy = drawn(graph, { isDown: false, nodeWidth: 200, between: 56 });
  if (roomy.width <= width) return roomy;
  const tight = drawn(graph, { isDown: false, nodeWidth: 176, between: 36 });
  return tight.width <= width ? tight : drawn(graph, { isDown: false, nodeWidth: 150, between: 30 });
}

interface Measures {
  readonly isDown: boolean;
  readonly nodeWidth: number;
  readonly between: number;
}

function drawn(graph: LineageGraph, { isDown, nodeWidth, between }: Measures): Drawing {
  const laid = new Graph();
  laid.setGraph({ rankdir: isDown ? 'TB' : 'LR', nodesep: 14, ranksep: between, marginx: 8, marginy: 8 });
  laid.setDefaultEdgeLabel(() => ({}));
  for (const { id } of graph.nodes) laid.setNode(id, { width: nodeWidth, height: NODE_HEIGHT });
  for (const { from, to } of graph.edges) laid.setEdge(from, to);
  layout(laid);
  const places = new Map(
    graph.nodes.map(({ id }) => {
      const { x = 0, y = 0 } = laid.node(id);
      return [id, { x: x - nodeWidth / 2, y: y - NODE_HEIGHT / 2, width: nodeWidth, height: NODE_HEIGHT }] as const;
    }),
  );
  const edges = graph.edges.map(({ from, to }) => {
    const [before, after] = [places.get(from), places.get(to)];
    // The first and the last are where a straight line would meet the nodes; lines end in the middles of their sides.
    const bends = (laid.edge(from, to).points ?? []).slice(1, -1);
    const points = before && after ? [side(before, isDown, true), ...middles(bends), side(after, isDown, false)] : [];
    return { from, to, path: pathOf(points, isDown) };
  });
  const { width = 0, height = 0 } = laid.graph();
  return { width: Math.ceil(width), height: Math.ceil(height), places, edges };
}

/** An edge between neighbours has one bend, halfway, which the curve needs no help for. */
function middles(bends: readonly Point[]): readonly Point[] {
  return bends.length <= 1 ? [] : bends;
}

function side({ x, y, width, height }: Place, isDown: boolean, isLeaving: boolean): Point {
  if (isDown) return { x: x + width / 2, y: isLeaving ? y + height : y };
  return { x: isLeaving ? x + width : x, y: y + height / 2 };
}

/** A curve that leaves and reaches each point in the direction of the graph. */
function pathOf([first, ...rest]: readonly Point[], isDown: boolean): string {
  if (!first) return '';
  let last = first;
  const curves = rest.map((point) => {
    const [middleX, middleY] = [(last.x + point.x) / 2, (last.y + point.y) / 2];
    const [leaving, reaching] = isDown
      ? [`${last.x} ${middleY}`, `${point.x} ${middleY}`]
      : [`${middleX} ${last.y}`, `${middleX} ${point.y}`];
    last = point;
    return `C ${leaving} ${reaching} ${point.x} ${point.y}`;
  });
  return `M ${first.x} ${first.y} ${curves.join(' ')}`;
}

export type Direction = 'left' | 'right' | 'up' | 'down';

/** The node that is nearest in a direction: straight ahead counts for more than aside. */
export function nodeTowards(
  places: ReadonlyMap<string, Place>,
  from: string,
  direction: Direction,
): string | undefined {
  const here = places.get(from);
  if (!here) return undefined;
  const isSideways = direction === 'left' || direction === 'right';
  const sign = direction === 'left' || direction === 'up' ? -1 : 1;
  let best: { readonly id: string; readonly cost: number } | undefined;
  for (const [id, place] of places) {
    const [dx, dy] = [place.x - here.x, place.y - here.y];
    const ahead = (isSideways ? dx : dy) * sign;
    const aside = Math.abs(isSideways ? dy : dx);
    if (id === from || ahead <= 1) continue;
    const cost = ahead + 2 * aside;
    if (!best || cost < best.cost) best = { id, cost };
  }
  return best?.id;
}
