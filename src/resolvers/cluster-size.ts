import { Outage } from '../domain/errors.js';

/** @throws Outage NOT_IMPLEMENTED */
export function setReplicaCount(): Promise<never> {
  return Promise.reject(new Outage('NOT_IMPLEMENTED', 'setReplicaCount is not implemented yet; nothing was changed.'));
}

/** @throws Outage NOT_IMPLEMENTED */
export function setShardCount(): Promise<never> {
  return Promise.reject(new Outage('NOT_IMPLEMENTED', 'setShardCount is not implemented yet; nothing was changed.'));
}
