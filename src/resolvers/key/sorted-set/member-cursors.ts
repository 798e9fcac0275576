import * as z from 'zod';
import { readScore, scoreArgument } from '../../../domain/key/score.js';
import type { ScoredMember } from '../../../domain/key/sorted-set.js';
import { readCursor, refuseCursor, writeCursor } from '../../shared/cursor.js';

const base64 = z.base64();

/** `d` is the order in which the rank counts. */
const rank = z.strictObject({ v: z.literal('rank1'), d: z.enum(['up', 'down']), r: z.int().min(0) });
/** JSON has no infinities, so the score is text. */
const score = z.strictObject({ v: z.literal('score1'), s: z.string(), m: base64 });
const lex = z.strictObject({ v: z.literal('lex1'), m: base64 });

export function rankCursor(rank: number, reverse: boolean): string {
  return writeCursor({ v: 'rank1', d: reverse ? 'down' : 'up', r: rank });
}

/** @throws ExpectedFailure INVALID_INPUT, also for a cursor of the other order */
export function rankOf(cursor: string, reverse: boolean): number {
  const { d, r } = readCursor(cursor, rank);
  if ((d === 'down') !== reverse) throw refuseCursor();
  return r;
}

export function scoreCursor({ value, score }: ScoredMember): string {
  return writeCursor({ v: 'score1', s: scoreArgument(score), m: value.toString('base64') });
}

/** @throws ExpectedFailure INVALID_INPUT */
export function scoredMemberOf(cursor: string): ScoredMember {
  const { s, m } = readCursor(cursor, score);
  const read = readScore(s);
  if (read === undefined) throw refuseCursor();
  return { value: Buffer.from(m, 'base64'), score: read };
}

export function lexCursor(value: Buffer): string {
  return writeCursor({ v: 'lex1', m: value.toString('base64') });
}

/** @throws ExpectedFailure INVALID_INPUT */
export function lexValueOf(cursor: string): Buffer {
  return Buffer.from(readCursor(cursor, lex).m, 'base64');
}
