import type {
  CacheNodeTypeSpecificParameter,
  CacheParameterGroupDetails,
  DescribeCacheParametersMessage,
  DescribeEngineDefaultParametersMessage,
  DescribeEngineDefaultParametersResult,
  Parameter,
} from '@aws-sdk/client-elasticache';
import { invalidInput } from '../../../domain/errors.js';
import { nodeTypeParameters, type NodeTypeParameter } from '../../../domain/cluster/node-settings.js';
import { nodeTypes } from '../../../domain/cluster/node-types.js';
import { engineParameters, type EngineParameter } from '../../../domain/parameters/parameter-table.js';
import type { ParameterGroupRecord } from '../../state/records/parameter-group.js';
import type { Decoded } from '../../wire/decode.js';
import { parameterFamily } from './cache-parameter-groups.js';
import type { ActionContext } from '../action-context.js';
import { findParameterGroup } from '../shared/lookup.js';
import { pageOf } from '../shared/paging.js';

/**
 * Lists the parameters of a group. A value that nobody set has the source `system`, as in AWS's own examples; asked for
 * `engine-default`, these values are listed with that source.
 */
export function describeCacheParameters(
  { account }: ActionContext,
  input: Decoded<DescribeCacheParametersMessage>,
): CacheParameterGroupDetails {
  const group = findParameterGroup(account.state, input.CacheParameterGroupName);
  const { family, values, clusterMode } = group;
  const source = parameterSource(input.Source);
  const parameters = [...engineParameters(family, clusterMode).filter(({ name }) => values[name] === undefined)]
    .map((parameter) => parameterView(parameter, source === 'engine-default' ? source : 'system'))
    .concat(changedParameters(group))
    .filter(({ Source }) => source === undefined || Source === source);
  const { items, marker } = pageOf(parameters, ({ ParameterName = '' }) => ParameterName, input);
  return {
    Parameters: [...items],
    CacheNodeTypeSpecificParameters: marker === undefined && source !== 'user' ? nodeTypeViews(family, source) : [],
    Marker: marker,
  };
}

export function describeEngineDefaultParameters(
  _endpoint: ActionContext,
  input: Decoded<DescribeEngineDefaultParametersMessage>,
): DescribeEngineDefaultParametersResult {
  const family = parameterFamily(input.CacheParameterGroupFamily);
  const { items, marker } = pageOf(engineParameters(family, false), ({ name }) => name, input);
  return {
    EngineDefaults: {
      CacheParameterGroupFamily: family,
      Parameters: items.map((parameter) => parameterView(parameter, 'system')),
      CacheNodeTypeSpecificParameters: marker === undefined ? nodeTypeViews(family, 'system') : [],
      Marker: marker,
    },
  };
}

/** The parameters that were set. An earlier version offered some that are not in the catalogue; they stay. */
function changedParameters({ family, values }: ParameterGroupRecord): Parameter[] {
  const known = new Map(engineParameters(family, false).map((parameter) => [parameter.name, parameter]));
  return Object.entries(values).map(([name, value]) => ({
    ParameterName: name,
    ...(known.has(name) ? {} : { Description: 'A setting of Valkey.', DataType: 'string', IsModifiable: false }),
    ...parameterView(known.get(name), 'user'),
    ParameterValue: value,
  }));
}

function parameterSource(text: string | undefined): 'user' | 'system' | 'engine-default' | undefined {
  const source = text?.toLowerCase();
  if (source === undefined || source === 'user' || source === 'system' || source === 'engine-default') return source;
  throw invalidInput('Expected a source of user, system or engine-default.');
}

function parameterView(parameter: EngineParameter | undefined, source: string): Parameter {
  if (!parameter) return { Source: source, ChangeType: 'immediate' };
  const { defaultValue, allowedValues } = parameter;
  return {
    ...descriptionOf(parameter),
    ParameterValue: defaultValue === '' && allowedValues === '' ? undefined : defaultValue,
    Source: source,
  };
}

function nodeTypeViews(family: string, source = 'system'): CacheNodeTypeSpecificParameter[] {
  return nodeTypeParameters(family).map((parameter) => ({
    ...descriptionOf(parameter),
    Source: source,
    CacheNodeTypeSpecificValues: nodeTypeValues(parameter),
  }));
}

function nodeTypeValues({ valueOf }: NodeTypeParameter): CacheNodeTypeSpecificParameter['CacheNodeTypeSpecificValues'] {
  return nodeTypes.flatMap((type) => {
    const value = valueOf(type);
    return value === undefined ? [] : [{ CacheNodeType: type, Value: value }];
  });
}

function descriptionOf(parameter: EngineParameter) {
  return {
    ParameterName: parameter.name,
    Description: parameter.description,
    DataType: parameter.dataType,
    AllowedValues: parameter.allowedValues === '' ? undefined : parameter.allowedValues,
    IsModifiable: parameter.modifiable,
    MinimumEngineVersion: parameter.minimumEngineVersion,
    ChangeType: parameter.changeType,
  };
}
