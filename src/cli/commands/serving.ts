import { createHash } from 'node:crypto';
import { homedir, hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { type AddCommand, examples } from '../add-command.ts';
import type { CommandContext } from '../context.ts';
import { labelOf } from '../format/values.ts';
import { servingMachines } from '../serving-machines.ts';
import { print, printJson, reportError, safeLine } from '../terminal.ts';

interface FollowFlags {
  readonly to: string;
  readonly exec?: string;
  readonly every: number;
  readonly once?: boolean;
  /** A name, or true for that of this host. */
  readonly report?: string | true;
  readonly remote?: string;
  readonly cache?: string;
}

/** Commands for the machines that serve models, and about them. */
export function addServingCommands(program: Command, add: AddCommand): void {
  add(
    program
      .command('follow')
      .description('keep a folder at the version that serves, switched in one step')
      .argument('<ref>', 'such as fraud-detector@production')
      .requiredOption('--to <path>', 'a name that is free: it becomes a link to the folder of the version')
      .option('--exec <command>', 'run by the shell after each switch; where it fails, the version before goes on')
      .option('--every <seconds>', 'how often to look', seconds, 2)
      .option('--once', 'end after the first look')
      .option('--report [name]', 'tell others what this machine serves; needs the right to create', reportName)
      .option(
        '--remote <url>',
        'the shared storage, on a machine that has no registry: a copy is kept, nothing is written there',
      )
      .option('--cache <dir>', 'where that copy is')
      .addHelpText(
        'after',
        examples('follow fraud-detector@production --to /srv/fraud/model --exec "systemctl reload fraud"'),
      ),
    async (context, flags: FollowFlags, ref: string) => {
      const { follow } = await import('../../serving/follow.ts');
      await withCopy(context, flags, (registry) =>
        follow({
          registry,
          ref,
          to: resolve(context.cwd, flags.to),
          everyMs: flags.every * 1000,
          isOnce: flags.once ?? false,
          signal: context.signal,
          ...(flags.exec === undefined ? {} : { exec: flags.exec }),
          ...(flags.report === undefined ? {} : { reportAs: flags.report === true ? hostname() : flags.report }),
          onEvent(event) {
            if ('error' in event) return reportError(event.error, context.isJson);
            const { version } = event;
            if (context.isJson && event.kind === 'serving')
              return printJson({
                serving: version.number,
                model: version.model,
                digest: version.artifact.digest,
                path: event.path,
              });
            if (event.kind === 'serving') return print(`Serving ${labelOf(version)}`);
            if (context.isJson)
              return printJson({
                refused: version.number,
                model: version.model,
                digest: version.artifact.digest,
                why: event.why,
              });
            print(`Went back from ${labelOf(version)}: ${safeLine(event.why, 300)}`);
          },
        }),
      );
    },
  );

  add(
    program
      .command('serving')
      .description('show which version each machine serves that reports it, and which it should')
      .argument('[model]')
      .addHelpText('after', examples('serving', 'serving fraud-detector')),
    async (context, _options: object, model?: string) => {
      const machines = await context.withQueries((registry) => servingMachines(registry, { model }));
      if (context.isJson) return printJson(machines);
      const { servingText } = await import('../format/serving.ts');
      print(servingText(machines));
    },
  );
}

function reportName(text: string): string {
  if (/^[\p{L}\p{N}][\p{L}\p{N} ._:@/-]{0,99}$/u.test(text)) return text;
  throw new InvalidArgumentError('Give a name of 1 to 100 letters, digits, spaces and . _ : @ / -');
}

async function withCopy(
  context: CommandContext,
  { remote, cache }: FollowFlags,
  use: (registry: Parameters<Parameters<CommandContext['withQueries']>[0]>[0]) => Promise<void>,
): Promise<void> {
  if (remote === undefined) return context.withQueries(use, { isFresh: false });
  const [{ makeReadCopy }, { remoteConnector }, { openRegistry }, { remoteUrl }] = await Promise.all([
    import('../../registry/shared/read-copy.ts'),
    import('../../registry/shared/connect.ts'),
    import('../../registry/open.ts'),
    import('../../registry/shared/remote-url.ts'),
  ]);
  const name = createHash('sha256').update(remote).digest('hex').slice(0, 16);
  const dir = resolve(
    context.cwd,
    cache ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'model-registry', name),
  );
  const connect = remoteConnector({ clock: Date.now, env: process.env });
  await makeReadCopy({ dir, url: remote, connect });
  const registry = await openRegistry({
    dir,
    author: { name: '', email: '' },
    via: 'cli',
    connect,
    confirmedUrl: remoteUrl(remote),
  });
  try {
    await use(registry);
  } finally {
    await registry.close();
  }
}

function seconds(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0.2 && value <= 86_400) return value;
  throw new InvalidArgumentError('Give seconds, from 0.2 to 86400.');
}
