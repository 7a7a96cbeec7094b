import * as v from 'valibot';
import type { CodeLineage } from '../../catalog/read-models/lineage.ts';
import type { Metrics, Params } from '../../catalog/read-models/values.ts';
import type { GateReport } from '../../gates/evaluate-gates.ts';
import type { RecordedReport } from '../../gates/run-gates.ts';
import type { ImportOverview } from '../../importing/overview.ts';
import type { CodeBetween } from '../../lineage/code-history.ts';
import type { Reproduced } from '../../lineage/reproduce.ts';
import type { SourceFile } from '../../lineage/source-file.ts';
import type { Proposal } from '../../outputs/finding/proposal.ts';
import type { RegisteredOutput } from '../../outputs/registered-outputs.ts';
import type { WordPlace } from '../../project/keys-in-project.ts';
import type { ProjectProblem } from '../../project/project-problem.ts';
import type { Project } from '../../project/project-schema.ts';
import type { PythonEnvironment, RegisterRequest, RegisterResult } from '../../registry/api/registering.ts';
import type { AttachReport } from '../../registry/api/sharing.ts';
import type { TransitionResult } from '../../registry/api/stages.ts';
import type { MeasuredValues } from '../../runs/intervals.ts';
import type { ImportSummary } from '../../workers/import-messages.ts';
import type { GatesNow, NameCompletions, NameHover, UnknownName } from '../../workers/project-messages.ts';
import type { DeploymentState } from '../../workers/registry-messages.ts';

// What the thread of a registry is asked and answers, apart from the registry's own methods.

/** The code and the Python environment of a folder, as far as there are any, the machine, and what isn't known. */
export interface Surroundings extends Pick<RegisterRequest, 'locks' | 'machine' | 'missing'> {
  readonly code?: CodeLineage | undefined;
  readonly environment?: PythonEnvironment | undefined;
}

export interface Values {
  readonly metrics: Metrics;
  readonly params: Params;
}

export interface AttachRequest {
  readonly url: string;
  readonly isPreview: boolean;
  readonly upload?: 'on-register' | 'on-promote';
}

export interface GatesRequest {
  /** The folders whose project files declare gates. */
  readonly roots: readonly string[];
  readonly ref: string;
  readonly stage: string;
  /** What takes long to find out isn't evaluated. */
  readonly isQuick?: boolean;
}

export interface GateRunRequest extends GatesRequest {
  /** Also what ran before with nothing changed since. */
  readonly isAgain?: boolean;
  /** So many commands run at once. */
  readonly atOnce?: number;
}

/** A webhook of a project file, and what this person said about its host. */
export interface KnownWebhook {
  /** What its secret is kept under. */
  readonly key: string;
  readonly name?: string;
  readonly url: string;
  readonly origin: string;
  readonly host: string;
  readonly events: readonly string[];
  readonly answer?: 'yes' | 'no';
  readonly hasEnvironmentSecret: boolean;
}

/** A place in a text, by its offset. */
export interface PlaceInText {
  readonly text: string;
  readonly offset: number;
}

// Both ends are built from the same sources, so what the thread sends is of the types that its side has.
export const registeredSchema = v.custom<RegisterResult>((value) => typeof value === 'object');
export const attachedSchema = v.custom<AttachReport>((value) => typeof value === 'object');
export const surroundingsSchema = v.custom<Surroundings>((value) => typeof value === 'object');
export const projectSchema = v.optional(v.custom<Project>((value) => typeof value === 'object'));
export const importOverviewSchema = v.custom<ImportOverview>((value) => typeof value === 'object' && value !== null);
export const importSummarySchema = v.custom<ImportSummary>((value) => typeof value === 'object' && value !== null);
export const proposalSchema = v.optional(v.custom<Proposal>((value) => typeof value === 'object'));
export const problemsSchema = v.custom<readonly ProjectProblem[]>(Array.isArray);
export const betweenSchema = v.optional(v.custom<CodeBetween>((value) => typeof value === 'object'));
export const sourceFileSchema = v.custom<SourceFile>((value) => typeof value === 'object');
export const reproducedSchema = v.custom<Reproduced>((value) => typeof value === 'object');
export const gatesSchema = v.custom<GateReport>((value) => typeof value === 'object');
export const allGatesSchema = v.custom<readonly GateReport[]>(Array.isArray);
export const transitionSchema = v.custom<TransitionResult>((value) => typeof value === 'object');
export const reportSchema = v.custom<RecordedReport>((value) => typeof value === 'object');
export const deploymentsSchema = v.custom<readonly DeploymentState[]>(Array.isArray);
export const webhooksSchema = v.custom<readonly KnownWebhook[]>(Array.isArray);
export const outputsSchema = v.custom<readonly RegisteredOutput[]>(Array.isArray);
export const wordsSchema = v.optional(v.custom<WordPlace>((value) => typeof value === 'object'));
export const completionsSchema = v.optional(v.custom<NameCompletions>((value) => typeof value === 'object'));
export const nameHoverSchema = v.optional(v.custom<NameHover>((value) => typeof value === 'object'));
export const gatesNowSchema = v.custom<readonly GatesNow[]>(Array.isArray);
export const unknownNamesSchema = v.custom<readonly UnknownName[]>(Array.isArray);
export const measuredSchema = v.custom<MeasuredValues>((value) => typeof value === 'object');
export const valuesSchema = v.custom<Values>((value) => typeof value === 'object');
