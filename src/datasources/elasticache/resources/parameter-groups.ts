import {
  CreateCacheParameterGroupCommand,
  DeleteCacheParameterGroupCommand,
  DescribeCacheParameterGroupsCommand,
  DescribeCacheParametersCommand,
  ModifyCacheParameterGroupCommand,
  ResetCacheParameterGroupCommand,
  type CacheParameterGroup,
  type Parameter as AwsParameter,
} from '@aws-sdk/client-elasticache';
import type {
  Parameter,
  ParameterChangeType,
  ParameterGroup,
  ParameterSource,
} from '../../../domain/parameters/parameter-group.js';
import type { ElastiCacheCalls } from '../calls.js';
import type { ControlPlane } from '../interfaces.js';
import { allPages } from './pages.js';
import { awsTag, oneOf } from './shapes.js';

type Methods = Pick<
  ControlPlane,
  | 'parameterGroups'
  | 'parameters'
  | 'createParameterGroup'
  | 'modifyParameterGroup'
  | 'resetParameterGroup'
  | 'deleteParameterGroup'
>;

/** The control plane's methods for parameter groups. */
export function createParameterGroups(calls: ElastiCacheCalls): Methods {
  return {
    async parameterGroups() {
      const groups = await allPages(async (Marker) => {
        const page = await calls.read((client) => client.send(new DescribeCacheParameterGroupsCommand({ Marker })));
        return { items: page.CacheParameterGroups, marker: page.Marker };
      });
      return groups.filter(isOfThisApi).map(parameterGroupOf);
    },
    async parameters({ parameterGroup, source }) {
      const request = { CacheParameterGroupName: parameterGroup, Source: source?.toLowerCase() };
      const parameters = await allPages(async (Marker) => {
        const command = new DescribeCacheParametersCommand({ ...request, Marker });
        const page = await calls.read((client) => client.send(command));
        return { items: page.Parameters, marker: page.Marker };
      });
      return parameters.map(parameterOf);
    },
    async createParameterGroup({ name, family, description, tags }) {
      const command = new CreateCacheParameterGroupCommand({
        CacheParameterGroupName: name,
        CacheParameterGroupFamily: family,
        Description: description,
        ...(tags.length > 0 && { Tags: tags.map(awsTag) }),
      });
      const { CacheParameterGroup: created } = await calls.write('createParameterGroup', (client) =>
        client.send(command),
      );
      return parameterGroupOf(created ?? {});
    },
    async modifyParameterGroup({ name, parameters }) {
      const command = new ModifyCacheParameterGroupCommand({
        CacheParameterGroupName: name,
        ParameterNameValues: parameters.map((each) => ({ ParameterName: each.name, ParameterValue: each.value })),
      });
      await calls.write('modifyParameterGroup', (client) => client.send(command));
    },
    async resetParameterGroup({ name, names }) {
      const command = new ResetCacheParameterGroupCommand({
        CacheParameterGroupName: name,
        ...(names
          ? { ParameterNameValues: names.map((each) => ({ ParameterName: each })) }
          : { ResetAllParameters: true }),
      });
      await calls.write('resetParameterGroup', (client) => client.send(command));
    },
    async deleteParameterGroup({ name }) {
      const command = new DeleteCacheParameterGroupCommand({ CacheParameterGroupName: name });
      await calls.write('deleteParameterGroup', (client) => client.send(command));
    },
  };
}

/** Memcached has groups of its own. */
function isOfThisApi({ CacheParameterGroupFamily: family = '' }: CacheParameterGroup): boolean {
  return !family.startsWith('memcached');
}

function parameterGroupOf(group: CacheParameterGroup): ParameterGroup {
  return {
    name: group.CacheParameterGroupName ?? '',
    arn: group.ARN ?? '',
    family: group.CacheParameterGroupFamily ?? '',
    description: group.Description ?? null,
    isGlobal: group.IsGlobal ?? false,
  };
}

const sources: Readonly<Record<string, ParameterSource>> = {
  user: 'USER',
  system: 'SYSTEM',
  'engine-default': 'ENGINE_DEFAULT',
};
const changeTypes: Readonly<Record<string, ParameterChangeType>> = {
  immediate: 'IMMEDIATE',
  'requires-reboot': 'REQUIRES_REBOOT',
};

function parameterOf(parameter: AwsParameter): Parameter {
  return {
    name: parameter.ParameterName ?? '',
    value: parameter.ParameterValue ?? null,
    description: parameter.Description ?? null,
    source: oneOf(parameter.Source, sources) ?? 'SYSTEM',
    dataType: parameter.DataType ?? 'string',
    allowedValues: parameter.AllowedValues ?? null,
    isModifiable: parameter.IsModifiable ?? false,
    changeType: oneOf(parameter.ChangeType, changeTypes) ?? 'IMMEDIATE',
    minimumEngineVersion: parameter.MinimumEngineVersion ?? null,
  };
}
