import { RegistryError } from '../../base/errors.ts';
import { withShownNumbers } from '../../base/exponent.ts';
import { t } from '../../base/language.ts';
import type { VersionDetails, VersionSummary } from '../../catalog/read-models/versions.ts';
import type { GateReport } from '../../gates/evaluate-gates.ts';
import { isWaiting } from '../../gates/of-people.ts';
import type { GateStanding } from '../../registry/api/gates.ts';
import type { RegistryCalls } from '../../registry/methods.ts';
import type { ReviewPageState } from '../messages/page-states.ts';
import type { ReviewAsked, ReviewGate, ReviewGates, ReviewOther, ReviewPageData } from '../messages/review.ts';
import { type DirectionsOf, loadChangesPage, versionTitle } from './page-data.ts';

/** All that a review shows but for what gates say, which may take longer. Throws what the registry throws. */
export async function loadReviewPage(
  registry: RegistryCalls,
  { versionId, stage }: ReviewPageState,
  directionsOf: DirectionsOf,
  now: Pick<ReviewPageData, 'revision' | 'isTrusted' | 'running' | 'proposal'>,
): Promise<{ readonly data: ReviewPageData; readonly standing: GateStanding }> {
  const [version, standing] = await Promise.all([
    registry.show({ ref: versionId }),
    registry.gateStanding({ ref: versionId, stage }),
  ]);
  const [stages, other, declared, request] = await Promise.all([
    registry.stages({ model: version.modelId }),
    otherOf(registry, standing),
    directionsOf(version.model),
    requestOf(registry, standing),
  ]);
  const changes = other && (await loadChangesPage(registry, [other.version.id, version.id], async () => declared));
  const data = {
    version,
    stage,
    otherStages: stages
      .map(({ name }) => name)
      .filter((name) => ![stage, version.stage, 'candidate', 'archived'].includes(name)),
    kind: standing.kind,
    isExclusive: standing.isExclusive,
    ...(other ? { other } : {}),
    ...(changes ? { changes } : {}),
    approvals: standing.approvals,
    isAuthor: standing.isAuthor,
    ...(request ? { request } : {}),
    ...(standing.from ? { from: standing.from } : {}),
    isOverrideAllowed: standing.isOverrideAllowed,
    ...(declared ? { declared } : {}),
    ...now,
  };
  return { data, standing };
}

async function requestOf(
  registry: RegistryCalls,
  { version, stage, request }: GateStanding,
): Promise<ReviewAsked | undefined> {
  if (!request) return undefined;
  const [entry] = await registry.reviews({ ref: version.id, stage });
  return { ...request, isOwn: entry?.isOwn ?? false, isWanted: entry?.isWanted ?? false };
}

/** Who is in the stage; for a stage that holds many, or nobody yet, who is in production. */
async function otherOf(registry: RegistryCalls, { version, holder }: GateStanding): Promise<ReviewOther | undefined> {
  if (holder) return { version: await registry.show({ ref: holder.id }), isInStage: true };
  const { production } = await registry.showModel({ model: version.modelId });
  if (!production || production.id === version.id) return undefined;
  return { version: await registry.show({ ref: production.id }), isInStage: false };
}

/** What gates say, as the page shows it. */
export function reviewGates(gates: GateReport): ReviewGates {
  const { results, found, commands, standing } = gates;
  return {
    gates: results.map((result): ReviewGate => {
      const { gate, title, required, source, outcome, measured, why } = result;
      const isCommand = commands.includes(gate);
      const recorded = recordedOf(gates, gate);
      // What was recorded of a command holds where the gate says the same; of what the log judges by it, it always does.
      const isOfNow = source === 'policy' || (isCommand && recorded?.outcome === outcome);
      return {
        ...{ gate, title, source, outcome },
        ...shownVerdict({ required, measured, ...(why === undefined ? {} : { why }) }, isCommand),
        isCommand,
        isWaiting: isWaiting(result, standing.approvals),
        hasEvidence: found.some((entry) => entry.gate === gate) || (isOfNow && recorded?.evidence !== undefined),
        ...(recorded && isOfNow ? { recorded: { at: recorded.at, by: recorded.by.name } } : {}),
      };
    }),
  };
}

type Words = Pick<ReviewGate, 'required' | 'measured' | 'why'>;

/** What a gate says, with its numbers as pages have them. Commands stay as they are typed, and what they print as it is. */
export function shownVerdict({ required, measured, why }: Words, isCommand: boolean): Words {
  const shown = isCommand ? (text: string) => text : withShownNumbers;
  return {
    ...{ required: shown(required), measured: shown(measured) },
    ...(why === undefined ? {} : { why: shown(why) }),
  };
}

/** The recorded result of a gate; of one of the policy, the result that it takes. */
function recordedOf({ standing }: GateReport, gate: string): GateStanding['results'][number] | undefined {
  const name = standing.policyGates.find((entry) => entry.gate === gate)?.recorded?.name ?? gate;
  return standing.results.find((entry) => entry.gate === name);
}

/** What there is to show for a gate: what it found now, or what was recorded of it. Throws `EVIDENCE_UNKNOWN`. */
export async function evidenceOf(registry: RegistryCalls, gates: GateReport, gate: string): Promise<string> {
  const now = gates.found.find((entry) => entry.gate === gate);
  if (now) return JSON.stringify(now.evidence, undefined, 2);
  const digest = recordedOf(gates, gate)?.evidence;
  if (digest === undefined)
    throw new RegistryError(
      'EVIDENCE_UNKNOWN',
      t('Nothing has been recorded for the gate {gate} yet. Run the gates.', { gate }),
    );
  return prettyJson(await registry.gateEvidence({ digest }));
}

function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    // Whoever may write to the log may name any object as evidence: it is shown as it is.
    return text;
  }
}

/** `Review fraud-detector@7 for production` */
export function reviewTitle(version: VersionSummary | VersionDetails, stage: string): string {
  return t('Review {version} for {stage}', { version: versionTitle(version), stage });
}
