import type { Endpoint } from '../../../../domain/cluster/cluster.js';

/** The address of a node, `host:port`, as the key of a map. */
export function endpointKey({ host, port }: Endpoint): string {
  return `${host}:${port}`;
}
