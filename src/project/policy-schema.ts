import * as v from 'valibot';
import { described, stage } from './gate-values.ts';

const person = v.pipe(v.string(), v.minLength(1, 'is empty'), v.maxLength(512, 'is longer than 512 characters'));
const people = v.pipe(v.array(person), v.minLength(1, 'names nobody'), v.maxLength(256, 'names more than 256 people'));

/** What a project file says of a model's policy, apart from its gates. The registry judges it when it is applied. */
export const policySchema = v.strictObject({
  stages: v.exactOptional(
    described(
      v.array(
        v.strictObject({
          name: stage,
          exclusive: v.exactOptional(
            described(v.boolean(), 'It holds one version at a time; the one before goes where displaced-to says.'),
          ),
          'displaced-to': v.exactOptional(described(stage, 'A stage that isn’t exclusive; archived unless said.')),
          from: v.exactOptional(
            described(
              v.pipe(v.array(stage), v.minLength(1, 'names no stage')),
              'The stages from which a version may be promoted to it: [canary]. From any where it is left out. Rolling back and moving down are always possible.',
            ),
          ),
        }),
      ),
      'The stages in order, from candidate to archived: shadow, canary, production-eu. An exclusive one holds one version at a time; the one before goes where displaced-to says.',
    ),
  ),
  override: v.exactOptional(
    described(
      v.union(
        [v.picklist(['allowed', 'never']), v.strictObject({ by: people })],
        'must be allowed, never, or {by: [ann@example.org]}',
      ),
      'Whether a promotion may go on although a gate fails, and by whom: allowed, never, or {by: [ann@example.org]}. It stays on record.',
    ),
  ),
  changes: v.exactOptional(
    described(
      v.strictObject({
        approvals: v.pipe(v.number('must be a number'), v.safeInteger(), v.minValue(1), v.maxValue(100)),
        by: v.exactOptional(described(people, 'Only theirs count.')),
      }),
      'How many people must approve another policy before it can take the place of this one, whoever sets it not among them: model-registry policy propose.',
    ),
  ),
  signers: v.exactOptional(
    described(
      v.array(v.strictObject({ person: v.string(), key: v.string() })),
      'Whose signatures count, each with a public SSH key as in a .pub file. Changing the list needs a signature by one of them.',
    ),
  ),
  signatures: v.exactOptional(
    described(
      v.array(v.picklist(['approvals', 'gates', 'stages', 'all'])),
      'What has no effect unless one of the signers signed it: approvals and requests for them; results of gates; stages with aliases and deletions; all.',
    ),
  ),
});
