import type { ByteSource } from '../file-set.ts';
import { walkPickles } from '../pickle/walk.ts';
import { openPickle, whyIncomplete } from './pickle-facts.ts';

/** Why it is incomplete; `unknown` where that can't be told, undefined where it is whole. */
export async function pickleCompleteness(file: ByteSource): Promise<string | undefined> {
  const { source, doubt, isBroken } = await openPickle(file);
  if (isBroken) return 'what is compressed in it is damaged or cut off';
  if (source === undefined || doubt !== undefined) return 'unknown';
  const walk = await walkPickles(source);
  return walk.stopped?.why === 'too-large' ? 'unknown' : whyIncomplete(walk, source.sizeBytes);
}
