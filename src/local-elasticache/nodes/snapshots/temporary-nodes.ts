import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { RESP_TYPES } from '@redis/client';
import { resp2Client } from '../../../interop/node-redis-client.js';
import { renderConfig } from '../config.js';
import { knownSettings } from '../engine-settings.js';
import type { ValkeyBinary } from '../interfaces.js';
import { createNode } from '../node.js';
import { freePorts } from '../process/ports.js';

/** Replies of commands with arbitrary bytes. */
type BinaryReply = Buffer | string | number | null | readonly BinaryReply[];

/** A node without cluster mode and users, which no client knows. */
export interface TemporaryNode {
  /** Runs a command with arbitrary bytes. Commands of one tick leave together. */
  command(...args: readonly (string | Buffer)[]): Promise<BinaryReply>;
  /** Stops the process. @throws Error if its data may be incomplete */
  stop(): Promise<void>;
}

/** Starts nodes that prepare the data of others. */
export interface TemporaryNodes {
  start(
    id: string,
    directory: string,
    settings: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<TemporaryNode>;
}

export function createTemporaryNodes(binary: ValkeyBinary, host: string): TemporaryNodes {
  const administrator = {
    username: `cachegraph-${randomBytes(8).toString('hex')}`,
    password: randomBytes(24).toString('base64url'),
  };
  return {
    async start(id, directory, settings, signal) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const [port = 0] = await freePorts(host, 1);
      const known = knownSettings(binary, settings);
      const config = (): string => renderConfig({ host, port, directory, administrator, settings: known });
      const node = createNode({ id, host, port, directory, binary, administrator, ca: undefined, config });
      await node.start(signal);
      const base = resp2Client().duplicate({
        socket: { host, port, reconnectStrategy: false },
        ...administrator,
      });
      // Commands reject with the same error. Without a listener the process would end.
      base.on('error', () => undefined);
      const client = base.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
      const stop = async (): Promise<boolean> => {
        if (base.isOpen) base.destroy();
        return node.stop();
      };
      try {
        await base.connect();
      } catch (cause) {
        await stop();
        throw cause;
      }
      return {
        command: (...args) => client.sendCommand([...args]),
        async stop() {
          if (!(await stop())) throw new Error(`The temporary node ${id} did not end as expected.`);
        },
      };
    },
  };
}
