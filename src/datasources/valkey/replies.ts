import { readScore } from '../../domain/key/score.js';
import type { Reply } from './interfaces.js';

/** Readers of replies whose shape the command's documentation specifies. They throw an Error for another shape, which is a bug. */

export function bytesOf(reply: Reply | undefined): Buffer {
  if (Buffer.isBuffer(reply)) return reply;
  throw unexpected('bytes', reply);
}

export function bytesOrNull(reply: Reply | undefined): Buffer | null {
  return reply === null ? null : bytesOf(reply);
}

export function textOf(reply: Reply | undefined): string {
  return Buffer.isBuffer(reply) ? reply.toString('utf8') : stringOf(reply);
}

export function numberOf(reply: Reply | undefined): number {
  const number = Number(textOf(reply));
  if (Number.isNaN(number)) throw unexpected('a number', reply);
  return number;
}

export function numberOrNull(reply: Reply | undefined): number | null {
  return reply === null || reply === undefined ? null : numberOf(reply);
}

/** A score of a sorted set, which is text in replies, also if it is infinite. */
export function scoreOf(reply: Reply | undefined): number {
  const score = readScore(textOf(reply));
  if (score === undefined) throw unexpected('a score', reply);
  return score;
}

export function listOf(reply: Reply | undefined): readonly Reply[] {
  if (Array.isArray(reply)) return reply;
  throw unexpected('a list', reply);
}

/** A flat list of names and values as pairs. */
export function pairsOf(reply: Reply | undefined): (readonly [Buffer, Buffer])[] {
  const flat = listOf(reply);
  return Array.from({ length: flat.length / 2 }, (_, index) => [
    bytesOf(flat[index * 2]),
    bytesOf(flat[index * 2 + 1]),
  ]);
}

/** A map with known ASCII names, such as a reply of XINFO. */
export function factsOf(reply: Reply | undefined): ReadonlyMap<string, Reply> {
  const flat = listOf(reply);
  const facts = new Map<string, Reply>();
  for (let at = 0; at + 1 < flat.length; at += 2) facts.set(textOf(flat[at]), flat[at + 1] ?? null);
  return facts;
}

function stringOf(reply: Reply | undefined): string {
  if (typeof reply === 'string') return reply;
  throw unexpected('text', reply);
}

function unexpected(expected: string, reply: Reply | undefined): Error {
  const got = Array.isArray(reply) ? 'a list' : Buffer.isBuffer(reply) ? 'bytes' : typeof reply;
  return new Error(`Expected ${expected} from Valkey, got ${got}.`);
}
