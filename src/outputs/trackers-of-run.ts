import { latestVersion } from './latest-version.ts';
import { runsOfModel } from './model-claims.ts';
import { declaredIn, linkRuns, NO_RUN, type RunLink } from './run-link.ts';
import type { RunOutputsContext } from './run-outputs.ts';
import type { RunSample } from './run-sample.ts';

/** What trackers say of the run that some outputs are from, as long as that holds. */
export class TrackersOfRun {
  readonly #context: Pick<RunOutputsContext, 'name' | 'model' | 'options' | 'settleMs'>;
  #known: { readonly key: string; readonly link: RunLink; readonly since: number } | undefined;

  constructor(context: Pick<RunOutputsContext, 'name' | 'model' | 'options' | 'settleMs'>) {
    this.#context = context;
  }

  /** Asked again only where something changed, by `key`, or the run may have gone on. Throws what reading them and the registry throws. */
  async linkOf(sample: RunSample, key: string): Promise<RunLink> {
    const { name, model, options, settleMs } = this.#context;
    const { runs } = options.providers;
    if (!runs) return NO_RUN;
    const known = this.#known;
    const isOver = known?.link.status === 'finished' || known?.link.status === 'failed';
    const isFresh = known?.key === key && (isOver || performance.now() - known.since < settleMs * 10);
    if (known && isFresh) return known.link;
    const latest = await latestVersion(await options.registry(), name);
    const sinceMs = latest && latest.createdAtMs < sample.changedAtMs ? latest.createdAtMs : 0;
    const found = await runs(
      [...sample.stamps.values()].map(({ file }) => file),
      sinceMs,
    );
    const own = runsOfModel(found, { project: options.project, name });
    const link = linkRuns(own, { sinceMs, declares: declaredIn(model) });
    this.#known = { key, link, since: performance.now() };
    return link;
  }
}
