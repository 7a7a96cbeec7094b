/** Programs that train models, or start what does. */
const TRAINS =
  /(?:^|[\s/\\;&|(])(?:python[\d.]*(?:\.exe)?|py|uv run|poetry run|pipenv run|pdm run|hatch run|pixi run|conda run|accelerate|torchrun|deepspeed|lightning|ray job|mlflow run|dvc (?:repro|exp)|snakemake|papermill|jupyter (?:nbconvert|execute)|make|just|task|invoke|Rscript|julia|kedro|metaflow|bash|sh|sbatch|srun|docker run|docker compose)(?=[\s"']|$)|(?:^|\s)\.{1,2}[/\\]\S+|\.(?:py|sh|ipynb)\b/i;
/** What runs for as long as a person works, and what only looks. */
const STAYS =
  /runserver|uvicorn|gunicorn|hypercorn|streamlit|gradio|flask|fastapi|http\.server|tensorboard|jupyter[- ](?:lab|notebook|server)|mlflow (?:ui|server)|dvc studio|\bserve\b|--watch|\bdev\b|\bpip3?\b|\bpytest\b|--version|--help/i;
/** A person types there what is done. */
const INTERACTIVE = /^\s*(?:\S*[/\\])?(?:i?python[\d.]*|bash|sh|julia|R)(?:\s+-i)?\s*$/i;

/** Whether a command of a terminal or task may be a training run, which ends when the command ends. */
export function mayTrain(commandLine: string): boolean {
  const line = commandLine.slice(0, 2000);
  return TRAINS.test(line) && !STAYS.test(line) && !INTERACTIVE.test(line);
}
