import { PROJECT_FILE } from '../project/project-file-name.ts';

/** Suffixes of what is run, or says what is run: in a folder of outputs, too. JSON and YAML aren't among them, because trainers write those beside models. */
const CODE =
  /\.(?:py|pyi|pyw|pyx|pxd|ipynb|r|rmd|qmd|jl|m|sh|bash|zsh|fish|ps1|bat|cmd|sql|lua|rb|pl|php|[cm]?[jt]sx?|java|kts?|scala|groovy|clj|cs|fs|go|rs|swift|zig|nim|dart|hs|ml|exs?|erl|c|h|cc|cpp|cxx|hh|hpp|hxx|cu|cuh|hip|cl|f|f90|f95|toml|ini|cfg|mk|cmake|gradle|smk|nix)$/i;
const NAMES =
  /^(?:Makefile|GNUmakefile|Dockerfile|Containerfile|Snakefile|Justfile|Rakefile|Gemfile|CMakeLists\.txt)$/i;
const METRICS = /\.(?:json|ya?ml|toml|csv|tsv)$/i;

/** Whether a file is source code or its configuration, by its name alone. */
export function isCode(path: string): boolean {
  const name = nameOf(path);
  return CODE.test(name) || NAMES.test(name) || name === PROJECT_FILE;
}

/** Whether a file is of a kind that metrics are read from, by its name alone. */
export function mayHoldMetrics(path: string): boolean {
  return METRICS.test(path) && nameOf(path) !== PROJECT_FILE;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
