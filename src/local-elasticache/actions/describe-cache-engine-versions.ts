import type { CacheEngineVersionMessage, DescribeCacheEngineVersionsMessage } from '@aws-sdk/client-elasticache';
import { engineVersions, isDefaultVersion } from '../../domain/cluster/engines.js';
import type { Decoded } from '../wire/decode.js';
import type { ActionContext } from './action-context.js';
import { pageOf } from './shared/paging.js';

export function describeCacheEngineVersions(
  _endpoint: ActionContext,
  input: Decoded<DescribeCacheEngineVersionsMessage>,
): CacheEngineVersionMessage {
  const { Engine, EngineVersion, CacheParameterGroupFamily, DefaultOnly = false } = input;
  const chosen = engineVersions.filter(
    (known) =>
      (Engine === undefined || known.engine === Engine.toUpperCase()) &&
      (EngineVersion === undefined || known.version === EngineVersion) &&
      (CacheParameterGroupFamily === undefined || known.parameterGroupFamily === CacheParameterGroupFamily) &&
      (!DefaultOnly || isDefaultVersion(known)),
  );
  const { items, marker } = pageOf(chosen, ({ engine, version }) => `${engine} ${version}`, input);
  return {
    CacheEngineVersions: items.map(({ engine, version, parameterGroupFamily }) => ({
      Engine: engine.toLowerCase(),
      EngineVersion: version,
      CacheParameterGroupFamily: parameterGroupFamily,
      CacheEngineDescription: engine === 'VALKEY' ? 'Valkey' : 'Redis',
      CacheEngineVersionDescription: `${engine.toLowerCase()} version ${version}`,
    })),
    Marker: marker,
  };
}
