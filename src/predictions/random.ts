/**
 * A source of whole numbers below a bound, the same for the same seed for ever: xoshiro128** (https://prng.di.unimi.it/xoshiro128starstar.c),
 * seeded by splitmix32. Not for secrets.
 */
export function seededNumbers(seed: number): (below: number) => number {
  let mixed = seed >>> 0;
  const word = () => {
    mixed = (mixed + 0x9e3779b9) >>> 0;
    let z = mixed;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
  let [a, b, c, d] = [word(), word(), word(), word()];
  return (below) => {
    const result = Math.imul(rotated(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotated(d, 11);
    return Math.floor((result / 2 ** 32) * below);
  };
}

function rotated(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
