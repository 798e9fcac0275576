import {
  clientOfId,
  clientsOfNode,
  idOfClient,
  type ConnectedClient,
} from '../../../resolvers/cluster/diagnosis/clients.js';
import { builder } from '../../builder.js';
import { loadAlone } from '../../shared/load-node.js';
import { pageArguments } from '../../shared/page-arguments.js';
import { guardedByParent } from '../../shared/scopes.js';
import { ClusterNodeRef } from '../node/cluster-node.js';

const ConnectedClientRef = builder.objectRef<ConnectedClient>('ConnectedClient');

builder.node(ConnectedClientRef, {
  extensions: guardedByParent('nodes:read'),
  description: 'A client that is connected to a node, as the node reports it (CLIENT LIST). It may have left since.',
  id: { resolve: idOfClient },
  loadOne: loadAlone('ConnectedClient', clientOfId),
  fields: (t) => ({
    clientId: t.expose('clientId', {
      type: 'SafeInt',
      nullable: false,
      description: 'The ID of the connection on its node, which is never used again until the node restarts.',
    }),
    address: t.exposeString('address', {
      nullable: false,
      description: 'The address of the client, e.g. `10.0.0.7:50312`.',
    }),
    name: t.exposeString('name', { description: 'The name that the client gave itself; null if none.' }),
    user: t.exposeString('user', { description: 'The Valkey user; null if the server does not report it.' }),
    library: t.exposeString('library', { description: "The client's library; null if it does not name one." }),
    libraryVersion: t.exposeString('libraryVersion', {
      description: "The version of the client's library; null if it does not name one.",
    }),
    database: t.exposeInt('database', { description: 'The number of the selected database.' }),
    ageSeconds: t.expose('ageSeconds', {
      type: 'SafeInt',
      nullable: false,
      description: 'Seconds since the client connected.',
    }),
    idleSeconds: t.expose('idleSeconds', {
      type: 'SafeInt',
      nullable: false,
      description: 'Seconds since the client last sent a command.',
    }),
    flags: t.stringList({
      nullable: { list: false, items: false },
      description:
        "Valkey's letters for the state of the client, e.g. `N` (no special state), `P` (subscribed), `b` (blocked), `S` (a replica), `M` (the primary).",
      resolve: ({ flags }) => [...flags],
    }),
    lastCommand: t.exposeString('lastCommand', {
      description: 'The last command, e.g. `get` or `client|list`; null if the client has sent none.',
    }),
    memoryBytes: t.expose('memoryBytes', {
      type: 'SafeInt',
      nullable: true,
      description: 'Bytes of memory that the node uses for the client; null if the server does not report it.',
    }),
    isOwn: t.exposeBoolean('isOwn', {
      nullable: false,
      description: 'Whether it is a connection of this process of the API, which `killClient` refuses to close.',
    }),
  }),
});

const ConnectedClientConnectionRef = builder.connectionObject(
  { type: ConnectedClientRef, name: 'ConnectedClientConnection', description: 'A page of the clients of a node.' },
  { description: 'A client on a page.' },
);

builder.objectField(ClusterNodeRef, 'clients', (t) =>
  t.field({
    authScopes: { may: 'nodes:read' },
    type: ConnectedClientConnectionRef,
    description:
      'The clients of the node in pages, in the order in which they connected. Each page reads the whole list (CLIENT LIST). Clients ' +
      'that connect or leave do not shift pages.',
    args: pageArguments,
    resolve: (node, page, context) => clientsOfNode(context, node, page),
  }),
);
