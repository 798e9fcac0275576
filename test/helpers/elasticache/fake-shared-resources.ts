import type { SharedResources } from '../../../src/datasources/elasticache/shared-resources.js';
import type { Parameter, ParameterGroup } from '../../../src/domain/parameters/parameter-group.js';
import type { SubnetGroup } from '../../../src/domain/cluster/subnet-group.js';
import { ExpectedFailure } from '../../../src/domain/errors.js';
import { compareEvents, numberOccurrences, type ResourceEvent } from '../../../src/domain/resource-event.js';
import type { Tag } from '../../../src/domain/tags.js';

const arn = (kind: string, name: string): string => `arn:aws:elasticache:us-east-1:123456789012:${kind}:${name}`;

export function aParameterGroup(name: string, differing: Partial<ParameterGroup> = {}): ParameterGroup {
  return {
    name,
    arn: arn('parametergroup', name),
    family: 'valkey8',
    description: null,
    isGlobal: false,
    ...differing,
  };
}

export function aParameter(name: string, differing: Partial<Parameter> = {}): Parameter {
  return {
    name,
    value: '0',
    description: null,
    source: 'ENGINE_DEFAULT',
    dataType: 'integer',
    allowedValues: '0-100',
    isModifiable: true,
    changeType: 'IMMEDIATE',
    minimumEngineVersion: null,
    ...differing,
  };
}

export function aSubnetGroup(name: string, differing: Partial<SubnetGroup> = {}): SubnetGroup {
  return {
    name,
    arn: arn('subnetgroup', name),
    description: null,
    vpcId: 'vpc-1',
    subnets: [{ subnetId: 'subnet-1', availabilityZone: 'us-east-1a' }],
    ...differing,
  };
}

export function anEvent(differing: Partial<ResourceEvent> = {}): ResourceEvent {
  return {
    source: 'CLUSTER',
    sourceName: 'a',
    message: 'Something happened.',
    at: new Date(),
    occurrence: 0,
    ...differing,
  };
}

/** The state of the fake's shared resources, which tests change directly. */
export interface FakeSharedResources extends SharedResources {
  readonly shared: {
    parameterGroups: ParameterGroup[];
    /** The parameters of every group. */
    parameters: Parameter[];
    subnetGroups: SubnetGroup[];
    /** ElastiCache's events, in any order; their occurrences are numbered. */
    events: ResourceEvent[];
    /** By ARN. */
    tags: Map<string, readonly Tag[]>;
    /** If set, the next changes of parameters fail with these, in order; undefined succeeds. */
    refusals: (Error | undefined)[];
  };
}

interface FakeOptions {
  called(this: void, name: string): void;
  wrote(this: void): void;
  failure(this: void): Error | undefined;
}

