/** Objects that exist once for each cluster in use. */
export interface PerCluster<Part> {
  /** Creates the part if the cluster has none. */
  of(this: void, cluster: string): Part;
  existing(cluster: string): Part | undefined;
  all(): readonly Part[];
}

/** `create` must call `ended` when the part can no longer be used. The cluster's next use then creates another. */
export function createPerCluster<Part>(create: (cluster: string, ended: () => void) => Part): PerCluster<Part> {
  const parts = new Map<string, Part>();
  return {
    of(cluster) {
      const existing = parts.get(cluster);
      if (existing !== undefined) return existing;
      const part = create(cluster, () => {
        if (parts.get(cluster) === part) parts.delete(cluster);
      });
      parts.set(cluster, part);
      return part;
    },
    existing: (cluster) => parts.get(cluster),
    all: () => [...parts.values()],
  };
}
