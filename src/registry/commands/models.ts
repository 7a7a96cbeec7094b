import { RegistryError } from '../../base/errors.ts';
import { modelById } from '../../catalog/model-queries.ts';
import type { ModelSummary } from '../../catalog/read-models/models.ts';
import type { Tags } from '../../catalog/read-models/values.ts';
import { checkModelName, findModel, findModelIfAny } from '../references.ts';
import { refuseSecrets } from '../secrets-in-events.ts';
import { dbOf, readToWrite, record, type Session } from '../session.ts';
import { reasonOf } from '../text.ts';

export async function createModel(
  session: Session,
  request: { readonly name: string; readonly description?: string; readonly tags?: Tags },
): Promise<ModelSummary> {
  checkModelName(request.name);
  await readToWrite(session);
  const taken = findModelIfAny(session, request.name);
  if (taken) {
    const called = taken.name === request.name ? '' : ` (now called ${taken.name})`;
    throw new RegistryError(
      'NAME_TAKEN',
      `There is a model called ${request.name} already${called}. Choose another name. Nothing was changed.`,
    );
  }
  const model = session.newId();
  const { name, description, tags } = request;
  await refuseSecrets([description, tags]);
  await record(session, {
    events: [
      {
        type: 'model.created',
        model,
        name,
        ...(description === undefined ? {} : { description }),
        ...(tags ? { tags } : {}),
      },
    ],
  });
  return summaryOf(session, model);
}

export async function renameModel(
  session: Session,
  request: { readonly model: string; readonly name: string },
): Promise<ModelSummary> {
  checkModelName(request.name);
  await readToWrite(session);
  const model = findModel(session, request.model);
  await record(session, {
    expects: { names: { [model.id]: model.name } },
    events: [{ type: 'model.renamed', model: model.id, name: request.name }],
  });
  return summaryOf(session, model.id);
}

export async function deleteModel(
  session: Session,
  request: { readonly model: string; readonly reason: string },
): Promise<void> {
  const reason = reasonOf(request.reason);
  await readToWrite(session);
  const model = findModel(session, request.model);
  await record(session, { events: [{ type: 'model.deleted', model: model.id, reason }] });
}

function summaryOf(session: Session, anyId: string): ModelSummary {
  const id = session.catalog.state.model(anyId)?.id ?? anyId;
  const summary = modelById(dbOf(session), id);
  if (!summary) throw new RegistryError('MODEL_NOT_FOUND', 'The model was deleted by somebody else in the meantime.');
  return summary;
}
