/** Loaded before `cachegraph` itself: reports heap and resources to its parent. */
export interface Held {
  /** After a garbage collection. */
  readonly heapMiB: number;
  /** Resources that keep the process alive, e.g. `{ Timeout: 2, TCPSocketWrap: 5 }`. */
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
// The channel to the parent must not keep the process alive.
process.channel?.unref();
