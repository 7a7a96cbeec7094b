import type { Command } from 'commander';
import { type AddCommand, examples } from '../add-command.ts';
import { collect, nonBlank } from '../arguments.ts';
import type { CommandContext } from '../context.ts';
import { policyText } from '../format/policy.ts';
import { print, printJson } from '../terminal.ts';

interface SourceOptions {
  readonly from?: string;
}

interface ApplyOptions extends SourceOptions {
  readonly proposed?: string | true;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

interface ProposeOptions extends SourceOptions {
  readonly comment?: string;
  readonly reviewer?: readonly string[];
}

interface CommentOption {
  readonly comment?: string;
}

const MODEL = '<model>';
const FILE = ['[file]', 'YAML or JSON with stages, gates, override, changes, signers and signatures'] as const;
const FROM = [
  '--from <file>',
  'take policy and gates of models.MODEL from this model-registry.yaml; what it leaves out stays as it is',
] as const;
const DIGEST = ['[digest]', 'of the proposed policy, its first digits; needed where several are proposed'] as const;

/** Commands about the rules that everybody's registry keeps for a model. */
export function addPolicyCommands(program: Command, add: AddCommand): void {
  const policy = program.command('policy').description('the stages, gates and signers of a model');
  add(
    policy.command('show').description('show what holds for a model').argument(MODEL),
    async (context, _options, model: string) => {
      const details = await context.withQueries((registry) => registry.policy({ model }));
      if (context.isJson) {
        const { model: name, digest } = details;
        return printJson({ model: name, policy: details.policy ?? null, digest });
      }
      print(policyText(details, await ownFingerprint(context)));
    },
  );
  add(
    policy
      .command('apply')
      .description('replace the policy of a model; shows first what changes')
      .argument(MODEL)
      .argument(...FILE)
      .option(...FROM)
      .option('--proposed [digest]', 'take the policy that was proposed and approved')
      .option('--dry-run', 'only show what would change')
      .option('--yes', 'do it without being asked')
      .addHelpText(
        'after',
        examples(
          'policy apply fraud-detector policy.yaml',
          'policy apply fraud-detector --from model-registry.yaml --yes',
        ),
      ),
    async (context, options: ApplyOptions, model: string, file?: string) => {
      const { applyPolicy } = await import('../policies.ts');
      await applyPolicy(context, { model, file, ...options });
    },
  );
  add(
    policy
      .command('propose')
      .description('show people another policy, so that they can approve it')
      .argument(MODEL)
      .argument(...FILE)
      .option(...FROM)
      .option('--comment <text>', 'why', nonBlank)
      .option(
        '--reviewer <person>',
        'who is asked, by address or name (may be repeated); everybody unless said',
        collect,
      )
      .addHelpText('after', examples('policy propose fraud-detector policy.yaml --comment "A gate for latency"')),
    async (context, options: ProposeOptions, model: string, file?: string) => {
      const { proposePolicy } = await import('../policies.ts');
      await proposePolicy(context, { model, file, ...options });
    },
  );
  add(
    policy
      .command('approve')
      .description('approve a proposed policy')
      .argument(MODEL)
      .argument(...DIGEST)
      .option('--comment <text>', 'what was looked at', nonBlank),
    async (context, { comment }: CommentOption, model: string, digest?: string) => {
      const { reviewPolicy } = await import('../policies.ts');
      await reviewPolicy(context, { model, digest, comment, isGiven: true });
    },
  );
  add(
    policy
      .command('refuse')
      .description('refuse a proposed policy')
      .argument(MODEL)
      .argument(...DIGEST)
      .requiredOption('--comment <text>', 'why, for whoever proposed it', nonBlank),
    async (context, { comment }: CommentOption, model: string, digest?: string) => {
      const { reviewPolicy } = await import('../policies.ts');
      await reviewPolicy(context, { model, digest, comment, isGiven: false });
    },
  );
  add(
    policy
      .command('withdraw')
      .description('take a proposed policy back')
      .argument(MODEL)
      .argument(...DIGEST)
      .option('--comment <text>', 'why', nonBlank),
    async (context, { comment }: CommentOption, model: string, digest?: string) => {
      const { withdrawPolicy } = await import('../policies.ts');
      await withdrawPolicy(context, { model, digest, comment });
    },
  );
}

/** Of the key that this person signs with, where there is one that can be read. */
async function ownFingerprint(context: CommandContext): Promise<string | undefined> {
  const [{ ownKeyIn }, { fingerprintOfKey }] = await Promise.all([
    import('../../lineage/own-key.ts'),
    import('../../log/ssh/public-key.ts'),
  ]);
  const key = await ownKeyIn(context.cwd, { env: process.env, isInteractive: false })
    .publicKey()
    .catch(() => undefined);
  return key === undefined ? undefined : fingerprintOfKey(key);
}
