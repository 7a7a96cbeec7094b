import * as v from 'valibot';
import type { CardFile } from '../../registry/api/card.ts';
import type { MetricTrend } from '../../registry/api/listing.ts';
import { pathInRepository, ulid } from './fields.ts';

/** What only the page of a version and the extension tell each other. */

const remarkKinds = ['note', 'comment'] as const;
export type RemarkKind = (typeof remarkKinds)[number];

export const versionParams = {
  /** How its metrics stand among those of the versions around it. */
  trends: v.strictObject({}),
  /** The model card among its files. */
  card: v.strictObject({}),
  /** The beginning of a text or a picture among the files of a version. */
  preview: v.strictObject({
    path: pathInRepository,
    versionId: ulid,
  }),
  /** Asks the person where one of its files is to be written to. */
  saveFile: v.strictObject({ path: pathInRepository }),
  /** A note or comment that the person wrote. */
  remark: v.strictObject({
    kind: v.picklist(remarkKinds),
    text: v.pipe(v.string(), v.minLength(1), v.maxLength(16_384)),
  }),
};

export type FilePreview =
  | { readonly kind: 'text'; readonly path: string; readonly text: string; readonly isCut: boolean }
  /** `source`: the picture itself, as a `data:` address. */
  | { readonly kind: 'picture'; readonly path: string; readonly source: string }
  | { readonly kind: 'none'; readonly path: string; readonly why: string };

export interface VersionResults {
  readonly trends: readonly MetricTrend[];
  readonly card: { readonly file?: CardFile };
  readonly preview: FilePreview;
  readonly remark: { readonly isDone: true };
}
