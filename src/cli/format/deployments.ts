import type { Deployment, DeployResult } from '../../serving/deploy.ts';
import { safeLine, styled } from '../terminal.ts';
import { versionJson } from './json.ts';
import { labelOf } from './values.ts';

/** What a deployment did, in a line. */
export function deployedText({ wanted, path, model, isChanged, setAside, served }: DeployResult): string {
  const place = safeLine(path);
  if (!wanted) {
    const stays = served ? `; ${numberOf(served)} stays in ${place}` : '';
    return `Nothing of ${safeLine(model)} is in production${stays}`;
  }
  const kept = setAside === undefined ? '' : `\nFiles that were changed there are in ${safeLine(setAside)}`;
  return isChanged
    ? `${styled('green', `Deployed ${labelOf(wanted)}`)} to ${place}${kept}`
    : `${labelOf(wanted)} is in ${place} already`;
}

/** How a folder stands, in a line. */
export function deploymentText({ state, model, path, wanted, served }: Deployment): string {
  const place = safeLine(path);
  if (state === 'none' || !wanted) {
    const stays = served ? `; ${place} has ${numberOf(served)}` : '';
    return `Nothing of ${safeLine(model)} is in production${stays}`;
  }
  if (state === 'deployed') return `${labelOf(wanted)} is in ${place}, verified`;
  if (state === 'changed') return styled('red', `The files of ${labelOf(wanted)} in ${place} were changed`);
  const instead = served ? `has ${numberOf(served)}` : 'has nothing';
  return styled('red', `${place} ${instead} instead of ${labelOf(wanted)}`);
}

export function deploymentJson({ model, path, place, state, wanted, served }: Deployment) {
  return {
    model,
    path,
    place,
    state,
    production: wanted ? versionJson(wanted) : null,
    deployed: served
      ? { version: served.number ?? null, id: served.version, digest: served.artifact, since: served.since }
      : null,
  };
}

function numberOf({ number, version }: NonNullable<Deployment['served']>): string {
  return number === undefined ? `draft ${version.slice(-6).toLowerCase()}` : `version ${number}`;
}
