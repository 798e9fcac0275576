import { Outage } from '../../domain/errors.js';

/** ElastiCache throttles the requests of the account, so that whoever polls should poll less often. */
export class Throttling extends Outage {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super('CONTROL_PLANE_UNAVAILABLE', message, options);
  }
}
