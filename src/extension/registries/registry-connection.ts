import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import type { OperationOptions } from '../../base/progress.ts';
import type { ThreadClient } from '../../base/worker-rpc.ts';
import type { GateActivity } from '../../gates/activity.ts';
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
import type { RegisterResult } from '../../registry/api/registering.ts';
import type { Registry } from '../../registry/api/registry.ts';
import type { AttachReport } from '../../registry/api/sharing.ts';
import type { TransitionResult } from '../../registry/api/stages.ts';
import type { RegistryCalls } from '../../registry/methods.ts';
import type { MeasuredValues } from '../../runs/intervals.ts';
import type { ImportSummary } from '../../workers/import-messages.ts';
import type { GatesNow, NameCompletions, NameHover, UnknownName } from '../../workers/project-messages.ts';
import type { DeploymentState, GivenCredential, RegistryThreadEvent } from '../../workers/registry-messages.ts';
import type { CommandEnded, CommandStarted, ProgramSeen } from '../../workers/runs.ts';
import { registryCalls } from './registry-calls.ts';
import { RegistryThread, type ThreadOptions } from './registry-thread.ts';
import {
  type AttachRequest,
  allGatesSchema,
  attachedSchema,
  betweenSchema,
  completionsSchema,
  deploymentsSchema,
  type GateRunRequest,
  type GatesRequest,
  gatesNowSchema,
  gatesSchema,
  importOverviewSchema,
  importSummarySchema,
  type KnownWebhook,
  measuredSchema,
  nameHoverSchema,
  outputsSchema,
  type PlaceInText,
  problemsSchema,
  projectSchema,
  proposalSchema,
  registeredSchema,
  reportSchema,
  reproducedSchema,
  type Surroundings,
  sourceFileSchema,
  surroundingsSchema,
  transitionSchema,
  unknownNamesSchema,
  type Values,
  valuesSchema,
  webhooksSchema,
  wordsSchema,
} from './thread-answers.ts';

export interface ConnectionOptions extends ThreadOptions {
  /** The interpreter, or the environment's folder, that is chosen for a folder now. */
  readonly chosenInterpreter?: (root: string) => string | undefined;
}

