import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { RegistryError } from '../../base/errors.ts';
import type { PolicyPlan, Registry } from '../../registry/api.ts';
import { type AddCommand, examples } from '../add-command.ts';
import type { CommandContext } from '../context.ts';
import { leftText, policyPlanText, policyText } from '../format/policy.ts';
import type { WantedPolicy } from '../project-policy.ts';
import { print, printJson } from '../terminal.ts';

interface ApplyOptions {
  readonly from?: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

/** Commands about the rules that everybody's registry keeps for a model. */
export function addPolicyCommands(program: Command, add: AddCommand): void {
  const policy = program.command('policy').description('the stages, gates and signers of a model');
  add(
    policy.command('show').description('show what holds for a model').argument('<model>'),
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
      .argument('<model>')
      .argument('[file]', 'YAML or JSON with stages, gates, override, signers and signatures')
      .option(
        '--from <file>',
        'take policy and gates of models.MODEL from this model-registry.yaml; what it leaves out stays as it is',
      )
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
      await context.withRegistry(async (registry) => {
        const { policy: wanted, left } = await wantedPolicy(context, registry, model, file, options.from);
        const plan = await registry.planPolicy({ model, policy: wanted });
        const isChange = plan.removed.length + plan.added.length > 0;
        const isNow = options.dryRun !== true && (isChange || plan.digest !== plan.nextDigest);
        if (!context.isJson) print(`${policyPlanText(plan)}${leftText(left)}`);
        if (!isNow) return context.isJson ? printJson({ ...planJson(plan), left, applied: false }) : undefined;
        if (!options.yes && !(await agreed(context, plan))) return print('Nothing was changed.');
        const done = await registry.setPolicy({ model, policy: wanted, expectDigest: plan.digest });
        const { seq, pending } = done;
        if (context.isJson)
          return printJson({ ...planJson(done), left, applied: true, seq: pending ? null : seq, pending });
        print(`Set the policy of ${done.model}${pending ? ' (not shared yet)' : ''}`);
      });
    },
  );
}

function planJson({ model, digest, nextDigest, removed, added }: PolicyPlan) {
  return { model, digest, nextDigest, removed, added };
}

async function wantedPolicy(
  context: CommandContext,
  registry: Registry,
  model: string,
  file: string | undefined,
  from: string | undefined,
): Promise<WantedPolicy> {
  if ((file === undefined) === (from === undefined))
    throw new RegistryError(
      'ARGUMENT_INVALID',
      'Name a file with the policy, or a project file with --from: one of the two.',
    );
  if (from !== undefined) {
    const { policyFromProject } = await import('../project-policy.ts');
    return policyFromProject(await registry.policy({ model }), resolve(context.cwd, from));
  }
  const { readPolicyFile } = await import('../../project/policy-file.ts');
  return { policy: await readPolicyFile(resolve(context.cwd, file ?? '')), left: [] };
}

async function agreed(context: CommandContext, { model }: PolicyPlan): Promise<boolean> {
  if (context.isJson || !process.stdin.isTTY || !process.stdout.isTTY)
    throw new RegistryError(
      'ARGUMENT_INVALID',
      `Say --yes to replace the policy of ${model} without being asked. Nothing was changed.`,
    );
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await prompt.question('Replace the policy? [y/N] ', { signal: context.signal })).trim());
  } finally {
    prompt.close();
  }
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
