import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { LogHead } from '../../registry/api/log.ts';
import type { Registry } from '../../registry/api/registry.ts';
import { headOf } from '../../registry/shared/pinned.ts';
import { type AddCommand, examples } from '../add-command.ts';
import { type CommandContext, notFound } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { attachText, pendingText, refusedText, remoteText, syncText } from '../format/shared.ts';
import { print, printJson } from '../terminal.ts';

interface AddOptions {
  readonly dryRun?: boolean;
  readonly upload?: 'on-register' | 'on-promote';
  readonly head?: LogHead;
}

function parseHead(text: string): LogHead {
  const head = headOf(text);
  if (!head) throw new InvalidArgumentError('Give it as `model-registry head` prints it: 12:3b1f…');
  return head;
}

/** Commands about the storage that a team shares. */
export function addSharedCommands(program: Command, add: AddCommand): void {
  const remote = program.command('remote').description('attach this registry to the storage that the team shares');
  add(
    remote
      .command('add')
      .description('share this registry; what it has is taken over')
      .argument('<url>', 'https://ACCOUNT.blob.core.windows.net/CONTAINER, or the folder of a network drive')
      .option('--dry-run', 'change nothing: say what would be taken over')
      .addOption(new Option('--upload <when>', 'when files go up').choices(['on-register', 'on-promote']))
      .option('--head <seq:hash>', 'attach only where the shared log has this commit, as `head` printed it', parseHead)
      .addHelpText('after', examples('remote add https://contoso.blob.core.windows.net/models --dry-run')),
    async (context, { dryRun = false, upload, head }: AddOptions, url: string) => {
      const located = await context.locate();
      const { initRegistry } = await import('../../registry/open.ts');
      if (!located.exists && !dryRun) await initRegistry({ dir: located.dir });
      if (!located.exists && dryRun) throw notFound(context.cwd, located);
      const { attachHere } = await import('../attaching.ts');
      const report = await context.withProgress((operation) =>
        attachHere(
          {
            dir: located.dir,
            cwd: context.cwd,
            // A folder that is plainly relative; what is remembered is absolute.
            url: /^\.{1,2}(?:[/\\]|$)/.test(url) ? resolve(context.cwd, url) : url,
            isPreview: dryRun,
            ...(upload ? { upload } : {}),
            ...(head ? { pinned: head } : {}),
          },
          operation,
        ),
      );
      if (dryRun) return context.isJson ? printJson(report) : print(attachText(report));
      const waiting = await context.withRegistry(async (registry) => {
        await context.withProgress((operation) => registry.sync({}, operation)).catch(() => undefined);
        return (await registry.remote())?.pending ?? 0;
      });
      // What couldn't be shared is said after it, as after every command.
      return context.isJson ? printJson({ ...report, waiting }) : print(attachText(report, waiting));
    },
  );
  add(remote.command('show').description('show the shared storage and what waits'), async (context) => {
    await context.withQueries(async (registry) => {
      const status = await registry.remote();
      if (context.isJson) return printJson(status ?? null);
      const { servingMachines } = await import('../serving-machines.ts');
      print(remoteText(status, await servingMachines(registry, { isQuiet: true })));
    });
  });
  add(remote.command('remove').description('keep a read-only copy, and ask the storage no more'), async (context) => {
    const located = await context.locate();
    if (!located.exists) throw notFound(context.cwd, located);
    const { detachRemote } = await import('../../registry/shared/attachment.ts');
    const url = await detachRemote(located.dir);
    return context.isJson ? printJson({ url }) : print(`Detached from ${url}. What was copied stays readable here.`);
  });

  add(
    program
      .command('sync')
      .description('take over what others shared, and share what waits')
      .option('--stats', 'say how many requests and bytes it took')
      .option('--no-bytes', 'share what is known of versions, and leave their files for later'),
    async (context, options: { readonly stats?: boolean; readonly bytes: boolean }) => {
      const report = await context.withQueries(
        (registry) => context.withProgress((operation) => registry.sync({ withBytes: options.bytes }, operation)),
        { isFresh: false, isFollowed: true },
      );
      if (report.waiting.length > 0) process.exitCode = EXIT.unshared;
      return context.isJson ? printJson(report) : print(syncText(report, options.stats ?? false));
    },
  );

  const pending = program.command('pending').description('show what waits to be shared');
  add(pending, async (context) => {
    const entries = await context.withQueries((registry) => registry.pending(), { isFresh: false });
    return context.isJson ? printJson(entries) : print(pendingText(entries));
  });
  add(pending.command('drop').description('take it back').argument('<id>'), async (context, _options, id: string) => {
    await context.withQueries((registry) => registry.withdraw({ id }), { isFresh: false });
    return context.isJson ? printJson({ id, how: 'dropped' }) : print('Taken back');
  });
  add(
    pending.command('confirm').description('share an old change of stage all the same').argument('<id>'),
    async (context, _options, id: string) => {
      await context.withRegistry((registry) => registry.confirm({ id }));
      return context.isJson ? printJson({ id, how: 'confirmed' }) : print('Confirmed');
    },
  );

  const refused = program.command('refused').description('show what the shared registry did not take');
  add(refused, async (context) => {
    const entries = await context.withQueries((registry) => registry.refused());
    if (!context.isJson) return print(refusedText(entries));
    return printJson(
      entries.map(({ id, askedAt, by, events, code, reason, theirs, wouldApply }) => {
        return { id, askedAt, by, events, code, reason, theirs: theirs ?? null, wouldApply };
      }),
    );
  });
  add(
    refused
      .command('resolve')
      .description('ask for it again on top of what is there now, or drop it')
      .argument('<id>')
      .argument('<how>', 'apply or drop', applyOrDrop)
      .option('--reason <text>', 'why it is dropped: becomes a comment on the version'),
    async (context, { reason }: { readonly reason?: string }, id: string, how: 'apply' | 'drop') => {
      const request = { id, how, ...(reason === undefined ? {} : { reason }) };
      await context.withRegistry((registry) =>
        how === 'apply' ? askedAgain(context, registry, id) : registry.resolveRefused(request),
      );
      return context.isJson ? printJson({ id, how }) : print(how === 'apply' ? 'Asked again' : 'Dropped');
    },
  );
}

async function askedAgain(context: CommandContext, registry: Registry, id: string): Promise<void> {
  const [{ askAgain }, { declaredIn }] = await Promise.all([
    import('../../gates/ask-again.ts'),
    import('../../gates/declared.ts'),
  ]);
  const around = await context.project();
  await askAgain(registry, id, (model) => declaredIn(around, model));
}

function applyOrDrop(text: string): 'apply' | 'drop' {
  if (text === 'apply' || text === 'drop') return text;
  throw new InvalidArgumentError('Write apply or drop.');
}
