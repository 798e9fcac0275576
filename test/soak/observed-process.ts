/** Loaded before `cachegraph` itself: answers its parent what the process holds. */
export interface Held {
  /** After a garbage collection. */
  readonly heapMiB: number;
  /** What keeps the process alive, e.g. `{ Timeout: 2, TCPSocketWrap: 5 }`. */
  readonly resources: Readonly<Record<string, number>>;
}

const answer = (): void => {
  const { gc } = globalThis;
  gc?.();
  const resources: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) resources[name] = (resources[name] ?? 0) + 1;
  const held: Held = { heapMiB: process.memoryUsage().heapUsed / 2 ** 20, resources };
  process.send?.(held);
};
process.on('message', answer);
// Whoever looks keeps nothing alive.
process.channel?.unref();
