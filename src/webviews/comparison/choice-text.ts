import type { ComparisonPageData } from '../../extension/messages/page-data.ts';
import { choiceName } from '../shared/cut-name.ts';
import { versionNumber } from '../shared/version-name.ts';

type Compared = ComparisonPageData['versions'][number];

/** So many characters have room in a list of versions. */
const MOST = 30;

/** Which version it is, where versions of several models are compared: the name of its model gives way to its number. */
export function choiceOf(version: Compared): string {
  const number = `@${versionNumber(version)}`;
  return `${choiceName(version.model, MOST - number.length)}${number}`;
}

/** Which version it is, and as much of its stage as there is room for then: one that is cut twice tells nothing. */
export function choiceWithStage(version: Compared, isOfSeveral: boolean): string {
  const name = isOfSeveral ? choiceOf(version) : `@${versionNumber(version)}`;
  const left = MOST - name.length - 2;
  return left < Math.min(8, version.stage.length) ? name : `${name}, ${choiceName(version.stage, left)}`;
}
