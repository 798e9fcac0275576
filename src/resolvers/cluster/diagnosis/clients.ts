import * as z from 'zod';
import {
  findClient,
  killClient as kill,
  listClients,
  type ListedClient,
} from '../../../datasources/valkey/values/nodes/client-list.js';
import { ownClientName } from '../../../datasources/valkey/connections/nodes/own-client-name.js';
import type { ClusterNode } from '../../../domain/cluster/cluster.js';
import { ExpectedFailure, invalidInput } from '../../../domain/errors.js';
import { hasPermission, requirePermission } from '../../shared/access.js';
import { checkFirst } from '../../shared/checks.js';
import { connectedNode } from '../../shared/connected-node.js';
import type { Context } from '../../shared/context.js';
import { readCursor, writeCursor } from '../../shared/cursor.js';
import { pageOf, type Page, type PageRequest } from '../../shared/page.js';
import { findNode, splitId } from '../cluster-node.js';
import { nodeToChange } from './node-to-change.js';

/** A client, and the node to which it is connected. */
export interface ConnectedClient extends ListedClient {
  readonly node: ClusterNode;
  /** Whether it is a connection of this process. */
  readonly isOwn: boolean;
}

const cursor = z.strictObject({ v: z.literal('clients1'), i: z.number().int().min(0) });

/**
 * The clients of a node, ordered by ID. A cursor is an ID, so clients that connect or leave do not shift pages.
 * @throws Outage FORBIDDEN, CLUSTER_UNAVAILABLE; ExpectedFailure INVALID_INPUT, PERMISSION_DENIED, NOT_SUPPORTED
 */
export async function clientsOfNode(
  context: Context,
  node: ClusterNode,
  { first, after }: PageRequest,
): Promise<Page<ConnectedClient>> {
  requirePermission(context, 'nodes:read', { cluster: node.clusterName });
  checkFirst(first);
  const last = after == null ? -1 : readCursor(after, cursor).i;
  const listed = await listClients(await connectedNode(context, node));
  const found = listed.filter(({ clientId }) => clientId > last).slice(0, first + 1);
  return pageOf(
    found.map((client) => connectedClient(node, client)),
    { first, after },
    ({ clientId }) => writeCursor({ v: 'clients1', i: clientId }),
  );
}

/** The part of a client's global ID that follows its type. */
export function idOfClient({ node, clientId }: { readonly node: ClusterNode; readonly clientId: number }): string {
  return `${node.clusterName}/${node.name}/${clientId}`;
}

/** The client with the ID `cluster/node/client`; null if it has left, or the node is gone. */
export async function clientOfId(context: Context, id: string): Promise<ConnectedClient | null> {
  const { clusterName: nodeId, part } = splitId(id);
  const clientId = /^[1-9]\d{0,15}$/.test(part) ? Number(part) : Number.NaN;
  if (!Number.isSafeInteger(clientId)) return null;
  const { clusterName } = splitId(nodeId);
  if (!hasPermission(context, 'clusters:read', { cluster: clusterName })) return null;
  requirePermission(context, 'nodes:read', { cluster: clusterName });
  const node = await findNode(context, nodeId);
  const client = node && (await findClient(await connectedNode(context, node), clientId));
  return client ? connectedClient(node, client) : null;
}

export interface KillClientInput {
  /** `cluster/node` */
  readonly nodeId: string;
  readonly clientId: number;
}

/**
 * Closes the connection of a client; returns its global ID without the type.
 * @throws ExpectedFailure NOT_FOUND, INVALID_INPUT for a connection of this process, PERMISSION_DENIED; Outage
 */
export async function killClient(context: Context, { nodeId, clientId }: KillClientInput): Promise<{ id: string }> {
  const path = ['input', 'clientId'];
  requirePermission(context, 'nodes:admin', { cluster: splitId(nodeId).clusterName });
  if (clientId < 1) throw invalidInput(`Expected the ID of a client, 1 or more, got ${clientId}.`, path);
  const { node, connected } = await nodeToChange(context, nodeId);
  const client = await findClient(connected, clientId, path);
  if (client?.name === ownClientName) {
    throw invalidInput('Expected a client other than this API, whose own connection this is: see `isOwn`.', path);
  }
  if (client && (await kill(connected, clientId, path))) return { id: idOfClient({ node, clientId }) };
  throw new ExpectedFailure('NOT_FOUND', 'There is no client with this ID on the node.', { path });
}

function connectedClient(node: ClusterNode, client: ListedClient): ConnectedClient {
  return { ...client, node, isOwn: client.name === ownClientName };
}
