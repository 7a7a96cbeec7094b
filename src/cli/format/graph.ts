import type { GraphNode, LineageGraph } from '../../registry/api/impact.ts';
import { safeLine, styled } from '../terminal.ts';
import { stageText } from './values.ts';

/** What made something above, what it went into below, as two trees. What stands in several places is drawn once and named again. */
export function graphText({ subject, nodes, edges }: LineageGraph): string {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const centre = byId.get(subject);
  if (!centre) return '';
  const before = (id: string) => edges.filter(({ to }) => to === id).map(({ from }) => from);
  const after = (id: string) => edges.filter(({ from }) => from === id).map(({ to }) => to);
  const sections = [
    { title: 'made from', next: before },
    { title: 'went into', next: after },
  ].flatMap(({ title, next }) => {
    const lines = branches(subject, next, byId, '    ', new Set([subject]));
    return lines.length === 0 ? [] : [`  ${styled('dim', title)}`, ...lines];
  });
  return [nodeText(centre), ...(sections.length === 0 ? ['  Nothing is known before or after it.'] : sections)].join(
    '\n',
  );
}

function branches(
  id: string,
  next: (id: string) => readonly string[],
  byId: ReadonlyMap<string, GraphNode>,
  indent: string,
  drawn: Set<string>,
): readonly string[] {
  const children = next(id).flatMap((child) => byId.get(child) ?? []);
  return children.flatMap((child, index) => {
    const isLast = index === children.length - 1;
    const isKnown = drawn.has(child.id);
    drawn.add(child.id);
    const line = `${indent}${styled('dim', isLast ? '└─' : '├─')} ${nodeText(child)}`;
    if (isKnown) return [next(child.id).length === 0 ? line : `${line} ${styled('dim', '(see above)')}`];
    return [line, ...branches(child.id, next, byId, `${indent}${isLast ? '   ' : `${styled('dim', '│')}  `}`, drawn)];
  });
}

const KINDS: Readonly<Record<GraphNode['kind'], string>> = {
  version: '',
  code: 'code',
  data: 'data',
  environment: 'environment',
  base: 'model',
  package: 'package',
  more: '',
};

function nodeText({ kind, label, detail, stage }: GraphNode): string {
  const parts = [
    styled('dim', KINDS[kind]),
    kind === 'version' ? styled('bold', safeLine(label)) : safeLine(label, 120),
    stage === undefined ? '' : stageText(stage),
    detail === undefined ? '' : styled('dim', safeLine(detail, 120)),
  ];
  return parts.filter((part) => part !== '').join(' ');
}
