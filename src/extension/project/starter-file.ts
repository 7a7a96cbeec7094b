/** What is on disk until the person saves what they filled in: a valid file that declares nothing. */
export const STARTER_TEXT = `# Which files training writes, and what belongs to them. Commit this file.
# A version is registered whenever the outputs of a model are complete.
models: {}
`;

/** The same with a model to fill in, as a snippet. \`name\` is a first guess. */
export function starterSnippet(name: string): string {
  return `# Which files training writes, and what belongs to them. Commit this file.
# A version is registered whenever the outputs of a model are complete.
models:
  \${1:${name}}:
    # Files, folders and globs that training writes. All that match are one artifact.
    outputs: [\${2:models/**}]
    # JSON, YAML, TOML or CSV files with the metrics and params of the run.
    metrics: [\${3:metrics.json}]
    params: [\${4:params.yaml}]
    # What training reads: its digests are recorded with the version.
    data: [\${5:data/train.csv}]
$0`;
}
