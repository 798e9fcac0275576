import { Outage } from '../domain/errors.js';

/** What is answered to whatever is asked of a server that closes. */
export function shuttingDown(): Outage {
  return new Outage('SHUTTING_DOWN', 'The server is shutting down: connect again.');
}
