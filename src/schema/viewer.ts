import type { Grant } from '../domain/access/access.js';
import { permissions, type Permission } from '../domain/access/permissions.js';
import type { Principal } from '../domain/access/principal.js';
import { isAuthenticated, permissionsOf, viewerMay } from '../resolvers/viewer.js';
import { builder } from './builder.js';
import { encodingArgument } from './shared/encoding.js';
import { guardedByResolver, guardedByParent } from './shared/scopes.js';

const descriptions: Readonly<Record<Permission, string>> = {
  'clusters:read': 'Read clusters: their nodes, endpoints, tags and settings.',
  'clusters:admin':
    'Create, change, delete, fail over and connect clusters, and access the keys and channels that this API uses for itself.',
  'users:read': 'Read users and user groups of ElastiCache.',
  'users:admin': 'Create, change and delete users and user groups.',
  'keys:read': 'Read keys of any type and their values, except the entries of streams.',
  'keys:write': 'Write, rename, expire and delete keys of any type except streams.',
  'channels:read': 'Subscribe to channels, list active channels and read presence.',
  'channels:write': 'Publish to channels.',
  'streams:read': 'Read the entries of streams, and subscribe to them.',
  'streams:write': 'Add and delete entries of streams.',
  'groups:read': 'Read consumer groups and their pending entries.',
  'groups:write': 'Consume, acknowledge and extend entries as a consumer of a group.',
  'groups:admin': 'Create, delete and position consumer groups, and delete their consumers.',
  'nodes:read':
    'Read what the nodes of a cluster report about all their clients: slow commands with their arguments, connections and statistics.',
  'nodes:admin': 'Disconnect clients of nodes, and reset the slow log.',
  'server:read': 'Read the metrics of this API and the state of its connections.',
};

const nameOf = (permission: Permission): string => permission.replace(':', '_').toUpperCase();

const OperationEnum = builder.enumType('Operation', {
  description:
    'A permission that a grant can give. The access file, descriptions and errors with the code FORBIDDEN write it as `noun:action`, ' +
    'e.g. `keys:read` for KEYS_READ.',
  values: Object.fromEntries(
    permissions.map((value) => [nameOf(value), { value, description: `\`${value}\`. ${descriptions[value]}` }]),
  ),
});

const GrantRef = builder.objectRef<Grant>('Grant').implement({
  description:
    'A set of permissions, for resources that are in one of the clusters and match one of the patterns of their kind. Patterns are ' +
    "Valkey's globs, e.g. `session:*`. A kind without patterns is not granted at all.",
  extensions: guardedByParent(),
  fields: (t) => ({
    operations: t.field({
      type: [OperationEnum],
      nullable: false,
      description: 'The permissions that are granted.',
      resolve: permissionsOf,
    }),
    clusters: t.stringList({
      nullable: false,
      description: 'Patterns of cluster names; case is ignored.',
      resolve: ({ clusters }) => [...clusters],
    }),
    keys: t.stringList({
      nullable: false,
      description: 'Patterns of key names, including streams.',
      resolve: ({ keys }) => [...keys],
    }),
    channels: t.stringList({
      nullable: false,
      description: 'Patterns of channel names.',
      resolve: ({ channels }) => [...channels],
    }),
    groups: t.stringList({
      nullable: false,
      description: 'Patterns of consumer group names.',
      resolve: ({ groups }) => [...groups],
    }),
  }),
});

const ViewerRef = builder.objectRef<Principal>('Viewer').implement({
  description: 'The authenticated caller and its permissions.',
  extensions: guardedByParent(),
  fields: (t) => ({
    name: t.exposeString('name', {
      nullable: false,
      description:
        "The caller's name, as logs have it: the subject of a token, the name of an API key, or `anonymous`.",
    }),
    isAuthenticated: t.boolean({
      nullable: false,
      description: 'Whether the caller presented valid credentials; false if no authentication is configured.',
      resolve: isAuthenticated,
    }),
    grants: t.field({
      type: [GrantRef],
      nullable: false,
      description: 'All grants of the caller. Each request for a resource must be covered by a single grant.',
      resolve: ({ access }) => access.grants,
    }),
    may: t.boolean({
      nullable: false,
      description:
        'Whether the caller has a permission for a resource now, by the same decision that operations use, so that clients need not ' +
        'compare patterns. An omitted argument means any resource of that kind: KEYS_READ alone is true if the caller may read some keys.',
      args: {
        operation: t.arg({ type: OperationEnum, required: true, description: 'The permission.' }),
        cluster: t.arg.string({ description: 'The name of a cluster.' }),
        key: t.arg.string({ description: 'The name of a key or stream.' }),
        channel: t.arg.string({ description: 'The name of a channel.' }),
        channelPattern: t.arg.string({
          description: 'A pattern as PSUBSCRIBE accepts it: the permission must cover all channels that it matches.',
        }),
        group: t.arg.string({ description: 'The name of a consumer group of the stream that `key` names.' }),
        ...encodingArgument,
      },
      resolve: (_principal, args, context) => viewerMay(context, args),
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    type: ViewerRef,
    nullable: false,
    extensions: guardedByResolver,
    description: 'The authenticated caller and its permissions. Every caller may read it.',
    resolve: (_root, _arguments, { principal }) => principal,
  }),
);
