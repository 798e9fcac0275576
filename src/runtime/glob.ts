import { createGlobMatch, type GlobStep } from './glob-match.js';

/** Whether a name matches, byte by byte. */
export type Glob = (name: Buffer) => boolean;

const [star, question, open, close, caret, dash, escape] = Buffer.from('*?[]^-\\');

/**
 * A glob pattern as Valkey takes it in PSUBSCRIBE, KEYS and ACL rules (`stringmatchlen` of its util.c): `*`, `?`, `[ae]`,
 * `[^a-z]`, and `\` before a byte that stands for itself.
 */
export function createGlob(pattern: Buffer): Glob {
  const match = createGlobMatch(globSteps(pattern));
  return (name) => {
    match.restart();
    match.read(name);
    return match.isWhole();
  };
}

/**
 * The part of a pattern that decides the beginning of a name: all up to its first star. `isWhole` if it asks nothing else. A node
 * compares a name with it in as many steps as it is long, while any step behind a star is tried at each byte of the name.
 */
export function globPrefix(pattern: Buffer): { readonly prefix: Buffer; readonly isWhole: boolean } {
  let prefix: Buffer | undefined;
  const steps = globSteps(pattern, (at) => (prefix ??= pattern.subarray(0, at + 1)));
  return { prefix: prefix ?? pattern, isWhole: !steps.slice(0, -1).includes('any bytes') };
}

/** Whether the pattern matches any name that begins with `prefix`. */
export function canMatchWithin(pattern: Buffer, prefix: Buffer): boolean {
  const steps = globSteps(pattern);
  let reached = withStarsSkipped(steps, [0]);
  for (const byte of prefix) reached = withStarsSkipped(steps, [...reached].flatMap(stepsAfter(steps, byte)));
  // Behind the prefix any byte may follow, but an empty class (`[]`) accepts none.
  const lastImpossible = steps.findLastIndex((step) => step !== 'any bytes' && !bytes.some(step));
  return [...reached].some((at) => at > lastImpossible);
}

const bytes = Array.from({ length: 256 }, (_, byte) => byte);

/** The places in the pattern that follow from one place when `byte` is read there. */
function stepsAfter(steps: readonly GlobStep[], byte: number): (at: number) => number[] {
  return (at) => {
    const step = steps[at];
    if (step === 'any bytes') return [at];
    return step?.(byte) ? [at + 1] : [];
  };
}

/** A star may match nothing. */
function withStarsSkipped(steps: readonly GlobStep[], places: readonly number[]): ReadonlySet<number> {
  return new Set(places.flatMap((at) => (steps[at] === 'any bytes' ? [at, at + 1] : [at])));
}

/** The steps of a pattern. Stars that follow each other are one; each is reported with its place in the pattern. */
export function globSteps(pattern: Buffer, onStar?: (at: number) => void): readonly GlobStep[] {
  const steps: GlobStep[] = [];
  let at = 0;
  while (at < pattern.length) {
    const byte = pattern[at] ?? 0;
    if (byte === star) {
      if (steps.at(-1) !== 'any bytes') steps.push('any bytes');
      onStar?.(at);
    } else if (byte === question) {
      steps.push(() => true);
    } else if (byte === open) {
      const found = parseClass(pattern, at + 1);
      steps.push(found.holds);
      at = found.last;
    } else {
      if (byte === escape && at + 1 < pattern.length) at += 1;
      const literal = pattern[at];
      steps.push((other) => other === literal);
    }
    at += 1;
  }
  return steps;
}

/** From behind the bracket to the one that closes it, or to the end where none does. */
function parseClass(
  pattern: Buffer,
  from: number,
): { readonly holds: (byte: number) => boolean; readonly last: number } {
  const negated = pattern[from] === caret;
  const allowed = new Set<number>();
  let at = negated ? from + 1 : from;
  for (; at < pattern.length; at += 1) {
    const byte = pattern[at] ?? 0;
    const left = pattern.length - at;
    if (byte === escape && left >= 2) {
      at += 1;
      allowed.add(pattern[at] ?? 0);
    } else if (byte === close) {
      break;
    } else if (left >= 3 && pattern[at + 1] === dash) {
      const ends = [byte, pattern[at + 2] ?? 0];
      for (let each = Math.min(...ends); each <= Math.max(...ends); each += 1) allowed.add(each);
      at += 2;
    } else {
      allowed.add(byte);
    }
  }
  return { holds: (byte) => allowed.has(byte) !== negated, last: at };
}
