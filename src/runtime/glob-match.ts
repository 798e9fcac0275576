/** One step of a pattern: any number of bytes, or one byte that satisfies a predicate. */
export type GlobStep = 'any bytes' | ((byte: number) => boolean);

/** Matches one name at a time against a pattern. A name may arrive in pieces. */
export interface GlobMatch {
  restart(): void;
  read(piece: Buffer): void;
  /** Tests whether all bytes since `restart` match. */
  matches(): boolean;
}

/**
 * Simulates a nondeterministic automaton with one bit per single-byte step of the pattern. One byte of a name advances
 * 32 states in one operation, so the time is bounded for every pattern and name; backtracking would need a step for
 * each pair of bytes.
 */
export function createGlobMatch(steps: readonly GlobStep[]): GlobMatch {
  const single = steps.filter((step) => step !== 'any bytes');
  const words = (single.length >> 5) + 1;
  /** Bit n of `ways`: the first n single-byte steps have matched. Bit n of `stars`: any bytes may follow them. */
  const ways = new Int32Array(words);
  const stars = new Int32Array(words);
  let count = 0;
  for (const step of steps) {
    if (step === 'any bytes') set(stars, count);
    else count += 1;
  }
  /** Cached for each byte that occurred: the steps that it matches. */
  const matched: (Int32Array | undefined)[] = [];
  const stepsOf = (byte: number): Int32Array => {
    const bits = new Int32Array(words);
    single.forEach((step, at) => {
      if (step(byte)) set(bits, at);
    });
    return (matched[byte] = bits);
  };
  set(ways, 0);

  return {
    restart() {
      ways.fill(0);
      set(ways, 0);
    },
    read(piece) {
      for (let at = 0, { length } = piece; at < length; at += 1) {
        const byte = piece[at] ?? 0;
        const bits = matched[byte] ?? stepsOf(byte);
        let carry = 0;
        let left = 0;
        for (let word = 0; word < words; word += 1) {
          const way = ways[word] ?? 0;
          const moved = way & (bits[word] ?? 0);
          const next = (moved << 1) | carry | (way & (stars[word] ?? 0));
          carry = moved >>> 31;
          ways[word] = next;
          left |= next;
        }
        if (left === 0) return;
      }
    },
    matches: () => ((ways[count >> 5] ?? 0) & (1 << (count & 31))) !== 0,
  };
}

function set(bits: Int32Array, at: number): void {
  bits[at >> 5] = (bits[at >> 5] ?? 0) | (1 << (at & 31));
}
