import { html, nothing, type TemplateResult } from 'lit';
import type { VersionDetails } from '../../extension/messages.ts';
import type { VersionGates } from '../../extension/messages-review.ts';
import { approvalList } from '../review/approvals.ts';
import { gateList } from '../review/gates.ts';
import { countOf } from '../shared/format.ts';
import type { PageContext } from '../shared/page.ts';
import { authorOf, failedLine, icon, section, stageBadge, timeOf } from '../shared/parts.ts';

/** Gates may fetch what files say, or compute intervals from predictions. */
const patienceMs = 120_000;

type OfStage = VersionGates['stages'][number];

/** What each stage asks of the version, how it stands now, and who said what; nothing where nothing is asked. */
export function gatesOfVersion(version: VersionDetails, page: PageContext): TemplateResult | typeof nothing {
  const later = page.later('gates', () => page.read('versionGates', {}, { timeoutMs: patienceMs }), version);
  if (later.state === 'loading') return nothing;
  if (later.state === 'failed') return section({ id: 'gates', title: 'Gates' }, failedLine(later));
  const { stages } = later.data;
  if (stages.length === 0) return nothing;
  return section(
    { id: 'gates', title: 'Gates and approvals' },
    stages.map((ofStage) => stagePart(ofStage, version, page)),
  );
}

function stagePart(ofStage: OfStage, version: VersionDetails, page: PageContext): TemplateResult {
  const { stage, kind, gates, approvals, request } = ofStage;
  const broken = gates.filter(({ outcome }) => outcome !== 'passed');
  const name = `gates.${stage}`;
  const isOpen = page.ui[name] === true || (page.ui[name] === undefined && broken.length > 0 && kind === 'promote');
  const toggled = ({ currentTarget }: Event) => {
    if (currentTarget instanceof HTMLDetailsElement && currentTarget.open !== isOpen)
      page.setUi(name, currentTarget.open);
  };
  return html`<details class="stage-gates" ?open=${isOpen} @toggle=${toggled}>
    <summary>
      ${stageBadge(stage)}
      <span class=${broken.length === 0 ? 'stage-passed' : 'stage-broken'}>${icon(broken.length === 0 ? 'pass' : 'error')} ${standingText(gates.length, broken.length)}</span>
    </summary>
    ${request ? html`<p class="muted">Asked for by ${authorOf(request.by)}, ${timeOf(request.at)}</p>` : nothing}
    ${gates.length === 0 ? nothing : gateList(gates, approvals, undefined)}
    ${approvals.length === 0 ? nothing : approvalList(approvals)}
    <button class="link" @click=${() => page.openReview(version.id, stage)}>${icon('checklist')} Review for ${stage}</button>
  </details>`;
}

function standingText(all: number, broken: number): string {
  if (all === 0) return 'no gates';
  return broken === 0 ? `${countOf(all, 'gate')} passed` : `${broken} of ${countOf(all, 'gate')} not passed`;
}
