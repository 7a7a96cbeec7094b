import { RegistryError } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import type { RegistryCalls } from '../../registry/methods.ts';
import type { FilePreview } from '../messages/version.ts';

const LARGEST = 4 * 1024 * 1024;
const MOST_CHARACTERS = 40_000;

/** How files of each type begin. A text can't pass for a picture, and of SVG, which is one, a page runs nothing in a picture. */
const PICTURES: readonly (readonly [type: string, isOne: (bytes: Uint8Array, path: string) => boolean])[] = [
  ['image/png', (bytes) => beginsWith(bytes, [0x89, 0x50, 0x4e, 0x47])],
  ['image/jpeg', (bytes) => beginsWith(bytes, [0xff, 0xd8, 0xff])],
  ['image/gif', (bytes) => beginsWith(bytes, [0x47, 0x49, 0x46, 0x38])],
  ['image/bmp', (bytes, path) => /\.bmp$/i.test(path) && beginsWith(bytes, [0x42, 0x4d])],
  ['image/webp', (bytes) => beginsWith(bytes, [0x52, 0x49, 0x46, 0x46]) && beginsWith(bytes.subarray(8), [0x57, 0x45])],
  ['image/svg+xml', (bytes, path) => /\.svg$/i.test(path) && isText(bytes)],
];

/** The beginning of a text, or a picture, among the files of a version, for its page. Throws what `RegistryQueries.fileBytes` throws. */
export async function previewFile(
  registry: Pick<RegistryCalls, 'files' | 'fileBytes'>,
  { ref, path }: { readonly ref: string; readonly path: string },
): Promise<FilePreview> {
  const none = (why: string): FilePreview => ({ kind: 'none', path, why });
  try {
    const found = await registry.files({ ref, path });
    if (found.kind !== 'file') return none(t('This is a folder.'));
    if (found.sizeBytes > LARGEST) return none(t('It is too large to be shown here. Open it instead.'));
    const bytes = await registry.fileBytes({ ref, path });
    const type = PICTURES.find(([, isOne]) => isOne(bytes, path))?.[0];
    if (type !== undefined)
      return { kind: 'picture', path, source: `data:${type};base64,${Buffer.from(bytes).toString('base64')}` };
    if (!isText(bytes)) return none(t('It is neither text nor a picture that can be shown here.'));
    const text = new TextDecoder().decode(bytes.subarray(0, MOST_CHARACTERS * 4));
    return { kind: 'text', path, text: text.slice(0, MOST_CHARACTERS), isCut: text.length > MOST_CHARACTERS };
  } catch (error) {
    if (RegistryError.is(error, 'FILE_NOT_FOUND')) return none(t('It isn’t among its files.'));
    throw error;
  }
}

function beginsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, place) => bytes[place] === byte);
}

function isText(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, 64 * 1024);
  if (head.includes(0)) return false;
  // The last character of a part may be cut.
  return !new TextDecoder().decode(head.subarray(0, Math.max(0, head.length - 3))).includes('\ufffd');
}
