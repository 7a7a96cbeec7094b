import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { RegistryError } from '../base/errors.ts';
import { readPolicyFile } from '../project/policy-file.ts';
import type { PolicyPlan } from '../registry/api/policies.ts';
import type { Registry } from '../registry/api/registry.ts';
import type { CommandContext } from './context.ts';
import { policyPlanText } from './format/policy.ts';
import { policyFromProject } from './project-policy.ts';
import { print, printJson, safeLine } from './terminal.ts';

interface Source {
  readonly model: string;
  readonly file: string | undefined;
  readonly from?: string;
  readonly proposed?: string | true;
}

interface Proposed {
  readonly model: string;
  readonly digest: string | undefined;
  readonly comment: string | undefined;
}

/** `policy apply`: shows what another policy changes, and sets it. */
export async function applyPolicy(
  context: CommandContext,
  { yes = false, dryRun = false, ...source }: Source & { readonly yes?: boolean; readonly dryRun?: boolean },
): Promise<void> {
  const { model } = source;
  await context.withRegistry(async (registry) => {
    const policy = await wantedPolicy(context, registry, source);
    const plan = await registry.planPolicy({ model, policy });
    const isChange = plan.removed.length + plan.added.length > 0;
    const isNow = !dryRun && (isChange || plan.digest !== plan.nextDigest);
    if (!context.isJson) print(policyPlanText(plan));
    if (!isNow) return context.isJson ? printJson({ ...planJson(plan), applied: false }) : undefined;
    // Where others have to approve it first, nobody is asked in vain.
    if (plan.problem === undefined && !yes && !(await agreed(context, plan))) return print('Nothing was changed.');
    const done = await registry.setPolicy({ model, policy, expectDigest: plan.digest });
    const { seq, pending } = done;
    if (context.isJson) return printJson({ ...planJson(done), applied: true, seq: pending ? null : seq, pending });
    print(`Set the policy of ${done.model}${pending ? ' (not shared yet)' : ''}`);
  });
}

function planJson({ model, digest, nextDigest, removed, added, problem }: PolicyPlan) {
  return { model, digest, nextDigest, removed, added, problem: problem ?? null };
}

/** `policy propose`: shows people another policy. */
export async function proposePolicy(
  context: CommandContext,
  { comment, reviewer = [], ...source }: Source & { readonly comment?: string; readonly reviewer?: readonly string[] },
): Promise<void> {
  await context.withRegistry(async (registry) => {
    const policy = await wantedPolicy(context, registry, source);
    const plan = await registry.planPolicy({ model: source.model, policy });
    if (!context.isJson) print(policyPlanText(plan));
    const done = await registry.proposePolicy({
      model: source.model,
      policy,
      reviewers: reviewer,
      ...(comment === undefined ? {} : { comment }),
    });
    if (context.isJson) return printJson(done);
    print(`Proposed the policy ${done.digest.slice(0, 12)} for ${safeLine(done.model)}${waits(done)}`);
  });
}

/** `policy approve` and `policy refuse`. */
export async function reviewPolicy(
  context: CommandContext,
  { isGiven, ...proposed }: Proposed & { readonly isGiven: boolean },
): Promise<void> {
  const done = await context.withRegistry((registry) => registry.reviewPolicy({ isGiven, ...given(proposed) }));
  const { model, digest, pending } = done;
  if (context.isJson) return printJson({ model, digest, approved: isGiven, pending });
  print(`${isGiven ? 'Approved' : 'Refused'} the policy ${digest.slice(0, 12)} for ${safeLine(model)}${waits(done)}`);
}

/** `policy withdraw`. */
export async function withdrawPolicy(context: CommandContext, proposed: Proposed): Promise<void> {
  const done = await context.withRegistry((registry) => registry.withdrawPolicy(given(proposed)));
  if (context.isJson) return printJson(done);
  print(`Withdrew the policy ${done.digest.slice(0, 12)} for ${safeLine(done.model)}${waits(done)}`);
}

function given({ model, digest, comment }: Proposed) {
  return { model, ...(digest === undefined ? {} : { digest }), ...(comment === undefined ? {} : { comment }) };
}

function waits({ pending }: { readonly pending: boolean }): string {
  return pending ? ' (not shared yet)' : '';
}

/** For the registry to judge. */
async function wantedPolicy(context: CommandContext, registry: Registry, source: Source): Promise<unknown> {
  const { model, file, from, proposed } = source;
  if ([file, from, proposed].filter((one) => one !== undefined).length !== 1)
    throw new RegistryError(
      'ARGUMENT_INVALID',
      'Name one of these: a file with the policy, a project file with --from, or --proposed for what was proposed.',
    );
  if (proposed !== undefined) return policyOfProposal(registry, model, proposed === true ? '' : proposed);
  if (from !== undefined) return policyFromProject(await registry.policy({ model }), resolve(context.cwd, from));
  return readPolicyFile(resolve(context.cwd, file ?? ''));
}

async function policyOfProposal(registry: Registry, model: string, digest: string): Promise<unknown> {
  const found = (await registry.policyProposals({ model })).filter((one) =>
    one.digest.startsWith(digest.toLowerCase()),
  );
  const [only, ...others] = found;
  if (only && others.length === 0) return only.policy;
  throw new RegistryError(
    'PROPOSAL_NOT_FOUND',
    only
      ? `Several policies are proposed for ${model}. Name one by its digest: ${found.map((one) => one.digest.slice(0, 12)).join(', ')}. Nothing was changed.`
      : `No such policy is proposed for ${model}. \`model-registry reviews ${model}\` lists what is. Nothing was changed.`,
  );
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
