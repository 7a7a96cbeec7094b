import * as v from 'valibot';
import { parseMs } from '../base/duration.ts';
import { parseSize } from '../base/size.ts';
import { splitCommand } from './split-command.ts';

const MAX_COMMAND_PARTS = 100;
export const STAGE = /^[a-z][a-z0-9-]{0,31}$/;
export const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/u;
export const PERCENT = /^(\d+(?:\.\d+)?)\s*%$/;

export const described = <const T extends v.GenericSchema>(schema: T, text: string) =>
  v.pipe(schema, v.description(text));
export const line = (max: number) =>
  v.pipe(
    v.string(),
    v.minLength(1, 'is empty'),
    v.maxLength(max, `is longer than ${max} characters`),
    v.check((text) => !CONTROL.test(text), 'has control characters or several lines'),
  );
export const stage = v.pipe(v.string(), v.regex(STAGE, 'is no name of a stage'));
export const finite = v.pipe(v.number('must be a number'), v.finite());

const CHANGE = 'must be a number from 0 up, or a percentage such as 2 %';
const SIZE = 'must be a size such as 500 MB';
/** `0.005`, or `2 %` of what production has. */
export const change = v.union(
  [v.pipe(v.number(), v.finite(), v.minValue(0)), v.pipe(v.string(), v.regex(PERCENT, CHANGE))],
  CHANGE,
);

const CONFIDENCE = 'must be from 50 % to 99.9 %, such as 95 %';
export const confidence = v.union(
  [
    v.pipe(v.number(), v.minValue(0.5, CONFIDENCE), v.maxValue(0.999, CONFIDENCE)),
    v.pipe(
      v.string(),
      v.check((text) => {
        const share = Number(PERCENT.exec(text)?.[1] ?? Number.NaN) / 100;
        return share >= 0.5 && share <= 0.999;
      }, CONFIDENCE),
    ),
  ],
  CONFIDENCE,
);
export const size = v.union(
  [
    v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
    v.pipe(
      v.string(),
      v.check((text) => parseSize(text) !== undefined, SIZE),
    ),
  ],
  SIZE,
);
const TIME = 'must be a time such as 40 ms';
/** Milliseconds, or as people write it. */
export const time = v.union(
  [
    v.pipe(v.number(), v.finite(), v.minValue(0)),
    v.pipe(
      v.string(),
      v.check((text) => parseMs(text) !== undefined, TIME),
    ),
  ],
  TIME,
);
export const whole = (min: number, max: number) =>
  v.pipe(v.number('must be a number'), v.safeInteger('must be a whole number'), v.minValue(min), v.maxValue(max));

export const command = v.union(
  [
    v.pipe(
      line(4096),
      v.check((text) => splitCommand(text).length > 0, 'names no program, or has a quote without its end'),
    ),
    v.pipe(v.array(line(4096)), v.minLength(1, 'names no program'), v.maxLength(MAX_COMMAND_PARTS)),
  ],
  'must be a command, or a list of a program and its arguments',
);
