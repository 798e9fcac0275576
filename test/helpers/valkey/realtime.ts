import type { ValkeyConnections } from '../../../src/datasources/valkey/interfaces.js';
import type { Endpoint } from '../../../src/domain/cluster/cluster.js';
import { noChannelSettings, type ChannelSettings } from '../../../src/domain/realtime/channel-rules.js';
import type { RealtimeLimits } from '../../../src/datasources/realtime/shared/limits.js';
import type { Realtime } from '../../../src/datasources/realtime/interfaces.js';
import { createRealtime } from '../../../src/datasources/realtime/realtime.js';
import { connectionsTo } from './connections.js';
import { describeCluster, describeServer } from './described-cluster.js';
import type { TestCluster } from './valkey.js';
import { testLog } from '../run/test-log.js';

/** The realtime datasource of one process, on a cluster `orders`. */
export interface TestRealtime extends Realtime {
  readonly connections: ValkeyConnections;
}

export function realtimeOn(
  server: Endpoint | TestCluster,
  limits: Partial<RealtimeLimits> = {},
  channels: Partial<ChannelSettings> = {},
): TestRealtime {
  const connections = connectionsTo('nodes' in server ? describeCluster(server) : describeServer(server));
  const realtime = createRealtime({
    connections,
    log: testLog(),
    limits,
    channelSettings: { ...noChannelSettings, ...channels },
  });
  return {
    ...realtime,
    connections,
    async [Symbol.asyncDispose]() {
      await realtime.close();
      await connections.close();
    },
  };
}
