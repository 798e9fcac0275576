import * as z from 'zod';
import { readScore, scoreArgument } from '../../../domain/key/score.js';
import type { ScoredMember } from '../../../domain/key/sorted-set.js';
import { refuseCursor, writeCursor } from '../../shared/cursor.js';
import { readScopedCursor } from '../cursor-scope.js';

const base64 = z.base64();

/** `k` is the cursor's scope, and `d` the order in which the rank counts. */
const rank = z.strictObject({ v: z.literal('rank2'), k: z.string(), d: z.enum(['up', 'down']), r: z.int().min(0) });
/** JSON has no infinities, so the score is text. */
const score = z.strictObject({ v: z.literal('score2'), k: z.string(), s: z.string(), m: base64 });
const lex = z.strictObject({ v: z.literal('lex2'), k: z.string(), m: base64 });

export function rankCursor(scope: string, rank: number, reverse: boolean): string {
  return writeCursor({ v: 'rank2', k: scope, d: reverse ? 'down' : 'up', r: rank });
}

/** @throws ExpectedFailure INVALID_INPUT, also for a cursor of another key or the other order */
export function rankOf(cursor: string, scope: string, reverse: boolean): number {
  const { d, r } = readScopedCursor(cursor, scope, rank);
  if ((d === 'down') !== reverse) throw refuseCursor();
  return r;
}

export function scoreCursor(scope: string, { value, score }: ScoredMember): string {
  return writeCursor({ v: 'score2', k: scope, s: scoreArgument(score), m: value.toString('base64') });
}

/** @throws ExpectedFailure INVALID_INPUT, also for a cursor of another key */
export function scoredMemberOf(cursor: string, scope: string): ScoredMember {
  const { s, m } = readScopedCursor(cursor, scope, score);
  const read = readScore(s);
  if (read === undefined) throw refuseCursor();
  return { value: Buffer.from(m, 'base64'), score: read };
}

export function lexCursor(scope: string, value: Buffer): string {
  return writeCursor({ v: 'lex2', k: scope, m: value.toString('base64') });
}

/** @throws ExpectedFailure INVALID_INPUT, also for a cursor of another key */
export function lexValueOf(cursor: string, scope: string): Buffer {
  return Buffer.from(readScopedCursor(cursor, scope, lex).m, 'base64');
}
