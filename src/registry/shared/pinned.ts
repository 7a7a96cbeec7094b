import type { Project } from '../../project/project-schema.ts';
import { sectionProblem } from '../../project/unusable-sections.ts';
import type { LogHead } from '../api/log.ts';
import { remoteUrl } from './remote-url.ts';

/** A head as `model-registry head` prints it; undefined for any other text. */
export function headOf(text: string): LogHead | undefined {
  const [, seq, hash] = /^([1-9]\d{0,14}):([0-9a-f]{64})$/.exec(text.trim()) ?? [];
  return seq === undefined || hash === undefined ? undefined : { seq: Number(seq), hash };
}

/**
 * The commit that the project file says the shared registry at `url` has. What it says of another one doesn't count. Throws `PROJECT_FILE_INVALID`
 * where that can't be read: there may be one.
 */
export function pinnedHead(project: Project | undefined, url: string): LogHead | undefined {
  const problem = sectionProblem(project, 'remote', 'head');
  if (problem) throw problem;
  if (project?.head === undefined || project.remote === undefined) return undefined;
  return remoteUrl(project.remote) === remoteUrl(url) ? headOf(project.head) : undefined;
}
