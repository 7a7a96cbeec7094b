import * as v from 'valibot';

// What tools take. Nothing here is ever a path or a command: it names things of the registry.

const short = (what: string) => v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(300), v.description(what));

export const REF = short(
  'A version: model@7 (its number), model@production (the one in a stage), model@champion (an alias), or model alone (the one in production, else the newest).',
);
export const MODEL = short('The name of a model.');
export const STAGE = short('A stage, such as staging or production.');
export const REASON = v.pipe(
  v.string(),
  v.trim(),
  v.minLength(10),
  v.maxLength(2000),
  v.description('Why, with the facts that speak for it: the person who decides reads this first.'),
);
export const CURSOR = v.pipe(
  v.string(),
  v.maxLength(2000),
  v.description('`next` of the answer before, for the page after it.'),
);

export function limit(usual: number) {
  return v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(50), v.description('How many at most, 1 to 50.')),
    usual,
  );
}
