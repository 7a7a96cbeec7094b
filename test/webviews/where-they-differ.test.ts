import { expect, it } from 'vitest';
import { whereTheyDiffer } from '../../src/webviews/shared/where-they-differ.ts';

const beginning = `amount, merchant, country, hour, ${'device, '.repeat(20)}`;

it('shows what differs of texts that begin alike for long', () => {
  expect(whereTheyDiffer([`${beginning}age`, null, `${beginning}income, age`])).toEqual([
    '… device, device, device, age',
    null,
    '… device, device, device, income, age',
  ]);
});

it('names what nobody sees', () => {
  expect(whereTheyDiffer(['adam', 'adam ', 'ad\u200bam', 'ad\u00a0am'])).toEqual([
    'adam',
    'adam␣',
    'ad⟨U+200B⟩am',
    'ad⟨U+00A0⟩am',
  ]);
  expect(whereTheyDiffer(['a\nb', 'a\r\nb'])).toEqual(['a␊b', 'a␍␊b']);
});

it('leaves what is told apart as it is', () => {
  for (const texts of [['adam', 'sgd'], ['adam ', 'adam '], [`${beginning}1`, null], []])
    expect(whereTheyDiffer(texts)).toEqual(texts);
});
