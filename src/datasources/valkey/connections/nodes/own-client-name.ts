import { randomBytes } from 'node:crypto';

/**
 * The name of all connections of this process, by which they are recognized in CLIENT LIST. It is set by HELLO, which every user may run,
 * and is different for each process, so that their connections can be distinguished.
 */
export const ownClientName = `cachegraph-${randomBytes(4).toString('hex')}`;