export function createFakeSharedResources({ called, wrote, failure }: FakeOptions): FakeSharedResources {
  const shared: FakeSharedResources['shared'] = {
    parameterGroups: [],
    parameters: [],
    subnetGroups: [],
    events: [],
    tags: new Map(),
    refusals: [],
  };
  const read = async <Result>(name: string, value: () => Result): Promise<Result> => {
    called(name);
    await Promise.resolve();
    const reason = failure();
    if (reason) throw reason;
    return value();
  };
  const write = async <Result>(name: string, change: () => Result): Promise<Result> => {
    called(name);
    await Promise.resolve();
    const result = change();
    wrote();
    return result;
  };
  const changeParameters = (names: readonly string[], change: (parameter: Parameter) => Parameter): void => {
    const refusal = shared.refusals.shift();
    if (refusal) throw refusal;
    shared.parameters = shared.parameters.map((each) => (names.includes(each.name) ? change(each) : each));
  };
  const exists = (name: string) => new ExpectedFailure('ALREADY_EXISTS', `${name} already exists.`);

  return {
    shared,
    parameterGroups: () => read('parameterGroups', () => [...shared.parameterGroups]),
    parameters: ({ parameterGroup, source }) =>
      read(`parameters ${parameterGroup}${source ? ` ${source}` : ''}`, () =>
        shared.parameters.filter((parameter) => source === undefined || parameter.source === source),
      ),
    createParameterGroup: ({ name, family, description, tags }) =>
      write('createParameterGroup', () => {
        if (shared.parameterGroups.some((group) => group.name === name)) throw exists(name);
        const group = aParameterGroup(name, { family, description });
        shared.parameterGroups.push(group);
        shared.tags.set(group.arn, tags);
        return group;
      }),
    modifyParameterGroup: ({ parameters }) =>
      write(`modifyParameterGroup ${parameters.length}`, () => {
        const values = new Map(parameters.map(({ name, value }) => [name, value]));
        changeParameters([...values.keys()], (each) => ({ ...each, value: values.get(each.name)!, source: 'USER' }));
      }),
    resetParameterGroup: ({ names }) =>
      write(`resetParameterGroup ${names?.length ?? 'all'}`, () => {
        const all = shared.parameters.map(({ name }) => name);
        changeParameters(names ?? all, (each) => ({ ...each, value: '0', source: 'ENGINE_DEFAULT' }));
      }),
    deleteParameterGroup: ({ name }) =>
      write('deleteParameterGroup', () => {
        shared.parameterGroups = shared.parameterGroups.filter((group) => group.name !== name);
      }),
    subnetGroups: () => read('subnetGroups', () => [...shared.subnetGroups]),
    createSubnetGroup: ({ name, description, subnetIds }) =>
      write('createSubnetGroup', () => {
        if (shared.subnetGroups.some((group) => group.name === name)) throw exists(name);
        const subnets = subnetIds.map((subnetId) => ({ subnetId, availabilityZone: null }));
        const group = aSubnetGroup(name, { description, subnets });
        shared.subnetGroups.push(group);
        return group;
      }),
    modifySubnetGroup: ({ name, description, subnetIds }) =>
      write('modifySubnetGroup', () => {
        const before = shared.subnetGroups.find((group) => group.name === name)!;
        const subnets = subnetIds?.map((subnetId) => ({ subnetId, availabilityZone: null })) ?? before.subnets;
        const group = { ...before, description: description ?? before.description, subnets };
        shared.subnetGroups = shared.subnetGroups.map((each) => (each.name === name ? group : each));
        return group;
      }),
    deleteSubnetGroup: ({ name }) =>
      write('deleteSubnetGroup', () => {
        shared.subnetGroups = shared.subnetGroups.filter((group) => group.name !== name);
      }),
    engineVersions: () =>
      read('engineVersions', () => [
        { engine: 'REDIS', version: '7.1', parameterGroupFamily: 'redis7', isDefault: true },
        { engine: 'VALKEY', version: '8.0', parameterGroupFamily: 'valkey8', isDefault: true },
        { engine: 'VALKEY', version: '8.1', parameterGroupFamily: 'valkey8', isDefault: false },
      ]),
    allowedNodeTypes: ({ cluster }) =>
      read(`allowedNodeTypes ${cluster}`, () => ({ scaleUp: ['cache.m7g.large'], scaleDown: [] })),
    resourceEvents: ({ since, source, sourceName }) =>
      read('resourceEvents', () =>
        numberOccurrences(shared.events)
          .filter((event) => event.at >= since)
          .filter((event) => source === undefined || event.source === source)
          .filter((event) => sourceName === undefined || event.sourceName === sourceName.toLowerCase())
          .toSorted(compareEvents),
      ),
    tags: (resource) => read(`tags ${resource}`, () => shared.tags.get(resource) ?? []),
    addTags: ({ arn: resource, tags }) =>
      write('addTags', () => {
        const others = (shared.tags.get(resource) ?? []).filter(({ key }) => !tags.some((tag) => tag.key === key));
        shared.tags.set(resource, [...others, ...tags]);
        return shared.tags.get(resource)!;
      }),
    removeTags: ({ arn: resource, keys }) =>
      write('removeTags', () => {
        shared.tags.set(
          resource,
          (shared.tags.get(resource) ?? []).filter(({ key }) => !keys.includes(key)),
        );
        return shared.tags.get(resource)!;
      }),
  };
}
