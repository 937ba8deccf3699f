/** Numbers from 0 up to 1, the same ones each time, so that a figure can be printed twice (xorshift32). */
export function seededRandom(): () => number {
  let state = 0x9e3779b1 | 0;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
