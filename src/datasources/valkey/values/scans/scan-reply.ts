import { CommandError } from '../../command-error.js';
import { expectedFailure } from '../expected-failure.js';
import type { Argument, NodeLink, Reply, ValkeyNode } from '../../interfaces.js';
import { listOf, textOf } from '../../replies.js';
import { processOf } from './scan-position.js';

/** The reply to one SCAN. */
export interface ScannedItems {
  readonly cursor: string;
  readonly items: readonly Reply[];
}

export interface ScanReply extends ScannedItems {
  readonly process: string;
}

/** Largest COUNT. A scan blocks its node. */
export const maxPerScan = 500;

/** Largest COUNT of a SCAN without a filter, which takes a third of a microsecond for each name. A page then takes one round trip. */
export const maxPerPlainScan = 1_000;

const nothing: Reply = [Buffer.from('0'), []];

/** SCAN refuses the TYPE of a module that is not loaded. The node then has no key of this type. */
function isUnknownType(error: unknown): boolean {
  return error instanceof CommandError && /^ERR unknown type name/i.test(error.message);
}

export type Send = (args: readonly [string, ...Argument[]]) => Promise<Reply>;

/**
 * Runs one SCAN, HSCAN or similar command, and identifies the process that answered it. Both commands leave on one connection in one
 * tick, so that the same process answers both, or neither is answered.
 */
export async function scanOnce(send: Send, args: readonly [string, ...Argument[]]): Promise<ScanReply> {
  const [process, reply] = await Promise.all([askProcess(send), scanUnidentified(send, args)]);
  return { process, ...reply };
}

/**
 * Runs one SCAN on a node, and identifies the process that answered it. A connection leads to one process, so that INFO, which costs the
 * node more than a short SCAN, is sent once for each connection.
 */
export async function scanNode(node: ValkeyNode, args: readonly [string, ...Argument[]]): Promise<ScanReply> {
  const connection = await node.connection().catch((error: unknown) => {
    throw expectedFailure(error);
  });
  const [process, reply] = await Promise.all([
    processBehind(connection),
    scanUnidentified((sent) => connection.send(sent), args),
  ]);
  return { process, ...reply };
}

const processes = new WeakMap<NodeLink, Promise<string>>();

function processBehind(connection: NodeLink): Promise<string> {
  const known = processes.get(connection);
  if (known) return known;
  const process = askProcess((args) => connection.send(args));
  processes.set(connection, process);
  process.catch(() => processes.delete(connection));
  return process;
}

/** Identifies the process that answers; empty if the user may not run INFO. */
async function askProcess(send: Send): Promise<string> {
  try {
    return processOf(textOf(await send(['INFO', 'server'])));
  } catch (error) {
    if (error instanceof CommandError && error.prefix === 'NOPERM') return '';
    throw expectedFailure(error);
  }
}

/** Runs one SCAN, HSCAN or similar command. */
async function scanUnidentified(send: Send, args: readonly [string, ...Argument[]]): Promise<ScannedItems> {
  const reply = await send(args).catch((error: unknown) => {
    if (isUnknownType(error)) return nothing;
    throw expectedFailure(error);
  });
  const [cursor, items] = listOf(reply);
  return { cursor: textOf(cursor), items: listOf(items) };
}
