/** The tools, by their names: an editor is told of them before they are read. */
export const TOOL_NAMES = [
  'list_models',
  'list_versions',
  'search_versions',
  'show_version',
  'compare_versions',
  'what_changed',
  'what_descends',
  'in_production',
  'history',
  'check_gates',
  'list_reviews',
  'refused_work',
  'propose_promotion',
  'propose_rollback',
] as const;
export type ToolName = (typeof TOOL_NAMES)[number];
