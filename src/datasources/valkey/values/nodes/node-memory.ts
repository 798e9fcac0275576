import { ExpectedFailure } from '../../../../domain/errors.js';
import { factsOfInfo, type Info } from './info.js';

/** The memory of a node, as INFO reports it. */
export interface NodeMemory {
  readonly usedBytes: number;
  readonly peakBytes: number;
  /** Null if there is no limit. */
  readonly maxBytes: number | null;
  readonly fragmentationRatio: number | null;
  readonly policy: string | null;
  readonly overheadBytes: number;
  readonly datasetBytes: number;
}

/** @throws ExpectedFailure NOT_SUPPORTED if the server omits one of the numbers, as a managed one may */
export function nodeMemoryOf(info: Info): NodeMemory {
  const facts = factsOfInfo(info);
  const bytes = (name: string): number => {
    const number = facts.number(name);
    // Valkey subtracts the overhead from the bytes in use, and reports about 2^64 if the overhead of an empty node is larger.
    if (number !== undefined) return Number.isSafeInteger(number) ? number : 0;
    throw new ExpectedFailure('NOT_SUPPORTED', `The node does not report \`${name}\` in INFO memory.`);
  };
  const limit = facts.number('maxmemory') ?? 0;
  return {
    usedBytes: bytes('used_memory'),
    peakBytes: bytes('used_memory_peak'),
    maxBytes: limit === 0 ? null : limit,
    fragmentationRatio: facts.number('mem_fragmentation_ratio') ?? null,
    policy: facts.text('maxmemory_policy') ?? null,
    overheadBytes: bytes('used_memory_overhead'),
    datasetBytes: bytes('used_memory_dataset'),
  };
}
