import type { ModelDetails } from '../../catalog/read-models/models.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import { safeLine, styled } from '../terminal.ts';
import { headlineText } from './headline.ts';
import { indented, pairs, section } from './sections.ts';
import { provenAuthorText, timeText } from './values.ts';

/** Everything about a model, in sections. */
export function modelText(model: ModelDetails): string {
  const sections = [
    styled('bold', safeLine(model.name)),
    pairs([
      ['created', `${timeText(model.createdAt)} by ${provenAuthorText(model.createdBy)}`],
      ['description', safeLine(model.description, 500)],
      ['versions', String(model.versions)],
      ['production', placeText(model.production)],
      ['newest', placeText(model.latest)],
      ['aliases', model.aliases.map(({ alias, number }) => `${safeLine(alias)} → ${number}`).join(', ')],
      ['stages', model.stages.map((stage) => safeLine(stage.name)).join(', ')],
      ['former names', model.formerNames.map((name) => safeLine(name)).join(', ')],
      ['id', model.id],
    ]),
    section('Tags', pairs(Object.entries(model.tags).map(([name, value]) => [safeLine(name), safeLine(value)]))),
    section(
      'Comments',
      model.comments
        .map(({ at, by, text }) => `  ${timeText(at)}  ${provenAuthorText(by)}\n${indented(text)}`)
        .join('\n'),
    ),
  ];
  return sections.filter((text) => text !== '').join('\n');
}

function placeText(version: VersionSummary | undefined): string {
  return version ? `${version.number}  ${headlineText(version)}`.trimEnd() : 'none';
}
