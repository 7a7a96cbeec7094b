import { messageOf } from '../base/errors.ts';
import type { Project } from '../project/project-schema.ts';
import type { Recording, Registry } from '../registry/api/registry.ts';
import { recordedEvents } from '../registry/recorded-events.ts';
import { commandsDigest, readConfirmations } from '../serving/after/confirmed.ts';
import { type FollowUpActivity, followUp, secretFromEnvironment } from '../serving/after/follow-up.ts';
import { keepWaiting, takeDecided } from '../serving/after/waiting.ts';
import { placesOf } from '../serving/declared-places.ts';
import { deploy } from '../serving/deploy.ts';
import { deployedText } from './format/deployments.ts';
import { print, safeLine } from './terminal.ts';

/** `run` confirms everything, for machines where nobody can be asked; `off` leaves out what isn't deploying. */
const SWITCH = 'MODEL_REGISTRY_AFTER';
const MAX_LINE = 4000;

export interface FollowingUp {
  readonly registry: Registry;
  readonly root: string;
  readonly project: Project;
  readonly isJson: boolean;
  readonly signal: AbortSignal;
}

/**
 * Does what the project wants to be done after this command's recordings, and after those of commands before it that are shared by now. What
 * is recorded stays, and the command has succeeded, whatever comes of it: what fails is said on standard error.
 */
export async function followUpAll(recordings: readonly Recording[], following: FollowingUp): Promise<void> {
  const { registry, root } = following;
  const due: Recording[] = [];
  for (const recording of recordings) {
    const outcome = recording.pending ? await registry.outcomeOf(recording.id) : 'applied';
    if (outcome === 'applied') due.push(recording);
    if (outcome === 'pending') await keepWaiting(registry.location.dir, root, recording);
  }
  for await (const recording of takeDecided(registry, root)) due.push(recording);
  await deployMoved([...due, ...recordings.filter(({ pending }) => pending)], following);
  await runDue(due, following);
}

/** Deploys the models of which something moved, shared or not: the folder is this machine's. */
async function deployMoved(recordings: readonly Recording[], following: FollowingUp): Promise<void> {
  const { registry, root, project, isJson, signal } = following;
  if (!recordings.some((one) => recordedEvents(one).some(({ type }) => type === 'stage.changed'))) return;
  for (const request of placesOf(root, project)) {
    const deployed = await deploy(registry, request, { signal }).catch((error: unknown) => {
      note(
        `${request.model} wasn't deployed, although that is recorded: ${messageOf(error)} \`model-registry deploy\` tries again.`,
      );
      return undefined;
    });
    if (deployed?.isChanged && !isJson) print(deployedText(deployed));
  }
}

async function deployOne(model: string, { registry, root, project, signal }: FollowingUp) {
  const [request] = placesOf(root, project, model);
  return request && deploy(registry, request, { signal });
}

async function runDue(due: readonly Recording[], following: FollowingUp): Promise<void> {
  const { registry, root, project, signal } = following;
  const hasAny =
    project.webhooks !== undefined ||
    project.refused !== undefined ||
    project.unusable !== undefined ||
    Object.values(project.models).some(({ after }) => after !== undefined);
  if (due.length === 0 || !hasAny || process.env[SWITCH] === 'off') return;
  const isAllowed = process.env[SWITCH] === 'run';
  const confirmed = await readConfirmations(root);
  // Once: it reads every script that the commands name.
  const mayRun = isAllowed || confirmed.commands === (await commandsDigest(project, root));
  const tell = teller();
  const problems = new Set<string>();
  for (const recording of due) {
    await followUp(recording, {
      ...{ registry, root, project, signal, mayRun },
      mayTell: (origin) => isAllowed || confirmed.hosts[origin] === 'yes',
      secretOf: async (webhook) => secretFromEnvironment(webhook, process.env),
      deploy: (model) => deployOne(model, following),
      onActivity: tell,
    }).catch((error: unknown) => problems.add(messageOf(error)));
  }
  // What is wrong with the project file is wrong for each recording.
  for (const problem of problems) note(problem);
}

/** Says on standard error what comes of it. */
function teller(): (activity: FollowUpActivity) => void {
  const unconfirmed = new Set<string>();
  return (activity) => {
    switch (activity.kind) {
      case 'command-started':
        return say(`▸ ${safeLine(activity.label)}`);
      case 'line':
        return say(safeLine(activity.text, MAX_LINE));
      case 'command-ended':
        if (activity.problem !== undefined) note(`${activity.label} failed: ${activity.problem}.`);
        return;
      case 'told':
        if (!activity.isSent)
          note(`${activity.host} wasn't told of ${activity.event}: ${activity.why} (tries: ${activity.tries}).`);
        return;
      default: {
        const what =
          activity.kind === 'command-unconfirmed' ? `${activity.label} didn't run` : `${activity.host} wasn't told`;
        if (unconfirmed.has(what)) return;
        unconfirmed.add(what);
        note(`${what}: nobody has confirmed that for this folder. See \`model-registry after\`.`);
      }
    }
  };
}

function note(text: string): void {
  say(`note: ${safeLine(text, 1000)}`);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
