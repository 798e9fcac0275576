import type { ChannelSettings } from '../../../src/domain/realtime/channel-rules.js';
import type { Services } from '../../../src/resolvers/shared/context.js';
import { schema } from '../../../src/schema/schema.js';
import { startApiServer, type ApiServer } from '../../../src/server/server.js';
import type { ServerLimits } from '../../../src/config/limits/server-limits.js';
import { realtimeOn } from '../valkey/realtime.js';
import { startValkey, type TestValkey } from '../valkey/valkey.js';
import { testLog } from '../run/test-log.js';

/** The real schema and server with a Valkey of its own as cluster `orders`. */
export async function startLiveApi(
  channels: Partial<ChannelSettings> = {},
): Promise<ApiServer & { readonly valkey: TestValkey }> {
  const valkey = await startValkey();
  const api = await startLiveApiOn(valkey, {}, channels);
  return {
    ...api,
    valkey,
    async [Symbol.asyncDispose]() {
      await api[Symbol.asyncDispose]();
      await valkey[Symbol.asyncDispose]();
    },
  };
}

/** The same on a shared Valkey, as one of several processes. Closing it also closes its upstream subscriptions. */
export async function startLiveApiOn(
  valkey: TestValkey,
  limits: Partial<ServerLimits> = {},
  channels: Partial<ChannelSettings> = {},
): Promise<ApiServer> {
  const realtime = realtimeOn(valkey, {}, channels);
  const services = { controlPlane: { revision: () => 0 }, connections: realtime.connections, realtime };
  const api = await startApiServer({
    schema,
    services: services as unknown as Services,
    log: testLog(),
    host: '127.0.0.1',
    port: 0,
    limits,
  });
  const close = async (): Promise<void> => {
    await api.close();
    await realtime[Symbol.asyncDispose]();
  };
  let closing: Promise<void> | undefined;
  return { ...api, close: () => (closing ??= close()), [Symbol.asyncDispose]: () => (closing ??= close()) };
}
