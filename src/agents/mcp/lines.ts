import { StringDecoder } from 'node:string_decoder';

/** No message that is meant is anywhere near as long. */
const MAX_LINE = 1024 * 1024;

/** The lines of a stream, without their ends; undefined for one that is too long, which isn't kept. The last needs no end. */
export async function* linesOf(stream: AsyncIterable<unknown>): AsyncGenerator<string | undefined> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let isTooLong = false;
  for await (const chunk of stream) {
    const parts = (rest + textOf(chunk, decoder)).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) {
      if (isTooLong || line.length > MAX_LINE) yield undefined;
      else yield line;
      isTooLong = false;
    }
    if (rest.length <= MAX_LINE) continue;
    isTooLong = true;
    rest = '';
  }
  if (isTooLong) yield undefined;
  else if (rest !== '') yield rest;
}

function textOf(chunk: unknown, decoder: StringDecoder): string {
  if (typeof chunk === 'string') return chunk;
  return chunk instanceof Uint8Array ? decoder.write(Buffer.from(chunk)) : '';
}
