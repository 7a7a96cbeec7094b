import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../base/language.ts';
import type { ModelPageData } from '../extension/messages/page-data.ts';
import { choicesOf } from './model/choices.ts';
import { modelHeader } from './model/header.ts';
import { modelPageOf } from './model/model-page.ts';
import { plotSection } from './model/plot-section.ts';
import { stageHistory } from './model/stage-history.ts';
import { type PageContext, runPage } from './shared/page.ts';
import { authorOf, section, timeOf } from './shared/parts.ts';

/** A model as a whole: its versions by what was measured, and which of them served when. */
function modelView(data: ModelPageData, context: PageContext): TemplateResult {
  const page = modelPageOf(data, context);
  const choices = choicesOf(page.ui, { metric: data.metric, stage: data.stage });
  return html`${modelHeader(data, page)}
    <div class="columns model-columns">
      <div class="main">${plotSection(data, choices, page)}</div>
      <div class="side">${stageHistory(data, choices, page)} ${comments(data)}</div>
    </div>`;
}

function comments({ model }: ModelPageData): TemplateResult | typeof nothing {
  if (model.comments.length === 0) return nothing;
  return section(
    { id: 'comments', title: t('Comments'), count: model.comments.length },
    html`<ul class="entries">
      ${model.comments.map(
        ({ text, by, at }) => html`<li>
          <div class="muted">${authorOf(by)}, ${timeOf(at)}</div>
          <div class="words">${text}</div>
        </li>`,
      )}
    </ul>`,
  );
}

runPage<'model'>(modelView);
