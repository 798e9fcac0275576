import type { Endpoint } from '../../domain/cluster/cluster.js';
import { builder } from '../builder.js';
import { guardedByParent } from '../shared/scopes.js';

export const EndpointRef = builder.objectRef<Endpoint>('Endpoint').implement({
  extensions: guardedByParent('clusters:read'),
  description: 'An address to which clients connect.',
  fields: (t) => ({
    host: t.exposeString('host', { nullable: false, description: 'Host name or IP address.' }),
    port: t.exposeInt('port', { nullable: false, description: 'TCP port.' }),
  }),
});
