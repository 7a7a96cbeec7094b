import * as vscode from 'vscode';
import { t, tCount } from '../../base/language.ts';
import type { GateReport } from '../../gates/evaluate-gates.ts';
import type { RecordedReport } from '../../gates/run-gates.ts';
import type { GateStanding } from '../../registry/api/gates.ts';
import type { TransitionResult } from '../../registry/api/stages.ts';
import { mayWrite } from '../commands/may-write.ts';
import type { ReviewPageState } from '../messages/page-states.ts';
import type { DecisionRequest, DecisionResult, ReviewGates, VersionGates } from '../messages/review.ts';
import { tellBriefly } from '../notify.ts';
import type { Registries, WorkspaceRegistry } from '../registries/registries.ts';
import type { Activity } from '../status/activity.ts';
import { withProgress } from '../status/progress.ts';
import { labelOf, oneLine } from '../version-text.ts';
import { type EvidenceOf, provideEvidence, showEvidence } from './evidence-documents.ts';
import { type GateRun, GateRuns } from './gate-runs.ts';

export interface ReviewsOptions {
  readonly registries: Registries;
  readonly activity: Activity;
  readonly onMoved: (registryDir: string, result: TransitionResult) => void;
  /** People were asked for a review: `text` says who. */
  readonly onRequested: (state: ReviewPageState, text: string) => void;
}

type Decided = Omit<DecisionRequest, 'revision'>;

/** What a review does in the editor, for its page and for commands alike. */
export class Reviews implements vscode.Disposable {
  readonly #options: ReviewsOptions;
  readonly #runs: GateRuns;
  readonly #documents: vscode.Disposable;

  /** Gates began or ended to run; given the folder of the registry. */
  readonly onDidChange: vscode.Event<string>;

  constructor(options: ReviewsOptions) {
    this.#options = options;
    this.#runs = new GateRuns(options.activity);
    this.onDidChange = this.#runs.onDidChange;
    this.#documents = provideEvidence((evidence) => this.#evidence(evidence), options.registries.onDidChange);
  }

  running({ registryDir, versionId, stage }: ReviewPageState): GateRun | undefined {
    return this.#runs.of(registryDir, versionId, stage);
  }

  async gates(state: ReviewPageState): Promise<ReviewGates> {
    const { reviewGates } = await import('../pages/review-data.ts');
    return reviewGates(await this.stageGates(state));
  }

  async stageGates({ registryDir, versionId, stage }: ReviewPageState): Promise<GateReport> {
    const registry = await this.#options.registries.existingIn(registryDir);
    return registry.connection.stageGates({ ref: versionId, stage, roots: rootsOf(registry) });
  }

  /** What each stage asks of a version. */
  async versionGates(registryDir: string, versionId: string): Promise<VersionGates> {
    const registry = await this.#options.registries.existingIn(registryDir);
    const { reviewGates } = await import('../pages/review-data.ts');
    const reports = await registry.connection.versionGates({ ref: versionId, roots: rootsOf(registry) });
    return {
      stages: reports.map((report) => {
        const { stage, kind, approvals, request } = report.standing;
        return { stage, kind, ...reviewGates(report), approvals, ...(request ? { request } : {}) };
      }),
    };
  }

  /** Runs the commands of gates. Undefined in Restricted Mode, of which the person was told. */
  async run({ registryDir, versionId, stage }: ReviewPageState, isAgain: boolean): Promise<RecordedReport | undefined> {
    if (!(await mayWrite())) return undefined;
    const registry = await this.#options.registries.existingIn(registryDir);
    const version = await registry.connection.registry.show({ ref: versionId });
    return this.#runs.start(registry, { versionId, label: labelOf(version), stage, isAgain });
  }

  cancel({ registryDir, versionId, stage }: ReviewPageState): void {
    this.#runs.cancel(registryDir, versionId, stage);
  }

  showOutput(): void {
    this.#runs.showOutput();
  }

  async openEvidence({ registryDir, versionId, stage }: ReviewPageState, gate: string): Promise<void> {
    const registry = await this.#options.registries.existingIn(registryDir);
    const version = await registry.connection.registry.show({ ref: versionId });
    await showEvidence({ registryDir, versionId, stage, gate }, labelOf(version));
  }

