import type { Endpoint } from '../../domain/cluster.js';
import type { Logger } from '../../telemetry/log.js';
import type { ValkeyLimits } from './limits.js';
import type { NodeAccess } from './node-client.js';
import type { Session } from './session.js';

/** A session with all that is needed to open further connections to the same nodes as the same user. */
export interface Entrance {
  readonly session: Session;
  readonly limits: ValkeyLimits;
  readonly log: Logger;
  /** With the credentials as they are now: a password of the configuration may have been changed meanwhile. */
  access(this: void, endpoint: Endpoint): Promise<NodeAccess>;
}

/** The entrance of one cluster as it is now; another one after other credentials were given. */
export type Enter = () => Promise<Entrance>;
