import { createGlobMatch, type GlobStep } from './glob-match.js';

/** Tests a name byte by byte. */
export type Glob = (name: Buffer) => boolean;

const [star, question, open, close, caret, dash, escape] = Buffer.from('*?[]^-\\');

/**
 * Compiles a glob pattern as Valkey defines it for PSUBSCRIBE, KEYS and ACL rules (`stringmatchlen` in util.c): `*`,
 * `?`, `[ae]`, `[^a-z]`, and `\` before a literal byte.
 */
export function createGlob(pattern: Buffer): Glob {
  const match = createGlobMatch(globSteps(pattern));
  return (name) => {
    match.restart();
    match.read(name);
    return match.matches();
  };
}

/**
 * The pattern up to its first star. `isEntirePattern` is true if nothing follows that star. A node compares it with a name in
 * linear time, while it tries each step behind a star at every byte of the name.
 */
export function globPrefix(pattern: Buffer): { readonly prefix: Buffer; readonly isEntirePattern: boolean } {
  let prefix: Buffer | undefined;
  const steps = globSteps(pattern, (at) => (prefix ??= pattern.subarray(0, at + 1)));
  return { prefix: prefix ?? pattern, isEntirePattern: !steps.slice(0, -1).includes('any bytes') };
}

/** Tests whether the pattern can match a name that begins with `prefix`. */
export function canMatchWithin(pattern: Buffer, prefix: Buffer): boolean {
  const steps = globSteps(pattern);
  let reached = withStarsSkipped(steps, [0]);
  for (const byte of prefix) reached = withStarsSkipped(steps, [...reached].flatMap(stepsAfter(steps, byte)));
  // Any byte may follow the prefix, but an empty class (`[]`) accepts none.
  const lastImpossible = steps.findLastIndex((step) => step !== 'any bytes' && !bytes.some(step));
  return [...reached].some((at) => at > lastImpossible);
}

const bytes = Array.from({ length: 256 }, (_, byte) => byte);

/** Returns the positions in the pattern that are reachable from one position by reading `byte`. */
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

/** Parses a pattern into steps. Consecutive stars become one step; `onStar` receives the offset of each. */
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

/** Parses a class from after its opening bracket to the closing one, or to the end of the pattern if there is none. */
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
