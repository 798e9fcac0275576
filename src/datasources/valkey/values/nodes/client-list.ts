import { printable } from '../../../../runtime/printable.js';
import type { Argument, ReachableNode } from '../../interfaces.js';
import { bytesOf, numberOf } from '../../replies.js';
import { askNode } from './ask-node.js';

/** A client that is connected to a node, as CLIENT LIST reports it. */
export interface ListedClient {
  readonly clientId: number;
  readonly address: string;
  readonly name: string | null;
  readonly user: string | null;
  readonly library: string | null;
  readonly libraryVersion: string | null;
  readonly database: number | null;
  readonly ageSeconds: number;
  readonly idleSeconds: number;
  /** Valkey's letters, e.g. `N`. */
  readonly flags: readonly string[];
  /** e.g. `get` or `client|list`; null if the client has sent no command yet. */
  readonly lastCommand: string | null;
  readonly memoryBytes: number | null;
}

/** All clients of a node, ordered by ID: those that connected first are first. @throws ExpectedFailure, Outage */
export async function listClients(node: ReachableNode): Promise<readonly ListedClient[]> {
  return readList(node, ['CLIENT', 'LIST']);
}

/** Undefined if no client has this ID. @throws ExpectedFailure (at `path`), Outage */
export async function findClient(
  node: ReachableNode,
  clientId: number,
  path?: readonly string[],
): Promise<ListedClient | undefined> {
  const found = await readList(node, ['CLIENT', 'LIST', 'ID', String(clientId)], path);
  return found.find((client) => client.clientId === clientId);
}

/** Returns whether there was such a client. @throws ExpectedFailure (at `path`), Outage */
export async function killClient(node: ReachableNode, clientId: number, path: readonly string[]): Promise<boolean> {
  return numberOf(await askNode(node, ['CLIENT', 'KILL', 'ID', String(clientId)], path)) > 0;
}

async function readList(
  node: ReachableNode,
  args: readonly [string, ...Argument[]],
  path?: readonly string[],
): Promise<readonly ListedClient[]> {
  return parseClientList(bytesOf(await askNode(node, args, path)));
}

/** Parses the reply of CLIENT LIST: one line for each client. */
export function parseClientList(list: Buffer): readonly ListedClient[] {
  // Names of users may have bytes that are not UTF-8. One character for each byte keeps them.
  const lines = list.toString('latin1').split('\n');
  return lines.flatMap((line) => parseClient(line) ?? []).sort((one, other) => one.clientId - other.clientId);
}

function parseClient(line: string): ListedClient | undefined {
  const facts = new Map<string, string>();
  for (const word of line.split(' ')) {
    const at = word.indexOf('=');
    // Names cannot contain spaces, but the path of a Unix socket can: the first occurrence of a fact is Valkey's own.
    if (at > 0 && !facts.has(word.slice(0, at))) facts.set(word.slice(0, at), word.slice(at + 1));
  }
  const text = (fact: string): string | null => {
    const value = facts.get(fact) ?? '';
    return value === '' ? null : printable(Buffer.from(value, 'latin1'));
  };
  const number = (fact: string): number | null => {
    const value = facts.get(fact);
    const parsed = value === undefined || value === '' ? Number.NaN : Number(value);
    return Number.isSafeInteger(parsed) ? parsed : null;
  };
  const clientId = number('id');
  if (clientId === null) return undefined;
  const lastCommand = text('cmd');
  return {
    clientId,
    address: text('addr') ?? '',
    name: text('name'),
    user: text('user'),
    library: text('lib-name'),
    libraryVersion: text('lib-ver'),
    database: number('db'),
    ageSeconds: number('age') ?? 0,
    idleSeconds: number('idle') ?? 0,
    flags: Array.from(facts.get('flags') ?? ''),
    lastCommand: lastCommand === 'NULL' ? null : lastCommand,
    memoryBytes: number('tot-mem'),
  };
}
