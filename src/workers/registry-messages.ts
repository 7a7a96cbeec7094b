import type { Progress } from '../base/progress.ts';
import type { RegisterResult } from '../registry/api.ts';

/** What the registry's thread tells without being asked. Both ends are built from the same sources. */
export type RegistryThreadEvent =
  | { readonly kind: 'changed'; readonly head: number }
  | { readonly kind: 'registered'; readonly root: string; readonly result: RegisterResult }
  | { readonly kind: 'busy'; readonly root: string; readonly isBusy: boolean }
  | { readonly kind: 'progress'; readonly root: string; readonly progress: Progress }
  | {
      readonly kind: 'problem';
      readonly root: string;
      readonly code: string;
      readonly message: string;
      readonly details: Readonly<Record<string, unknown>>;
    };
