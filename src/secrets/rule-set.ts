import { lintSource } from '@secretlint/core';
import { secretLintProfiler } from '@secretlint/profiler';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';
import type { FoundSecret } from './find-secrets.ts';

/** Secrets by the maintained rules of secretlint (https://github.com/secretlint/secretlint). It is loaded when a text needs a close look. */
export async function secretsByRuleSet(text: string): Promise<readonly FoundSecret[]> {
  // It keeps every step of every look for good, and goes through all of them at each: hundreds of texts would take minutes.
  secretLintProfiler.mark = () => undefined;
  const { messages } = await lintSource({
    source: { filePath: 'text', content: text, contentType: 'text' },
    options: { config: { rules: [{ id: 'preset', rule: creator }] }, noPhysicFilePath: true },
  });
  return messages.map(({ range: [start, end], ruleId }) => ({
    start,
    end,
    what: `what ${ruleId.replace(/^.*secretlint-rule-/, '')} uses as a secret`,
  }));
}
