import { RegistryError } from '../base/errors.ts';
import type { Policy } from '../log/policy-schema.ts';
import { parsePolicy } from '../rules/policy.ts';
import { problemsOfPolicy } from './policy-problems.ts';

/** Throws `POLICY_INVALID`, which names what is wrong, for anything that this program wouldn't accept from the log. */
export function checkedPolicy(value: unknown): Policy {
  const problems = problemsOfPolicy(value);
  if (problems !== undefined) throw invalid(`can't be used: ${problems}`);
  const verdict = parsePolicy(value);
  if (verdict.kind === 'policy') return verdict.policy;
  throw invalid(
    verdict.kind === 'malformed'
      ? verdict.problem
      : `needs ${verdict.needs.join(', ')}, which this version of Model Registry doesn't know`,
  );
}

function invalid(problem: string): RegistryError {
  return new RegistryError('POLICY_INVALID', `The policy ${problem.replace(/[.?]$/, '')}. Nothing was changed.`);
}
