import { elementCount } from '../../base/shape.ts';
import type { FrozenGroup, TensorDifference } from './tensor-difference.ts';

const MAX_GROUPS = 1000;
/** Names come from files: what is deeper belongs to the last level. */
const MAX_DEPTH = 24;

interface Part {
  readonly children: Map<string, Part>;
  tensors: number;
  identical: number;
  elements: number;
}

/** The largest parts, by the names of the tensors, of which nothing changed; none where all or nothing changed. Largest first. */
export function frozenGroups(differences: readonly TensorDifference[]): readonly FrozenGroup[] {
  const root = newPart();
  for (const { name, kind, before } of differences) {
    const parts = name.split(/[./]/);
    const path = [...parts.slice(0, MAX_DEPTH), ...(parts.length > MAX_DEPTH ? ['…'] : [])].slice(0, -1);
    let part = root;
    count(part, kind, before);
    for (const step of path) {
      const child = part.children.get(step) ?? newPart();
      part.children.set(step, child);
      part = child;
      count(part, kind, before);
    }
  }
  if (isFrozen(root)) return [];
  const found: FrozenGroup[] = [];
  collect(root, '', found);
  return found.sort((a, b) => b.elements - a.elements).slice(0, MAX_GROUPS);
}

function newPart(): Part {
  return { children: new Map(), tensors: 0, identical: 0, elements: 0 };
}

function count(part: Part, kind: TensorDifference['kind'], before: TensorDifference['before']): void {
  part.tensors += 1;
  if (kind === 'identical') part.identical += 1;
  part.elements += elementCount(before?.shape ?? []) ?? 0;
}

function isFrozen({ tensors, identical }: Part): boolean {
  return tensors === identical;
}

function collect(parent: Part, prefix: string, found: FrozenGroup[]): void {
  const frozen = [...parent.children].filter(([, part]) => isFrozen(part));
  for (const row of inRows(frozen)) {
    const [first, last] = [row[0]?.[0] ?? '', row.at(-1)?.[0] ?? ''];
    found.push({
      name: `${prefix}${row.length > 1 ? `{${first}–${last}}` : first}`,
      tensors: row.reduce((sum, [, part]) => sum + part.tensors, 0),
      elements: row.reduce((sum, [, part]) => sum + part.elements, 0),
    });
  }
  for (const [step, part] of parent.children)
    if (part.identical > 0 && !isFrozen(part)) collect(part, `${prefix}${step}.`, found);
}

/** Numbered neighbours together, everything else by itself. */
function inRows(parts: readonly (readonly [string, Part])[]): readonly (readonly (readonly [string, Part])[])[] {
  const isNumber = ([step]: readonly [string, Part]) => /^\d{1,9}$/.test(step);
  const rows = parts.filter((part) => !isNumber(part)).map((part) => [part]);
  let row: (readonly [string, Part])[] = [];
  for (const part of parts.filter(isNumber).sort(([a], [b]) => Number(a) - Number(b))) {
    if (row.length > 0 && Number(part[0]) !== Number(row.at(-1)?.[0]) + 1) {
      rows.push(row);
      row = [];
    }
    row.push(part);
  }
  return row.length > 0 ? [...rows, row] : rows;
}
