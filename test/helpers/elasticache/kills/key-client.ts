import { openAdmin, type Admin, type Reply } from '../../../../src/local-elasticache/nodes/admin.js';
import type { NodeAddress } from '../../../../src/local-elasticache/nodes/interfaces.js';

export interface Access {
  readonly ca?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

/** A client of a cluster that follows MOVED and ASK, and never repeats a command that may have been executed. */
export interface KeyClient {
  run(...command: readonly string[]): Promise<Reply>;
  close(): void;
}

const maxRedirects = 8;

/** @param entry any node of a cluster, or the primary without cluster mode; asked again after each failure */
export function createKeyClient(entry: () => Promise<NodeAddress>, access: Access): KeyClient {
  const open = new Map<string, Promise<Admin>>();
  let first: Promise<NodeAddress> | undefined;
  const close = (): void => {
    first = undefined;
    for (const admin of open.values())
      void admin.then(
        (one) => one.close(),
        () => undefined,
      );
    open.clear();
  };
  const connect = (node: NodeAddress): Promise<Admin> => {
    const name = `${node.host}:${node.port}`;
    const known = open.get(name) ?? openAdmin({ ...node, ...access });
    open.set(name, known);
    return known;
  };
  return {
    async run(...command) {
      try {
        let node = await (first ??= entry());
        let isAsking = false;
        for (let redirects = 0; ; redirects += 1) {
          const admin = await connect(node);
          try {
            const asked = isAsking ? admin.command('ASKING') : undefined;
            const [reply] = await Promise.all([admin.command(...command), asked]);
            return reply;
          } catch (cause) {
            const [, kind, host = '', port] = /^(MOVED|ASK) \d+ ([^:]+):(\d+)/.exec(messageOf(cause)) ?? [];
            if (kind === undefined || redirects === maxRedirects) throw cause;
            node = { host, port: Number(port) };
            isAsking = kind === 'ASK';
          }
        }
      } catch (cause) {
        close();
        throw cause;
      }
    },
    close,
  };
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : '');
