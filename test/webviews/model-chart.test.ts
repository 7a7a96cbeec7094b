import { describe, expect, it } from 'vitest';
import { axisTexts } from '../../src/webviews/model/axis-texts.ts';
import { bandsOf } from '../../src/webviews/model/drawing.ts';
import { day, tenuresOf } from './model-examples.ts';

describe('the times in production on an axis of versions', () => {
  it('begin after the newest version of then, and lie side by side where no version came between', () => {
    const [first, second, ...others] = tenuresOf().toReversed();
    if (!first || !second) throw new Error('There are no times.');
    const briefly = [
      ...others.toReversed(),
      { ...second, since: day(60), newestThen: 6 },
      { ...first, until: day(60), newestAtEnd: 6 },
    ];
    const places = bandsOf(briefly, { kind: 'number' }).map(({ from, to, tenure }) => [tenure.number, from, to]);
    expect(places.slice(0, 3)).toEqual([
      [5, 6 + 1 / 3, 6 + 2 / 3],
      [20, 6 + 2 / 3, 31.5],
      [30, 31.5, 36.5],
    ]);
    expect(places.at(-1)).toEqual([38, 39.5, Number.POSITIVE_INFINITY]);
  });
});

describe('texts of an axis', () => {
  it('are told apart where they begin alike', () => {
    expect(axisTexts(['adam', 'sgd', 'a-very-long-optimizer'])).toEqual(['adam', 'sgd', 'a-very-long-o…']);
    const prompts = ['You are a helpful assistant. Be brief', 'You are a helpful assistant. Think'];
    expect(axisTexts(prompts)).toEqual(['…Be brief', '…Think']);
    expect(axisTexts(['', ''])).toEqual(['', '']);
  });
});
