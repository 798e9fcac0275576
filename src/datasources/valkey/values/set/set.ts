import { sendCommand } from '../expected-failure.js';
import type { KeySnapshot } from '../keys/key-snapshot.js';
import { sendMove, type Move } from '../move.js';
import type { Command, ValkeyCommands } from '../../interfaces.js';
import { bytesOf, listOf, numberOf } from '../../replies.js';

type SetReading = Pick<KeySnapshot, 'commands' | 'name'>;

const path = ['input', 'key'];

/** Whether the set has each member, in the order of the members. */
export async function hasMembers({ commands, name: key }: SetReading, members: readonly Buffer[]): Promise<boolean[]> {
  const reply = await sendCommand(commands, { args: ['SMISMEMBER', key, ...members], key });
  return listOf(reply).map((flag) => numberOf(flag) === 1);
}

/** Up to `count` distinct members. */
export async function readRandomMembers({ commands, name: key }: SetReading, count: number): Promise<Buffer[]> {
  return listOf(await sendCommand(commands, { args: ['SRANDMEMBER', key, String(count)], key })).map(bytesOf);
}

/** Replies the number of new members. */
export function addMembersCommand(key: Buffer, members: readonly Buffer[]): Command['args'] {
  return ['SADD', key, ...members];
}

/** Resolves to the number of new members. */
export async function addMembers(commands: ValkeyCommands, key: Buffer, members: readonly Buffer[]): Promise<number> {
  return numberOf(await sendCommand(commands, { args: addMembersCommand(key, members), key }, path));
}

/** Resolves to the number of members that existed. */
export async function removeMembers(
  commands: ValkeyCommands,
  key: Buffer,
  members: readonly Buffer[],
): Promise<number> {
  return numberOf(await sendCommand(commands, { args: ['SREM', key, ...members], key }, path));
}

/** Resolves to the removed members. */
export async function popMembers(commands: ValkeyCommands, key: Buffer, count: number): Promise<Buffer[]> {
  return listOf(await sendCommand(commands, { args: ['SPOP', key, String(count)], key }, path)).map(bytesOf);
}

/** Resolves to whether the source had the member. */
export async function moveMember(commands: ValkeyCommands, move: Move, member: Buffer): Promise<boolean> {
  const args = ['SMOVE', move.source, move.destination, member] as const;
  return numberOf(await sendMove(commands, args, move, 'set')) === 1;
}
