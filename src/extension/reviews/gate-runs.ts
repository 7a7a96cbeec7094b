import * as vscode from 'vscode';
import { RegistryError } from '../../base/errors.ts';
import { dateLocale, t } from '../../base/language.ts';
import { told } from '../../base/retold.ts';
import type { GateActivity } from '../../gates/activity.ts';
import type { RecordedReport } from '../../gates/run-gates.ts';
import type { WorkspaceRegistry } from '../registries/registries.ts';
import { gateCommandsAtOnce } from '../settings.ts';
import type { Activity } from '../status/activity.ts';

export interface GateRun {
  readonly registryDir: string;
  readonly versionId: string;
  readonly stage: string;
  /** What runs now. */
  readonly step: string;
}

export interface GateRunRequest {
  readonly versionId: string;
  /** `fraud-detector@7` */
  readonly label: string;
  readonly stage: string;
  /** Also what was run before, and still counts. */
  readonly isAgain: boolean;
}

interface Running {
  run: GateRun;
  readonly controller: AbortController;
}

/** Commands of gates that run, for all pages and the palette: each version and stage at most once at a time. */
export class GateRuns implements vscode.Disposable {
  readonly #activity: Activity;
  readonly #output: vscode.OutputChannel;
  readonly #running = new Map<string, Running>();
  readonly #changed = new vscode.EventEmitter<string>();

  /** Given the folder of the registry. */
  readonly onDidChange = this.#changed.event;

  constructor(activity: Activity) {
    this.#activity = activity;
    this.#output = vscode.window.createOutputChannel(t('Model Registry Gates'));
  }

  of(registryDir: string, versionId: string, stage: string): GateRun | undefined {
    return this.#running.get(keyOf(registryDir, versionId, stage))?.run;
  }

  /**
   * Runs the commands and records what all gates found, with progress and a way to cancel. The caller has made sure that the workspace is
   * trusted. Throws `GATES_RUNNING`, `OPERATION_CANCELLED`.
   */
  async start(registry: WorkspaceRegistry, request: GateRunRequest): Promise<RecordedReport> {
    const { versionId, label, stage, isAgain } = request;
    const key = keyOf(registry.dir, versionId, stage);
    if (this.#running.has(key))
      throw new RegistryError(
        'GATES_RUNNING',
        t('The gates of {stage} are running for {label} already.', { stage, label }),
      );
    const controller = new AbortController();
    const running: Running = {
      controller,
      run: { registryDir: registry.dir, versionId, stage, step: t('Preparing') },
    };
    this.#running.set(key, running);
    this.#changed.fire(registry.dir);
    const title = t('Running gates of {stage} for {label}', { stage, label });
    const end = this.#activity.begin(title);
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    try {
      return await vscode.window.withProgress(options, async (progress, token) => {
        token.onCancellationRequested(() => controller.abort());
        const roots = registry.roots.map(({ uri }) => uri.fsPath);
        const atOnce = gateCommandsAtOnce();
        return await registry.connection.runGates(
          { ref: versionId, stage, roots, isAgain, ...(atOnce === undefined ? {} : { atOnce }) },
          (activity) => {
            this.#output.appendLine(activityLine(activity));
            if (activity.kind !== 'started') return;
            progress.report({ message: activity.label });
            running.run = { ...running.run, step: activity.label };
            this.#changed.fire(registry.dir);
          },
          { signal: controller.signal },
        );
      });
    } finally {
      end();
      this.#running.delete(key);
      this.#changed.fire(registry.dir);
    }
  }

  cancel(registryDir: string, versionId: string, stage: string): void {
    this.#running.get(keyOf(registryDir, versionId, stage))?.controller.abort();
  }

  showOutput(): void {
    this.#output.show(true);
  }

  dispose(): void {
    for (const { controller } of this.#running.values()) controller.abort();
    this.#output.dispose();
    this.#changed.dispose();
  }
}

function keyOf(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}

function activityLine(activity: GateActivity): string {
  switch (activity.kind) {
    case 'started':
      return `${now()} ${t('{gate} begins: {label}', { gate: activity.gate, label: activity.label })}`;
    case 'line':
      return `${activity.label} | ${activity.text}`;
    case 'ended':
      return `${now()} ${activity.gate} ${activity.outcome === 'passed' ? t('passed') : t('failed: {why}', { why: told(activity.why ?? '') })}`;
  }
}

function now(): string {
  return new Date().toLocaleTimeString(dateLocale());
}
