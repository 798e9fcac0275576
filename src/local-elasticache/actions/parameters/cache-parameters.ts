import type {
  CacheParameterGroupDetails,
  DescribeCacheParametersMessage,
  DescribeEngineDefaultParametersMessage,
  DescribeEngineDefaultParametersResult,
  Parameter,
} from '@aws-sdk/client-elasticache';
import { invalidInput } from '../../../domain/errors.js';
import { engineParameters, type EngineParameter } from '../../../domain/cluster/parameter-table.js';
import type { Decoded } from '../../wire/decode.js';
import { parameterFamily } from './cache-parameter-groups.js';
import type { ActionContext } from '../action-context.js';
import { findParameterGroup } from '../shared/lookup.js';
import { pageOf } from '../shared/paging.js';

export function describeCacheParameters(
  { account }: ActionContext,
  input: Decoded<DescribeCacheParametersMessage>,
): CacheParameterGroupDetails {
  const { values, clusterMode } = findParameterGroup(account.state, input.CacheParameterGroupName);
  const source = input.Source?.toLowerCase();
  if (source !== undefined && source !== 'user' && source !== 'system') {
    throw invalidInput('Expected a source of user or system.');
  }
  const parameters = engineParameters(clusterMode)
    .map((parameter) => parameterView(parameter, values[parameter.name]))
    .filter(({ Source }) => source === undefined || Source === source);
  const { items, marker } = pageOf(parameters, ({ ParameterName = '' }) => ParameterName, input);
  return { Parameters: [...items], CacheNodeTypeSpecificParameters: [], Marker: marker };
}

export function describeEngineDefaultParameters(
  _endpoint: ActionContext,
  input: Decoded<DescribeEngineDefaultParametersMessage>,
): DescribeEngineDefaultParametersResult {
  const family = parameterFamily(input.CacheParameterGroupFamily);
  const { items, marker } = pageOf(engineParameters(false), ({ name }) => name, input);
  return {
    EngineDefaults: {
      CacheParameterGroupFamily: family,
      Parameters: items.map((parameter) => parameterView(parameter, undefined)),
      Marker: marker,
    },
  };
}

function parameterView(parameter: EngineParameter, value: string | undefined): Parameter {
  return {
    ParameterName: parameter.name,
    ParameterValue: value ?? parameter.defaultValue,
    Description: parameter.sentToNodes
      ? `The setting ${parameter.name} of Valkey.`
      : `${parameter.name}: stored; the endpoint decides the effective value.`,
    Source: value === undefined ? 'system' : 'user',
    DataType: parameter.dataType,
    AllowedValues: parameter.allowedValues,
    IsModifiable: parameter.modifiable,
    MinimumEngineVersion: '4.0.10',
    ChangeType: parameter.changeType,
  };
}
