import type { DangerFinding } from '../facts.ts';

const MAX_FILES = 100;

/** Classes that a model brings as Python code, which `trust_remote_code=True` imports. */
export function judgeRemoteCode(
  autoMap: Readonly<Record<string, string | readonly (string | null)[]>> | undefined,
  path: string,
): readonly DangerFinding[] {
  return Object.entries(autoMap ?? {})
    .slice(0, MAX_FILES)
    .map(([auto, classes]) => {
      const named = (typeof classes === 'string' ? [classes] : classes).filter((name) => name !== null).join(', ');
      const isElsewhere = named.includes('--');
      return {
        verdict: 'unknown',
        what: `${auto}: ${named}`.slice(0, 300),
        why: isElsewhere
          ? 'is Python code in another repository, which trust_remote_code downloads and runs'
          : 'is Python code of the model’s own, which trust_remote_code runs',
        path,
      } as const;
    });
}

/** Python code beside a model. */
export function judgeCodeFiles(paths: readonly string[]): readonly DangerFinding[] {
  return paths.slice(0, MAX_FILES).map((path) => ({
    verdict: 'unknown',
    what: 'Python code',
    why: 'is code that comes with the model: what it does isn’t looked into',
    path,
  }));
}
