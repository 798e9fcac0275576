/** A score of a sorted set from the text or number of a client; undefined if it is neither a number nor an infinity. */
export function readScore(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const infinity = infinities.get(value.toLowerCase());
  if (infinity !== undefined) return infinity;
  const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(value) ? Number(value) : NaN;
  return Number.isFinite(number) ? number : undefined;
}

const infinities: ReadonlyMap<string, number> = new Map([
  ['inf', Infinity],
  ['+inf', Infinity],
  ['-inf', -Infinity],
]);

/** A score as clients receive it. JSON has no infinities. */
export function writeScore(score: number): number | string {
  if (Number.isFinite(score)) return score;
  return score > 0 ? 'inf' : '-inf';
}

/** A score as an argument of a command, without loss: the shortest text that is read as the same double. */
export function scoreArgument(score: number): string {
  // The text of -0 is "0".
  if (Object.is(score, -0)) return '-0';
  return Number.isFinite(score) ? String(score) : score > 0 ? '+inf' : '-inf';
}
