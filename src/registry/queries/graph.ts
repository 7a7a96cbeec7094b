import { changedSubmodules } from '../../base/changed-submodules.ts';
import { type DirectVersions, directVersions, fromVersion, idsOfVersion } from '../../catalog/impact-queries.ts';
import { nameOfData } from '../../catalog/inputs.ts';
import { lineageOf } from '../../catalog/lineage-queries.ts';
import type { Lineage } from '../../catalog/read-models/lineage.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import { versionById } from '../../catalog/version-queries.ts';
import type { GraphNode, LineageGraph } from '../api/impact.ts';
import { dbOf, readToHead, type Session } from '../session.ts';
import { filesOf } from './files.ts';
import { findSubject } from './impact-subject.ts';
import { registrationOf } from './intent-lines.ts';

/** Steps from the subject, both ways. */
const DEPTH = 4;
/** Versions that are shown of those that one thing went into, and nodes in all: more can't be looked at. */
const MAX_BRANCHES = 12;
const MAX_NODES = 80;
const MAX_DATA = 12;

/** See `RegistryQueries.graph`. */
export async function graph(session: Session, request: { readonly of: string }): Promise<LineageGraph> {
  await readToHead(session);
  const { subject, direct } = await findSubject(session, request.of);
  const drawn = new Drawing();
  const { version } = subject;
  if (version) {
    const id = drawn.addVersion(version);
    await drawUpstream(session, drawn, version, DEPTH);
    await drawDownstream(session, drawn, id, direct, DEPTH);
    return drawn.graph(id);
  }
  const { kind, name, path } = subject;
  const id = drawn.add({
    id: 'subject',
    kind: kind === 'package' ? kind : KINDS[kind],
    label: path ?? (kind === 'commit' ? name.slice(0, 12) : name),
    ...(path === undefined ? {} : { detail: name.slice(0, 12) }),
    of: request.of,
  });
  await drawDownstream(session, drawn, id, direct, DEPTH);
  return drawn.graph(id);
}

const KINDS = { version: 'version', data: 'data', commit: 'code', base: 'base' } as const;

class Drawing {
  readonly #nodes = new Map<string, GraphNode>();
  readonly #edges = new Map<string, { readonly from: string; readonly to: string }>();

  get isFull(): boolean {
    return this.#nodes.size >= MAX_NODES;
  }

  has(id: string): boolean {
    return this.#nodes.has(id);
  }

  add(node: GraphNode): string {
    if (!this.#nodes.has(node.id)) this.#nodes.set(node.id, node);
    return node.id;
  }

  addVersion({ id, model, number, pending, stage }: VersionSummary): string {
    const label = `${model}@${pending ? `draft-${id.slice(-6).toLowerCase()}` : number}`;
    return this.add({ id, kind: 'version', label, stage, of: `version:${id}` });
  }

  /** `from` went into `to`. */
  connect(from: string, to: string): void {
    this.#edges.set(`${from} ${to}`, { from, to });
  }

  graph(subject: string): LineageGraph {
    return { subject, nodes: [...this.#nodes.values()], edges: [...this.#edges.values()] };
  }
}

/** What made a version: all of it for the version itself, and of those before it the models that they were made from. */
async function drawUpstream(session: Session, drawn: Drawing, version: VersionSummary, depth: number): Promise<void> {
  const lineage = lineageOf(dbOf(session), version.id, await registrationOf(session, version.id));
  for (const input of depth === DEPTH ? inputNodes(lineage) : []) drawn.connect(drawn.add(input), version.id);
  const { baseModel } = lineage;
  if (!baseModel || depth === 0) return;
  const base = baseModel.versionId === undefined ? undefined : versionById(dbOf(session), baseModel.versionId);
  if (!base) {
    const { name } = baseModel;
    drawn.connect(drawn.add({ id: `base ${name}`, kind: 'base', label: name, of: `base:${name}` }), version.id);
    return;
  }
  const isKnown = drawn.has(base.id);
  drawn.connect(drawn.addVersion(base), version.id);
  if (!isKnown) await drawUpstream(session, drawn, base, depth - 1);
}

/** What a version was made from but for other models. */
export function inputNodes({ code, data, environment, dependencies }: Lineage): readonly GraphNode[] {
  const nodes: GraphNode[] = [];
  if (code) {
    const hasChanges = code.isDirty || changedSubmodules(code).length > 0;
    const detail = [code.branch, hasChanges ? 'with uncommitted changes' : undefined].filter(
      (text) => text !== undefined,
    );
    nodes.push({
      id: `code ${code.commit}`,
      kind: 'code',
      label: code.commit.slice(0, 12),
      detail: detail.join(', '),
      of: `commit:${code.commit}`,
    });
  }
  for (const entry of data.slice(0, MAX_DATA)) {
    const name = nameOfData(entry);
    const of = `data:${entry.sha256 ?? entry.hash ?? entry.path}`;
    nodes.push({
      id: `data ${entry.path} ${name ?? ''}`,
      kind: 'data',
      label: entry.path,
      detail: name?.slice(0, 12) ?? 'no digest',
      of,
    });
  }
  if (data.length > MAX_DATA)
    nodes.push({ id: 'data more', kind: 'more', label: `${data.length - MAX_DATA} more`, detail: 'data' });
  if (environment) {
    const python = environment.python === undefined ? 'Python' : `Python ${environment.python}`;
    nodes.push({
      id: `environment ${environment.digest}`,
      kind: 'environment',
      label: python,
      detail: `${dependencies.length} ${dependencies.length === 1 ? 'package' : 'packages'}`,
    });
  }
  return nodes;
}

/** What something went into, and what that went into, breadth first. */
async function drawDownstream(
  session: Session,
  drawn: Drawing,
  from: string,
  direct: DirectVersions,
  depth: number,
): Promise<void> {
  let level: { readonly id: string; readonly direct: DirectVersions }[] = [{ id: from, direct }];
  for (let step = 0; step < depth && level.length > 0; step += 1) {
    const next: typeof level = [];
    for (const { id, direct: into } of level) {
      const { versions, count } = directVersions(dbOf(session), into, MAX_BRANCHES);
      const shown = versions.filter((version) => drawn.has(version.id) || !drawn.isFull);
      for (const version of shown) {
        const isNew = !drawn.has(version.id);
        drawn.connect(id, drawn.addVersion(version));
        if (isNew) next.push({ id: version.id, direct: await intoOf(session, version) });
      }
      const hidden = count - shown.length;
      if (hidden > 0) {
        const label = `${hidden.toLocaleString('en-US')} more`;
        drawn.connect(
          id,
          drawn.add({ id: `more ${id}`, kind: 'more', label, detail: hidden === 1 ? 'version' : 'versions' }),
        );
      }
    }
    level = next;
  }
}

async function intoOf(session: Session, { id, artifact }: VersionSummary): Promise<DirectVersions> {
  const files = (await filesOf(session, artifact.digest)) ?? [];
  return fromVersion(idsOfVersion(dbOf(session), id), [artifact.digest, ...files.map(({ sha256 }) => sha256)]);
}
