import {
  capabilities,
  hasCapability,
  hasCommands,
  hasKeyEvents,
  type Capabilities,
} from '../../resolvers/cluster/capabilities.js';
import { builder } from '../builder.js';
import { guardedByParent } from '../shared/scopes.js';
import { ClusterRef } from './cluster.js';

const CapabilitiesRef = builder.objectRef<Capabilities>('Capabilities').implement({
  extensions: guardedByParent('clusters:read'),
  description:
    "The commands and features that a cluster's engine has and the Valkey user of this API may use. They are found by asking the cluster (COMMAND INFO, ACL DRYRUN) " +
    'for each request, not by its version. If the user may not ask the ACL about itself, everything that the engine has counts.',
  fields: (t) => ({
    commands: t.booleanList({
      nullable: { list: false, items: false },
      description: 'Whether each command can be used, in the order of `names`. A name that is no command is false.',
      args: {
        names: t.arg.stringList({
          required: true,
          description: 'The names of commands, 1 to 1000, in any case; a subcommand as `CONFIG GET` or `CONFIG|GET`.',
        }),
      },
      resolve: (found, { names }) => hasCommands(found, names),
    }),
    hashFieldExpiry: t.boolean({
      nullable: false,
      description: 'Whether fields of hashes can expire (HPEXPIRE and its relatives, Valkey 9).',
      resolve: (found) => hasCapability(found, 'hashFieldExpiry'),
    }),
    json: t.boolean({
      nullable: false,
      description: 'Whether documents of the JSON module can be read (JSON.GET).',
      resolve: (found) => hasCapability(found, 'json'),
    }),
    shardedChannels: t.boolean({
      nullable: false,
      description: 'Whether sharded channels can be used (SSUBSCRIBE, SPUBLISH).',
      resolve: (found) => hasCapability(found, 'shardedChannels'),
    }),
    keyEvents: t.boolean({
      description:
        'Whether all primaries send the keyspace notifications that the subscription `keyEvents` needs: `notify-keyspace-events` has K and ' +
        'a class of events (CONFIG GET, or the parameter group if the nodes refuse CONFIG). Null if it cannot be known.',
      resolve: (found, _arguments, context) => hasKeyEvents(context, found),
    }),
  }),
});

builder.objectField(ClusterRef, 'capabilities', (t) =>
  t.field({
    authScopes: { may: 'clusters:read' },
    type: CapabilitiesRef,
    description: "What the cluster's engine has and the Valkey user of this API may use.",
    resolve: ({ name }, _arguments, context) => capabilities(context, name),
  }),
);
