import { sectionProblem } from '../project/unusable-sections.ts';
import { commandsDigest, originsOf, readConfirmations, writeConfirmations } from '../serving/after/confirmed.ts';
import { secretFromEnvironment } from '../serving/after/follow-up.ts';
import { labelOfCommand } from '../serving/after/run-commands.ts';
import type { CommandContext } from './context.ts';
import { tableText } from './format/tables.ts';
import { findProject } from './project-root.ts';
import { print, printJson, reportLeftOut, safeLine } from './terminal.ts';

/** `after`: what the project file wants to be done after transitions here, and what of it this person confirmed. */
export async function showAfter({ cwd, isJson }: Pick<CommandContext, 'cwd' | 'isJson'>): Promise<void> {
  const { root, project } = await findProject(cwd);
  const problem = sectionProblem(project, 'webhooks');
  if (problem) reportLeftOut(problem, isJson);
  const confirmed = await readConfirmations(root);
  const mayRun = confirmed.commands !== undefined && confirmed.commands === (await commandsDigest(project, root));
  const commands = Object.entries(project.models).flatMap(([model, { after = [] }]) =>
    after.map((command) => ({
      model,
      command: command.command,
      label: labelOfCommand(command),
      on: command.on ?? ['promote', 'rollback'],
      stage: command.stage ?? 'production',
      isConfirmed: mayRun,
    })),
  );
  const webhooks = (project.webhooks ?? []).map((webhook) => ({
    ...webhook,
    isConfirmed: confirmed.hosts[new URL(webhook.url).origin] === 'yes',
    isSigned: secretFromEnvironment(webhook, process.env) !== undefined,
  }));
  if (isJson) {
    return printJson({ commands: commands.map(({ label: _, ...command }) => command), webhooks });
  }
  if (commands.length + webhooks.length === 0)
    return print('Nothing follows a transition here: model-registry.yaml has neither after nor webhooks');
  const rows = [
    ...commands.map(({ model, label, on, stage, isConfirmed }) => [
      safeLine(label, 60),
      safeLine(`${on.join(', ')}: ${model} ${stage}`, 80),
      isConfirmed ? 'runs' : 'not confirmed',
    ]),
    ...webhooks.map(({ url, events, models, isConfirmed, isSigned }) => [
      safeLine(url, 60),
      safeLine(`${events.join(', ')}${models ? ` of ${models.join(', ')}` : ''}`, 80),
      `${isConfirmed ? 'told' : 'not confirmed'}${isSigned ? ', signed' : ', not signed'}`,
    ]),
  ];
  print(tableText(['WHAT', 'AFTER', ''], rows));
  if ([...commands, ...webhooks].some(({ isConfirmed }) => !isConfirmed))
    print('`model-registry after confirm` lets all of it happen after commands that you run in this folder');
}

/** `after confirm` and `after forget`: remembered outside of the workspace, for this folder. */
export async function confirmAfter(
  context: Pick<CommandContext, 'cwd' | 'isJson'>,
  { isForgotten }: { readonly isForgotten: boolean },
): Promise<void> {
  const { root, project } = await findProject(context.cwd);
  const commands = await commandsDigest(project, root);
  const hosts = Object.fromEntries(originsOf(project).map((origin) => [origin, 'yes' as const]));
  await writeConfirmations(
    root,
    isForgotten ? { hosts: {} } : { hosts, ...(commands === undefined ? {} : { commands }) },
  );
  await showAfter(context);
}
