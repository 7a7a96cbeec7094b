import type { PolicyDetails, PolicyPlan } from '../../registry/api/policies.ts';
import { safeLine, styled } from '../terminal.ts';

const MAX_LINE = 500;

export function policyText({ model, policy, lines }: PolicyDetails, ownFingerprint: string | undefined): string {
  const title = policy ? `Policy of ${model}` : `${model} has no policy: this holds for every model`;
  const own = ownFingerprint === undefined ? '' : `\n${styled('dim', `You sign with ${ownFingerprint}`)}`;
  return `${styled('bold', safeLine(title))}\n${lines.map((line) => `  ${safeLine(line, MAX_LINE)}`).join('\n')}${own}`;
}

/** What another policy changes, and what keeps this person from setting it. */
export function policyPlanText({ model, removed, added, kept, digest, nextDigest, problem }: PolicyPlan): string {
  if (removed.length + added.length === 0)
    return digest === nextDigest
      ? `The policy of ${safeLine(model)} is this already`
      : `The same rules as now, for ${safeLine(model)}`;
  return [
    styled('bold', safeLine(`Policy of ${model}`)),
    ...kept.map((line) => styled('dim', `    ${safeLine(line, MAX_LINE)}`)),
    ...removed.map((line) => styled('red', `  - ${safeLine(line, MAX_LINE)}`)),
    ...added.map((line) => styled('green', `  + ${safeLine(line, MAX_LINE)}`)),
    ...(problem === undefined
      ? []
      : [styled('yellow', `Others have to approve it first: ${safeLine(problem, MAX_LINE)}`)]),
  ].join('\n');
}
