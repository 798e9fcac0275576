import type { Parameter } from '../../domain/parameters/parameter-group.js';
import { builder } from '../builder.js';
import { guardedByParent } from '../shared/scopes.js';

const ParameterSourceEnum = builder.enumType('ParameterSource', {
  description: 'The source of the value of a parameter.',
  values: {
    USER: { description: 'It was set in this parameter group.' },
    SYSTEM: { description: 'ElastiCache decides it.' },
    ENGINE_DEFAULT: { description: "It is the engine's default." },
  } as const,
});

const ParameterChangeTypeEnum = builder.enumType('ParameterChangeType', {
  description: 'When a new value of a parameter takes effect.',
  values: {
    IMMEDIATE: { description: 'At once, on all nodes of the clusters that use the group.' },
    REQUIRES_REBOOT: { description: 'When a node is rebooted.' },
  } as const,
});

const ParameterRef = builder.objectRef<Parameter>('Parameter').implement({
  extensions: guardedByParent('clusters:read'),
  description: 'A setting of the engine, and its value in a parameter group.',
  fields: (t) => ({
    name: t.exposeString('name', { nullable: false, description: 'The name, e.g. `maxmemory-policy`.' }),
    value: t.exposeString('value', {
      description: 'The value; null if the group has none, e.g. because it depends on the node type.',
    }),
    description: t.exposeString('description', {
      description: 'The effect of the parameter, in words of ElastiCache.',
    }),
    source: t.expose('source', {
      type: ParameterSourceEnum,
      nullable: false,
      description: 'The source of the value.',
    }),
    dataType: t.exposeString('dataType', {
      nullable: false,
      description: 'The type of the value in words of ElastiCache, e.g. `string` or `integer`.',
    }),
    allowedValues: t.exposeString('allowedValues', {
      description: 'The allowed values in words of ElastiCache, e.g. `yes,no` or `0-100`.',
    }),
    isModifiable: t.exposeBoolean('isModifiable', {
      nullable: false,
      description: 'Whether `modifyParameterGroup` can change it. Default groups cannot be changed at all.',
    }),
    changeType: t.expose('changeType', {
      type: ParameterChangeTypeEnum,
      nullable: false,
      description: 'When a new value takes effect.',
    }),
    minimumEngineVersion: t.exposeString('minimumEngineVersion', {
      description: 'The earliest version of the engine that has the parameter.',
    }),
  }),
});

export const ParameterConnectionRef = builder.connectionObject(
  { type: ParameterRef, name: 'ParameterConnection', description: 'A page of parameters, ordered by name.' },
  { description: 'A parameter on a page.' },
);
