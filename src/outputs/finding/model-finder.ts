import { readdir } from 'node:fs/promises';
import { basename, join, posix } from 'node:path';
import { RegistryError, systemErrorCode } from '../../base/errors.ts';
import { type Inspector, inlineInspector } from '../../modelfiles/inspector.ts';
import { matcherOf } from '../../project/declared-paths.ts';
import type { Project } from '../../project/project-schema.ts';
import { RUN_MS } from '../metrics-files.ts';
import { mayBeOthers } from '../model-claims.ts';
import { stampOf } from '../output-files.ts';
import { wholenessOf } from '../wholeness.ts';
import type { NameVerdict } from './model-names.ts';
import { isNamedMetrics, type Proposal, proposalFor } from './proposal.ts';
import { mayBeModelByPlace, verdictOfFacts } from './unsure-models.ts';
import { type FoundFile, WorkspaceScan } from './workspace-scan.ts';

/** Of the newest files that could be models, so many are looked into. */
const MAX_LOOKED_INTO = 20;
/** Folders at the workspace's root where metrics usually are. */
const METRICS_FOLDERS = ['reports', 'metrics', 'results', 'evaluation', 'dvclive'];
const MAX_BESIDE = 500;

export interface FindOptions {
  /** What was written before isn't news; milliseconds since the epoch. */
  readonly sinceMs: number;
  /** What the project file declares already. */
  readonly project: Project | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Candidate {
  readonly path: string;
  readonly file: string;
  readonly verdict: FoundFile['verdict'];
  readonly mtimeMs: number;
}

/** Finds models in a workspace that nobody has declared. Remembers the folders it has seen, so that looking again costs little. */
export class ModelFinder {
  readonly #root: string;
  readonly #scan: WorkspaceScan;
  readonly #inspector: Pick<Inspector, 'completeness' | 'inspect'>;

  /** Files are read on the calling thread unless an inspector is given. */
  constructor(root: string, inspector: Pick<Inspector, 'completeness' | 'inspect'> = inlineInspector()) {
    this.#root = root;
    this.#scan = new WorkspaceScan(root);
    this.#inspector = inspector;
  }

  /** How the project file would declare the newest model that appeared; undefined where none did, or it isn't complete yet. */
  async find({ sinceMs, project, signal }: FindOptions): Promise<Proposal | undefined> {
    const { files } = await this.#scan.scan(signal);
    const isDeclared = matcherOf(Object.values(project?.models ?? {}).flatMap(({ outputs }) => outputs));
    const declaredFolders = new Set<string>();
    const candidates: Candidate[] = [];
    for (const { path, verdict } of files) {
      signal?.throwIfAborted();
      if (isDeclared(path)) {
        declaredFolders.add(posix.dirname(path));
        continue;
      }
      const stamp = await stampOf(join(this.#root, path));
      if (stamp && stamp.sizeBytes > 0 && stamp.changedAtMs > sinceMs)
        candidates.push({ path, verdict, file: stamp.file, mtimeMs: stamp.mtimeMs });
    }
    const sure: Candidate[] = [];
    const possible: Candidate[] = [];
    for (const candidate of candidates.sort((a, b) => b.mtimeMs - a.mtimeMs).slice(0, MAX_LOOKED_INTO)) {
      signal?.throwIfAborted();
      const kind = await this.#kindOf(candidate);
      if (kind === 'model') sure.push(candidate);
      // Beside a model that is declared, this is what it needs.
      else if (kind === 'unsure' && !declaredFolders.has(posix.dirname(candidate.path))) {
        if (await this.#isModelByPlace(candidate, sinceMs)) possible.push(candidate);
      }
    }
    // Whoever writes a model writes what it needs, too: that isn't offered in its place.
    const models = sure.length > 0 ? sure : possible;
    if (models.length === 0) return undefined;
    return proposalFor({
      models,
      beside: await this.#beside(models),
      mayBeOthers: (path, outputs) => mayBeOthers(path, outputs, project),
      takenNames: Object.keys(project?.models ?? {}),
      workspaceName: basename(this.#root),
    });
  }

  /**
   * A name that nothing but models has is enough, if the file is whole; else the file has to say that it is one. What holds something else than a table stays
   * unsure; undefined is no model.
   */
  async #kindOf({ path, file, verdict }: Candidate): Promise<NameVerdict> {
    if ((await wholenessOf([{ path, file }], this.#inspector)).kind === 'incomplete') return undefined;
    if (verdict === 'model') return 'model';
    try {
      const { facts } = await this.#inspector.inspect({ path: file });
      return facts === undefined ? undefined : verdictOfFacts(facts);
    } catch (error) {
      if (RegistryError.is(error)) return undefined;
      throw error;
    }
  }

  async #isModelByPlace({ path, mtimeMs }: Candidate, sinceMs: number): Promise<boolean> {
    if (mayBeModelByPlace(path, false)) return true;
    if (!mayBeModelByPlace(path, true)) return false;
    const folder = posix.dirname(path);
    const names = await readdir(join(this.#root, folder)).catch(noFolder);
    for (const name of names.slice(0, MAX_BESIDE).filter(isNamedMetrics)) {
      const stamp = await stampOf(join(this.#root, folder, name));
      if (stamp && stamp.changedAtMs > sinceMs && Math.abs(stamp.mtimeMs - mtimeMs) <= RUN_MS) return true;
    }
    return false;
  }

  /** Files in the folders around the models, and where metrics usually are. */
  async #beside(models: readonly Candidate[]): Promise<readonly string[]> {
    const folders = new Set(['', ...METRICS_FOLDERS]);
    for (const { path } of models) {
      const names = path.split('/').slice(0, -1);
      for (const length of [names.length, names.length - 1])
        if (length > 0) folders.add(names.slice(0, length).join('/'));
    }
    const found: string[] = [];
    for (const folder of folders) {
      const entries = await readdir(join(this.#root, folder), { withFileTypes: true }).catch(noFolder);
      for (const entry of entries.slice(0, MAX_BESIDE))
        if (entry.isFile()) found.push(folder === '' ? entry.name : `${folder}/${entry.name}`);
    }
    return found;
  }
}

function noFolder(error: unknown): [] {
  if (systemErrorCode(error) === undefined) throw error;
  return [];
}
