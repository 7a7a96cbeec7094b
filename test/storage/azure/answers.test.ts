import { describe, expect, it } from 'vitest';
import { isAbsent, isTaken } from '../../../src/storage/azure/answers.ts';

const answer = (statusCode: number, code: string) => Object.assign(new Error(code), { statusCode, code });

describe('an answer of blob storage', () => {
  it.each([
    [409, 'BlobAlreadyExists'],
    [412, 'ConditionNotMet'],
    [409, 'BlobImmutableDueToPolicy'],
    [409, 'BlobImmutableDueToLegalHold'],
    [403, 'UnauthorizedBlobOverwrite'],
  ])('means that a name is taken: %i %s', (status, code) => {
    expect(isTaken(answer(status, code))).toBe(true);
  });

  it.each([
    [409, 'ContainerBeingDeleted'],
    [409, 'PublicAccessNotPermitted'],
    [403, 'AuthorizationPermissionMismatch'],
    [404, 'BlobNotFound'],
  ])('means something else: %i %s', (status, code) => {
    expect(isTaken(answer(status, code))).toBe(false);
  });

  it('says that nothing has a name only where the storage itself says so', () => {
    expect(isAbsent(answer(404, 'BlobNotFound'))).toBe(true);
    expect(isAbsent(answer(404, 'ContainerNotFound'))).toBe(false);
    expect(isAbsent(answer(404, 'Error'))).toBe(false);
  });
});
