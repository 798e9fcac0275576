import type { Grant } from '../domain/access/access.js';
import { permissions, type Permission } from '../domain/access/permissions.js';
import type { Principal } from '../domain/access/principal.js';
import { isAuthenticated, permissionsOf, viewerMay } from '../resolvers/viewer.js';
import { builder } from './builder.js';
import { encodingArgument } from './shared/encoding.js';
import { guardedByResolver, guardedByParent } from './shared/scopes.js';

const meanings: Readonly<Record<Permission, string>> = {
  'clusters:read': 'See clusters: their nodes, endpoints, tags and settings.',
  'clusters:admin':
    'Make, change, delete, fail over and connect clusters, and touch what this API keeps in them for itself.',
  'users:read': 'See users and user groups of ElastiCache.',
  'users:admin': 'Make, change and delete users and user groups.',
  'keys:read': "Read keys of any type and what they hold, but for a stream's entries.",
  'keys:write': 'Set, expire and delete keys.',
  'channels:read': 'Subscribe to channels, and see which are active and who is there.',
  'channels:write': 'Publish to channels.',
  'streams:read': 'Read the entries of streams, and follow them.',
  'streams:write': 'Add entries to streams, and delete them.',
  'groups:read': 'See consumer groups and what is pending in them.',
  'groups:write': 'Take entries as a consumer of a group, acknowledge and extend them.',
  'groups:admin': 'Make consumer groups.',
  'server:read': 'See what this API tells of itself: metrics, and the state of its connections.',
};

const nameOf = (permission: Permission): string => permission.replace(':', '_').toUpperCase();

const OperationEnum = builder.enumType('Operation', {
  description:
    'What a grant allows. The access file, and errors of code FORBIDDEN, write them as `noun:action`, e.g. `keys:read` for KEYS_READ.',
  values: Object.fromEntries(
    permissions.map((value) => [nameOf(value), { value, description: `\`${value}\`. ${meanings[value]}` }]),
  ),
});

const GrantRef = builder.objectRef<Grant>('Grant').implement({
  description:
    'One thing that the viewer may do: all of the operations, on what lies in the clusters and fits the patterns of its kind. ' +
    "Patterns are Valkey's globs, e.g. `session:*`; where there is none of a kind, nothing of that kind is granted.",
  extensions: guardedByParent(),
  fields: (t) => ({
    operations: t.field({
      type: [OperationEnum],
      nullable: false,
      description: 'What is allowed.',
      resolve: permissionsOf,
    }),
    clusters: t.stringList({
      nullable: false,
      description: 'Patterns of the names of clusters, in any case.',
      resolve: ({ clusters }) => [...clusters],
    }),
    keys: t.stringList({
      nullable: false,
      description: 'Patterns of the names of keys, streams among them.',
      resolve: ({ keys }) => [...keys],
    }),
    channels: t.stringList({
      nullable: false,
      description: 'Patterns of the names of channels.',
      resolve: ({ channels }) => [...channels],
    }),
    groups: t.stringList({
      nullable: false,
      description: 'Patterns of the names of consumer groups.',
      resolve: ({ groups }) => [...groups],
    }),
  }),
});

const ViewerRef = builder.objectRef<Principal>('Viewer').implement({
  description: 'Who asks, and what they may do.',
  extensions: guardedByParent(),
  fields: (t) => ({
    name: t.exposeString('name', {
      nullable: false,
      description: "As the logs name the viewer: a token's subject, the name of an API key, or `anonymous`.",
    }),
    isAuthenticated: t.boolean({
      nullable: false,
      description: 'Whether the viewer has proved who it is. Nobody has to where no authentication is configured.',
      resolve: isAuthenticated,
    }),
    grants: t.field({
      type: [GrantRef],
      nullable: false,
      description: 'All that the viewer may do now. What is asked for has to lie within a single one of them.',
      resolve: ({ access }) => access.grants,
    }),
    may: t.boolean({
      nullable: false,
      description:
        'Whether the viewer would be allowed to, were it tried now: the same decision, so that a client need not compare ' +
        'patterns. What is left out is not asked about: KEYS_READ alone is whether there are keys that may be read.',
      args: {
        operation: t.arg({ type: OperationEnum, required: true, description: 'What would be done.' }),
        cluster: t.arg.string({ description: 'In which cluster.' }),
        key: t.arg.string({ description: 'On which key or stream.' }),
        channel: t.arg.string({ description: 'On which channel.' }),
        channelPattern: t.arg.string({
          description: 'On all channels that this pattern matches, as PSUBSCRIBE takes it.',
        }),
        group: t.arg.string({ description: 'On which consumer group, of the stream that `key` names.' }),
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
    description: 'Who asks, and what they may do. It needs no grant.',
    resolve: (_root, _arguments, { principal }) => principal,
  }),
);
