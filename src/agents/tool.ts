import * as v from 'valibot';
import type { OperationOptions } from '../base/progress.ts';
import type { GateReport } from '../gates/evaluate-gates.ts';
import type { CodeBetween } from '../lineage/code-history.ts';
import type { RegistryCalls } from '../registry/methods.ts';
import type { ToolName } from './tool-names.ts';

/** A change of stage that a language model thinks of. A person decides about it. */
export type Proposal =
  | {
      readonly kind: 'promotion';
      readonly versionId: string;
      readonly stage: string;
      readonly reason: string;
      readonly reviewers: readonly string[];
    }
  | {
      readonly kind: 'rollback';
      readonly modelId: string;
      /** `fraud-detector@1`, for people. */
      readonly version: string;
      readonly versionId: string;
      readonly number: number;
      readonly stage: string;
      readonly reason: string;
    };

/** What became of a proposal: never a change of stage. */
export interface ProposalOutcome {
  /** `opened`: before a person in the editor. `requested`: recorded as a request. `not-recorded`: a person has to act by themselves. */
  readonly status: 'opened' | 'requested' | 'not-recorded';
  readonly next: string;
}

/** What tools work with, wherever they are called from. */
export interface ToolSite {
  readonly registry: RegistryCalls;
  /** Evaluates the gates of a stage and runs no command. */
  gates(request: { readonly ref: string; readonly stage: string; readonly isQuick?: boolean }): Promise<GateReport>;
  /** Undefined where a version has no code. Throws what git has to say. */
  codeBetween(
    request: { readonly beforeId: string; readonly afterId: string },
    operation: OperationOptions,
  ): Promise<CodeBetween | undefined>;
  propose(proposal: Proposal): Promise<ProposalOutcome>;
}

export type ToolData = Readonly<Record<string, unknown>>;

/** One thing that a language model can ask. */
export interface Tool {
  readonly name: ToolName;
  readonly title: string;
  /** For the model. */
  readonly description: string;
  readonly input: v.GenericSchema<unknown, unknown>;
  /** False for what is put before a person. */
  readonly isReadOnly: boolean;
  /** It has to be known who this person is. */
  readonly isPersonal: boolean;
  /** `limit` replaces the one that was asked for, where the answer would be too long; only of tools that have one. Throws a `ValiError` for input that isn't as declared. */
  run(site: ToolSite, input: unknown, operation: OperationOptions & { readonly limit?: number }): Promise<ToolData>;
  /** How many entries were asked for, where the tool answers with pages. */
  limitIn(input: unknown): number | undefined;
}

interface ToolOptions<Entries extends v.ObjectEntries> {
  readonly name: ToolName;
  readonly title: string;
  readonly description: string;
  readonly entries: Entries;
  readonly isReadOnly?: boolean;
  readonly isPersonal?: boolean;
  readonly run: (
    site: ToolSite,
    input: v.InferOutput<v.StrictObjectSchema<Entries, undefined>>,
    operation: OperationOptions,
  ) => Promise<ToolData>;
}

const limited = v.looseObject({ limit: v.number() });

export function tool<Entries extends v.ObjectEntries>(options: ToolOptions<Entries>): Tool {
  const { name, title, description, isReadOnly = true, isPersonal = false, run } = options;
  const input = v.strictObject(options.entries);
  return {
    ...{ name, title, description, input, isReadOnly, isPersonal },
    run: async (site, given, { limit, ...operation }) => {
      const asked = v.parse(input, given);
      return run(site, v.parse(input, limit === undefined ? asked : { ...asked, limit }), operation);
    },
    limitIn(given) {
      const parsed = v.safeParse(input, given);
      return parsed.success && v.is(limited, parsed.output) ? parsed.output.limit : undefined;
    },
  };
}
