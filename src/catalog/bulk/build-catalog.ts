import { applyCommit } from '../../rules/apply-commit.ts';
import { CATALOG_SQL_IN_PARTS } from '../schema.ts';
import { emptyCatalog, type LoadedCatalog } from '../snapshot.ts';
import { BulkState } from './bulk-state.ts';
import { writeFacts, writeSearch, writeState } from './write-bulk.ts';

/** Commits whose rows are written together. */
const WRITTEN_AT_ONCE = 8192;

/**
 * Applies a log from its first commit, faster than one commit after the other would be: the same catalog. `next` gives commits that come
 * after number `seq`, none at the end of the log.
 */
export async function buildCatalog(options: {
  readonly registryId: string;
  readonly formatHash: string;
  readonly next: (seq: number) => Promise<readonly Uint8Array[]>;
}): Promise<LoadedCatalog> {
  const { registryId, formatHash, next } = options;
  const state = new BulkState();
  const { db, position: start } = await emptyCatalog(registryId, formatHash, CATALOG_SQL_IN_PARTS.tables);
  try {
    let position = start;
    let writtenSeq = 0;
    for (let batch = await next(0); batch.length > 0; ) {
      // Read while these are applied.
      const following = next(position.seq + batch.length);
      following.catch(() => undefined);
      for (const bytes of batch) {
        ({ position } = applyCommit(state, bytes, position, registryId));
        if (position.seq - writtenSeq < WRITTEN_AT_ONCE) continue;
        db.unjournaled(() => writeFacts(db, state));
        writtenSeq = position.seq;
      }
      batch = await following;
    }
    db.unjournaled(() => {
      writeFacts(db, state);
      writeState(db, state);
      writeSearch(db, state, position.seq);
      db.script(CATALOG_SQL_IN_PARTS.indexes);
    });
    return { db, position };
  } catch (error) {
    db.close();
    throw error;
  }
}