  /** Does what a person decided, about what was shown to them. Throws what the registry throws, `CONFLICT` where that is out of date. */
  async decide(state: ReviewPageState, request: Decided, shown: GateStanding): Promise<DecisionResult> {
    if (!(await mayWrite())) return { outcome: 'cancelled' };
    switch (request.decision) {
      case 'approve':
      case 'refuse':
        return this.#review(state, request, shown);
      case 'request':
        return this.#request(state, request);
      case 'withdraw':
        return this.withdraw(state, request.text);
      case 'override':
        return (await this.#confirmOverride(state)) ? this.#promote(state, request, shown) : { outcome: 'cancelled' };
      case 'promote':
        return this.#promote(state, request, shown);
    }
  }

  /** Takes back that people were asked. The caller has made sure that the workspace is trusted. Throws what the registry throws. */
  async withdraw({ registryDir, versionId, stage }: ReviewPageState, text = ''): Promise<DecisionResult> {
    const { connection } = await this.#options.registries.existingIn(registryDir);
    const { version } = await connection.registry.withdrawRequest(withComment({ ref: versionId, stage }, text));
    tellBriefly(t('Nobody is asked to review {version} for {stage} any more', { version: labelOf(version), stage }));
    return { outcome: 'done' };
  }

  dispose(): void {
    this.#documents.dispose();
    this.#runs.dispose();
  }

  async #review(
    { registryDir, versionId, stage }: ReviewPageState,
    { decision, text }: Decided,
    { seen }: GateStanding,
  ): Promise<DecisionResult> {
    const { connection } = await this.#options.registries.existingIn(registryDir);
    const isGiven = decision === 'approve';
    const { version } = await connection.registry.review(withComment({ ref: versionId, stage, isGiven, seen }, text));
    const told = { version: labelOf(version), stage };
    tellBriefly(isGiven ? t('{version} was approved for {stage}', told) : t('{version} was refused for {stage}', told));
    return { outcome: 'done' };
  }

  async #request(state: ReviewPageState, { text, reviewers = [] }: Decided): Promise<DecisionResult> {
    const { registryDir, versionId, stage } = state;
    const { connection } = await this.#options.registries.existingIn(registryDir);
    const about = withComment({ ref: versionId, stage }, text);
    const asked = reviewers.map((name) => name.trim()).filter((name) => name !== '');
    const { version } = await connection.registry.requestPromotion({ ...about, reviewers: asked });
    const told = { version: labelOf(version), stage };
    const whom = asked.join(', ');
    this.#options.onRequested(
      state,
      asked.length === 0
        ? t('Everybody is asked to review {version} for {stage}.', told)
        : asked.length === 1
          ? t('{whom} is asked to review {version} for {stage}.', { ...told, whom })
          : t('{whom} are asked to review {version} for {stage}.', { ...told, whom }),
    );
    return { outcome: 'done' };
  }

  async #promote(
    { registryDir, versionId, stage }: ReviewPageState,
    { decision, text }: Decided,
    { isExclusive, holder }: GateStanding,
  ): Promise<DecisionResult> {
    const registry = await this.#options.registries.existingIn(registryDir);
    const version = await registry.connection.registry.show({ ref: versionId });
    const request = {
      ref: versionId,
      stage,
      reason: text,
      ...(decision === 'override' ? { override: true } : {}),
      // What was on the page when the person decided; someone may have promoted another one meanwhile.
      ...(isExclusive ? { expectHolder: holder?.id ?? null } : {}),
    };
    const result = await withProgress(
      this.#options.activity,
      { title: t('Promoting {version}', { version: labelOf(version) }), isCancellable: true },
      (operation) => registry.connection.promoteThroughGates({ roots: rootsOf(registry), request }, operation),
    );
    this.#options.onMoved(registryDir, result);
    return { outcome: 'done' };
  }

  /** In a dialog of the editor's own: what a page says alone overrides nothing. */
  async #confirmOverride(state: ReviewPageState): Promise<boolean> {
    const { standing, results } = await this.stageGates(state);
    const broken = results.filter(({ outcome }) => outcome !== 'passed');
    const lines = broken.map(({ title, outcome, why = '' }) =>
      oneLine(`• ${title}: ${outcome === 'failed' ? why : t('not evaluated, {why}', { why })}`, 300),
    );
    const chosen = await vscode.window.showWarningMessage(
      oneLine(
        tCount(
          broken.length,
          'Promote {version} to {stage} although a gate isn’t passed?',
          'Promote {version} to {stage} although {count} gates aren’t passed?',
          { version: labelOf(standing.version), stage: standing.stage },
        ),
      ),
      {
        modal: true,
        detail: [
          ...lines,
          '',
          t('The log and the page of the version show for ever that you did, and your reason.'),
        ].join('\n'),
      },
      t('Promote All the Same'),
    );
    return chosen !== undefined;
  }

  async #evidence({ registryDir, versionId, stage, gate }: EvidenceOf): Promise<string> {
    const { evidenceOf } = await import('../pages/review-data.ts');
    const gates = await this.stageGates({ registryDir, versionId, stage });
    return evidenceOf(await this.#options.registries.callsFor(registryDir), gates, gate);
  }
}

function withComment<T extends object>(request: T, text: string): T & { readonly comment?: string } {
  return text.trim() === '' ? request : { ...request, comment: text };
}

function rootsOf({ roots }: WorkspaceRegistry): readonly string[] {
  return roots.map(({ uri }) => uri.fsPath);
}