/** A registry that is open in a thread of its own: the extension host hashes, parses and queries nothing. */
export class RegistryConnection {
  readonly registry: RegistryCalls;
  readonly #options: ConnectionOptions;
  readonly #watchedRoots = new Set<string>();
  /** Folders that follow production, with the secrets of their webhooks. */
  readonly #keptRoots = new Map<string, Readonly<Record<string, string>>>();
  /** Commands that go on. */
  readonly #commands = new Set<string>();
  /** Who is told of the runs of gates under way. */
  readonly #gateRuns = new Map<string, (activity: GateActivity) => void>();
  readonly #thread: RegistryThread;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const onEvent = (event: RegistryThreadEvent) => {
      if (event.kind === 'gate') this.#gateRuns.get(event.run)?.(event.activity);
      else options.onEvent(event);
    };
    const isWatching = () => this.#watchedRoots.size + this.#keptRoots.size > 0;
    this.#thread = new RegistryThread(
      { ...options, onEvent },
      {
        isKept: () => isWatching() || this.#commands.size > 0,
        isReplaced: isWatching,
        begin: (client) => this.#resume(client),
      },
    );
    this.registry = registryCalls((name, request, operation) => this.#ask(name, request, operation));
  }

  /** Makes the registry where there is none, also where one was that is gone. */
  async make(): Promise<void> {
    await this.#ask('make', undefined);
  }

  /**
   * Registers declared outputs of `root` as they are completed, beginning with what is there. False without a project file.
   * A model whose section has a mistake is told of as a problem. Throws `PROJECT_FILE_INVALID`.
   */
  async watch(root: string): Promise<boolean> {
    this.#watchedRoots.add(root);
    return (await this.#ask('watch', this.#rooted(root))) === true;
  }

  async unwatch(root: string): Promise<void> {
    if (!this.#watchedRoots.delete(root) || !this.#thread.isRunning) return;
    await this.#ask('unwatch', { root });
  }

  /** Looks at the watched outputs now, for what no event told of. */
  async rescan(): Promise<void> {
    for (const root of this.#watchedRoots) await this.#ask('rescan', this.#rooted(root));
  }

  /** A command began that may be a training run: its code and packages are read now. The thread stays until it has ended. */
  async commandStarted(command: CommandStarted): Promise<void> {
    this.#commands.add(keyOf(command));
    await this.#ask('commandStarted', command);
  }

  /** What was seen of the program of a command in a terminal, for which the reading of its packages waits. */
  async programSeen(program: ProgramSeen): Promise<void> {
    if (this.#commands.has(keyOf(program))) await this.#ask('programSeen', program);
  }

  async commandEnded(command: CommandEnded): Promise<void> {
    if (!this.#commands.delete(keyOf(command))) return;
    await this.#ask('commandEnded', command);
  }

  /** How the project file would declare the model that appeared last in `root`, if one did since `sinceMs` and none declares it yet. */
  async findModel(root: string, sinceMs: number, operation?: OperationOptions): Promise<Proposal | undefined> {
    return v.parse(proposalSchema, await this.#ask('findModel', { root, sinceMs }, operation));
  }

  /** The text of a project file that declares the model, too. Throws `PROJECT_FILE_INVALID`, `MODEL_DECLARED`. */
  async projectWith(text: string | undefined, proposal: Proposal): Promise<string> {
    return v.parse(v.string(), await this.#ask('withModel', { ...(text === undefined ? {} : { text }), proposal }));
  }

  /** Registers a model that no project file declares, as it would be declared. Makes the registry where there is none. */
  async registerFound(root: string, proposal: Proposal, operation?: OperationOptions): Promise<RegisterResult> {
    return v.parse(registeredSchema, await this.#ask('registerFound', { root, proposal }, operation));
  }

  /** What could be imported from a folder, as it is kept there by other registries and trackers. Reads only. */
  async planImport(root: string, operation?: OperationOptions): Promise<ImportOverview> {
    return v.parse(importOverviewSchema, await this.#ask('planImport', { root }, operation));
  }

  /** Imports models of a folder, by their keys in the overview. Makes the registry where there is none. */
  async importModels(
    request: { readonly root: string; readonly keys: readonly string[]; readonly withStages: boolean },
    operation?: OperationOptions,
  ): Promise<ImportSummary> {
    return v.parse(importSummarySchema, await this.#ask('importModels', request, operation));
  }

  /**
   * Keeps the folders that the project file in `root` deploys to at what is in production, and does what it wants after transitions that are
   * asked for here. Only for folders that this person trusts. `secrets` sign what webhooks send, by their keys.
   */
  async keepUp(root: string, secrets: Readonly<Record<string, string>>): Promise<void> {
    this.#keptRoots.set(root, secrets);
    await this.#ask('keepUp', { root, secrets });
  }

  async endKeepUp(root: string): Promise<void> {
    if (!this.#keptRoots.delete(root) || !this.#thread.isRunning) return;
    await this.#ask('endKeepUp', { root });
  }

  /** Deploys now, also over files that somebody changed. Throws `DEPLOY_UNDECLARED`. */
  async deployNow(
    request: { readonly root: string; readonly model?: string },
    operation?: OperationOptions,
  ): Promise<readonly DeploymentState[]> {
    return v.parse(deploymentsSchema, await this.#ask('deployNow', request, operation));
  }

  /** The webhooks of the project file in `root`, and what this person said about their hosts. */
  async webhooks(root: string): Promise<readonly KnownWebhook[]> {
    return v.parse(webhooksSchema, await this.#ask('webhooks', { root }));
  }

  /** Remembers, for this workspace folder and outside of it, whether something may be sent to a host. */
  async answerHost(root: string, origin: string, answer: 'yes' | 'no'): Promise<void> {
    await this.#ask('answerHost', { root, origin, answer });
  }

  /** Stops what is being registered automatically. */
  async cancelAutomatic(root: string): Promise<void> {
    if (this.#thread.isRunning) await this.#ask('cancelAutomatic', { root });
  }

  /** Registers what the project file in `root` declares for the model. With `leavesOut`, what can't be recorded of its files is left out and told. */
  async registerDeclared(
    root: string,
    model: string,
    operation?: OperationOptions & { readonly leavesOut?: boolean },
  ): Promise<RegisterResult> {
    const { leavesOut = false, ...options } = operation ?? {};
    const request = { ...this.#rooted(root), model, leavesOut };
    return v.parse(registeredSchema, await this.#ask('registerDeclared', request, options));
  }

  /** What the project file in `root` declares; undefined where there is none. Throws `PROJECT_FILE_INVALID`. */
  async project(root: string): Promise<Project | undefined> {
    return v.parse(projectSchema, await this.#ask('project', { root }));
  }

  /** Everything that is wrong in the text of a project file. */
  async projectProblems(text: string): Promise<readonly ProjectProblem[]> {
    return v.parse(problemsSchema, await this.#ask('projectProblems', { text }));
  }

  /** Which declared outputs in `root` are those of a version. */
  async registeredOutputs(root: string): Promise<readonly RegisteredOutput[]> {
    return v.parse(outputsSchema, await this.#ask('registeredOutputs', { root }));
  }

  /** Which keys and values of the file's own can stand at a place of a project file's text. */
  async knownWords(place: PlaceInText): Promise<WordPlace | undefined> {
    return v.parse(wordsSchema, await this.#ask('projectWords', place));
  }

  /** What can stand at a place of a project file's text; undefined where the registry knows nothing of it. */
  async nameCompletions(place: PlaceInText): Promise<NameCompletions | undefined> {
    return v.parse(completionsSchema, await this.#ask('projectCompletions', place));
  }

  /** What the registry knows of the name at a place. */
  async nameHover(place: PlaceInText): Promise<NameHover | undefined> {
    return v.parse(nameHoverSchema, await this.#ask('projectHover', place));
  }

  /** What the gates that the text declares say of each model's newest version now. No command runs. */
  async gatesNow(request: { readonly text: string; readonly root: string }): Promise<readonly GatesNow[]> {
    return v.parse(gatesNowSchema, await this.#ask('projectGates', request));
  }

  /** Names in the text that nothing in the registry has. */
  async unknownNames(text: string): Promise<readonly UnknownName[]> {
    return v.parse(unknownNamesSchema, await this.#ask('projectUnknowns', { text }));
  }

  /** Tells the thread whether a person looks at the window, where it is running. */
  async focus(isFocused: boolean): Promise<void> {
    if (this.#thread.isRunning) await this.#ask('focus', { isFocused });
  }

  /** Whether files of versions go up by themselves; until the window is closed. */
  async pauseUploads(isPaused: boolean): Promise<void> {
    await this.#ask('pause', { isPaused });
  }

  /** Attaches the registry to shared storage, or says what that would do. Throws `REMOTE_…`. */
  async attach(request: AttachRequest, operation?: OperationOptions): Promise<AttachReport> {
    return v.parse(attachedSchema, await this.#ask('attach', request, operation));
  }

  /** Keeps a read-only copy. Throws `NO_REMOTE`. */
  async detach(): Promise<void> {
    await this.#ask('detach', undefined);
  }

  /** Answers the thread's `credentialWanted`. */
  async giveCredential(id: number, credential: GivenCredential | undefined): Promise<void> {
    if (this.#thread.isRunning) await this.#ask('credential', { id, ...(credential ? { credential } : {}) });
  }

  /**
   * Commits and files between the code of two versions, from the first of `folders` whose repository has both commits; undefined where a version has no code. Throws
   * `COMMIT_NOT_FOUND`, `REPOSITORY_NOT_FOUND`, `GIT_MISSING`.
   */
  async codeBetween(
    request: { readonly folders: readonly string[]; readonly beforeId: string; readonly afterId: string },
    operation?: OperationOptions,
  ): Promise<CodeBetween | undefined> {
    return v.parse(betweenSchema, await this.#ask('codeBetween', request, operation));
  }

  /** A file as a version was trained with it. */
  async sourceFile(request: {
    readonly folders: readonly string[];
    readonly versionId: string;
    readonly path: string;
  }): Promise<SourceFile> {
    return v.parse(sourceFileSchema, await this.#ask('sourceFile', request));
  }

  /** Writes the code that trained a version to a new folder, as a worktree of a repository that `near` lies in. Runs nothing of it. */
  async reproduce(
    request: { readonly ref: string; readonly near: readonly string[]; readonly to: string },
    operation?: OperationOptions,
  ): Promise<Reproduced> {
    return v.parse(reproducedSchema, await this.#ask('reproduce', request, operation));
  }

  /** What the gates of a stage say of a version now; what commands found counts as it was recorded. Throws `PROJECT_FILE_INVALID`. */
  async stageGates(request: GatesRequest): Promise<GateReport> {
    return v.parse(gatesSchema, await this.#ask('stageGates', request));
  }

  /** The same for every stage that the version can be promoted to. */
  async versionGates(request: Omit<GatesRequest, 'stage'>): Promise<readonly GateReport[]> {
    return v.parse(allGatesSchema, await this.#ask('versionGates', request));
  }

  /** Promotes where every gate is passed, or with an override. Throws `GATE_FAILED`, `OVERRIDE_REFUSED`, and what `promote` throws. */
  async promoteThroughGates(
    promotion: {
      readonly roots: readonly string[];
      readonly request: Omit<Parameters<Registry['promote']>[0], 'gates'>;
    },
    operation?: OperationOptions,
  ): Promise<TransitionResult> {
    return v.parse(transitionSchema, await this.#ask('promoteThroughGates', promotion, operation));
  }

  /** Asks again for what the shared log refused; a promotion passes its gates as at first. Throws what `promoteThroughGates` throws. */
  async askAgain(request: { readonly roots: readonly string[]; readonly id: string }): Promise<void> {
    await this.#ask('askAgain', request);
  }

  /**
   * Evaluates the gates of a stage that a project file in `roots` declares, runs their commands in its folder, and records what all found.
   * Only for folders that this person trusts. Throws `OPERATION_CANCELLED`; nothing is recorded then.
   */
  async runGates(
    request: GateRunRequest,
    onActivity: (activity: GateActivity) => void,
    operation?: OperationOptions,
  ): Promise<RecordedReport> {
    const run = randomUUID();
    this.#gateRuns.set(run, onActivity);
    try {
      return v.parse(reportSchema, await this.#ask('runGates', { ...request, run }, operation));
    } finally {
      this.#gateRuns.delete(run);
    }
  }

  /** The code and the Python environment of a folder as a version of the model has them, the machine, and what isn't known of them. */
  async lineage(root: string, model: string): Promise<Surroundings> {
    return v.parse(surroundingsSchema, await this.#ask('lineage', { ...this.#rooted(root), model }));
  }

  /** What JSON and YAML files say. Throws `VALUES_FILE_INVALID`, `PATH_NOT_FOUND`. */
  async readValues(files: {
    readonly metrics: readonly string[];
    readonly params: readonly string[];
  }): Promise<Values> {
    return v.parse(valuesSchema, await this.#ask('values', files));
  }

  /** The metrics of an evaluation, with their intervals, from a JSON, YAML, TOML or CSV file. Throws `VALUES_FILE_INVALID`, `PATH_NOT_FOUND`. */
  async readMeasured(file: string): Promise<MeasuredValues> {
    return v.parse(measuredSchema, await this.#ask('measured', { file }));
  }

  /** Ends the thread after it has finished what it does. Nothing can be asked afterwards. */
  close(): Promise<void> {
    return this.#thread.close();
  }

  #ask(name: string, request: unknown, operation?: OperationOptions): Promise<unknown> {
    return this.#thread.ask(name, request, operation);
  }

  /** A folder, with the interpreter that is chosen for it now. */
  #rooted(root: string): { readonly root: string; readonly interpreter?: string } {
    const interpreter = this.#options.chosenInterpreter?.(root);
    return { root, ...(interpreter === undefined ? {} : { interpreter }) };
  }

  #resume(client: ThreadClient): void {
    for (const watched of this.#watchedRoots) void client.call('watch', this.#rooted(watched)).catch(() => undefined);
    for (const [root, secrets] of this.#keptRoots) void client.call('keepUp', { root, secrets }).catch(() => undefined);
  }
}

/** A command may work in several folders of a registry. */
function keyOf({ root, id }: { readonly root: string; readonly id: string }): string {
  return `${id}\0${root}`;
}
