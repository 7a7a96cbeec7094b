import type { Tool } from './tool.ts';
import { changeTools } from './tools/changes.ts';
import { findingTools } from './tools/finding.ts';
import { historyTools } from './tools/history.ts';
import { proposalTools } from './tools/proposals.ts';
import { reviewTools } from './tools/reviews.ts';
import { showVersion } from './tools/show.ts';

/** All that a language model can ask of a registry. */
export const TOOLS: readonly Tool[] = [
  ...findingTools,
  showVersion,
  ...changeTools,
  ...historyTools,
  ...reviewTools,
  ...proposalTools,
];
