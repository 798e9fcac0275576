import type { TestValkey } from './valkey.js';

/** What the servers store: the value of each key (DUMP) and when it expires. Not for many keys. */
export async function snapshotOf(servers: readonly TestValkey[]): Promise<Record<string, unknown>> {
  const stored: Record<string, unknown> = {};
  for (const server of servers) {
    let cursor = '0';
    do {
      const [next, names] = (await server.command('SCAN', cursor, 'COUNT', '1000')) as [string, string[]];
      for (const name of names) {
        stored[name] = [await server.command('DUMP', name), await server.command('PEXPIRETIME', name)];
      }
      cursor = next;
    } while (cursor !== '0');
  }
  return stored;
}
