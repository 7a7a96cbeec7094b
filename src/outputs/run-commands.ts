/** Programs that train models, or start what does. */
const TRAINS =
  /(?:^|[\s/\\;&|(])(?:python[\d.]*(?:\.exe)?|py|uv run|poetry run|pipenv run|pdm run|hatch run|pixi run|conda run|accelerate|torchrun|deepspeed|lightning|ray job|mlflow run|dvc (?:repro|exp)|snakemake|papermill|jupyter (?:nbconvert|execute)|make|just|task|invoke|Rscript|julia|kedro|metaflow|bash|sh|sbatch|srun|docker run|docker compose)(?=[\s"']|$)|(?:^|\s)\.{1,2}[/\\]\S+|\.(?:py|sh|ipynb)\b|(?:^|[\s/\\:_-])(?:re)?train(?:er|ing)?\b/i;
/** What runs for as long as a person works, and what only looks. */
const STAYS =
  /runserver|uvicorn|gunicorn|hypercorn|streamlit|gradio|flask|fastapi|http\.server|tensorboard|jupyter[- ](?:lab|notebook|server)|mlflow (?:ui|server)|dvc studio|\bserve\b|--watch|\bdev\b|\bpip3?\b|\bpytest\b|--version|--help/i;
/** A person types there what is done. */
const INTERACTIVE = /^\s*(?:\S*[/\\])?(?:i?python[\d.]*|bash|sh|julia|R)(?:\s+-i)?\s*$/i;
/** Tools that look at files and move them, whatever those are called. */
const TOOL =
  /^\s*(?:sudo\s+)?(?:git|gh|hg|ls|ll|dir|cd|pwd|pushd|popd|cat|bat|less|more|head|tail|wc|grep|rg|ag|find|fd|tree|du|df|stat|file|diff|cp|mv|rm|mkdir|rmdir|touch|ln|chmod|chown|vim?|nvim|nano|emacs|code|echo|printf|export|source|which|where|type|man|history|clear|kill|ps|top|htop|nvidia-smi|watch|tar|zip|unzip|curl|wget|scp|rsync|ssh|black|ruff|mypy|isort|flake8|pylint|pyright|shellcheck|model-registry)(?=\s|$)/i;

const MAX_LINE = 2000;

/** Whether a command of a terminal or task may be a training run, which ends when the command ends. */
export function mayTrain(commandLine: string): boolean {
  const line = commandLine.slice(0, MAX_LINE);
  return !STAYS.test(line) && partsOf(line).some(trains);
}

/** The words of the program that may train in a line of several commands, without the variables before it. */
export function programOf(commandLine: string): readonly string[] {
  const parts = partsOf(commandLine.slice(0, MAX_LINE));
  const part = parts.find(trains) ?? parts[0] ?? '';
  const plain = wordsOf(part);
  const first = plain.findIndex((word) => !/^(?:\w+=|time$|nohup$|exec$|command$|\(+$)/.test(word));
  return first === -1 ? [] : plain.slice(first);
}

/** The words of one command, without their quotes. */
export function wordsOf(part: string): readonly string[] {
  const words = part.match(/(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\])+/g) ?? [];
  return words.map((word) => word.replace(/"((?:[^"\\]|\\.)*)"|'([^']*)'/g, (_, a = '', b = '') => `${a}${b}`));
}

function trains(part: string): boolean {
  return TRAINS.test(part) && !TOOL.test(part) && !INTERACTIVE.test(part);
}

/** The commands of a line. */
export function partsOf(line: string): readonly string[] {
  return line.split(/&&|\|\||[;|\n]|(?<![<>&])&(?![>&])/);
}
