import * as v from 'valibot';
import type { Progress } from '../base/progress.ts';
import type { VersionSummary } from '../catalog/read-models/versions.ts';
import type { GateActivity } from '../gates/activity.ts';
import type { RegisterResult } from '../registry/api/registering.ts';
import type { RemoteStatus } from '../registry/api/sharing.ts';
import type { FollowUpActivity } from '../serving/after/follow-up.ts';
import type { Deployment } from '../serving/deploy.ts';

/** What the registry's thread tells without being asked. Both ends are built from the same sources. */
export type RegistryThreadEvent =
  | { readonly kind: 'changed'; readonly head: number }
  /** There is a registry, and it was opened: from now on none is made in its place unless a person asks for it. */
  | { readonly kind: 'opened' }
  /** How the registry stands with its shared storage; without `status` it has none. */
  | { readonly kind: 'sharing'; readonly status?: RemoteStatus; readonly isPaused: boolean }
  /** Bytes on their way to or from the shared storage; without `progress` there are none. */
  | { readonly kind: 'transfer'; readonly progress?: Progress }
  /** The thread wants to open a container: the answer is the call `credential`, with the same `id`. */
  | { readonly kind: 'credentialWanted'; readonly id: number; readonly url: string }
  /** `earlier` is the version that the new one takes the place of, where that was registered before its run had ended. */
  | {
      readonly kind: 'registered';
      readonly root: string;
      readonly result: RegisterResult;
      readonly earlier?: VersionSummary;
    }
  /** What happens in a run of gates, of which the call `runGates` gave the name. */
  | { readonly kind: 'gate'; readonly run: string; readonly activity: GateActivity }
  /** How a folder stands that a project file has production deployed to. */
  | { readonly kind: 'deployment'; readonly root: string; readonly deployment: DeploymentState }
  /** What follows a transition, as it happens. */
  | { readonly kind: 'followUp'; readonly root: string; readonly activity: FollowUpActivity }
  /** Nothing could be done afterwards: what was recorded stays. */
  | { readonly kind: 'followUpProblem'; readonly root: string; readonly message: string }
  | { readonly kind: 'busy'; readonly root: string; readonly isBusy: boolean }
  /** The thread stopped unexpectedly: nothing that it said it does goes on. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'progress'; readonly root: string; readonly progress: Progress }
  | {
      readonly kind: 'problem';
      readonly root: string;
      readonly code: string;
      readonly message: string;
      readonly details: Readonly<Record<string, unknown>>;
    };

export interface DeploymentState extends Omit<Deployment, 'root'> {
  /** It is being brought to what is in production. */
  readonly isBusy?: boolean;
  /** Why it couldn't be, until the next try. */
  readonly problem?: string;
  /** How long bringing it there took. */
  readonly tookMs?: number;
}

/** What the editor knows to open a container with. It goes from thread to thread and nowhere else. */
export const givenCredentialSchema = v.variant('kind', [
  v.object({ kind: v.literal('sas'), token: v.string() }),
  v.object({ kind: v.literal('connectionString'), text: v.string() }),
  // The person chose a way that doesn't lead anywhere any more: another identity mustn't take its place.
  v.object({ kind: v.literal('missing'), message: v.string() }),
  v.object({ kind: v.literal('token'), token: v.string(), expiresAt: v.number() }),
]);
export type GivenCredential = v.InferOutput<typeof givenCredentialSchema>;
