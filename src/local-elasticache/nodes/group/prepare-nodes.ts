import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathExists } from '../../../runtime/files/path-exists.js';
import { writeWholeFile } from '../../../runtime/files/write-whole-file.js';
import type { ValkeyBinary } from '../interfaces.js';
import { ownPort, renderNodesConf } from '../cluster/nodes-conf.js';
import { renderConfig, type NodeCredentials, type TlsFiles } from '../config.js';
import { createNode, type ManagedNode } from '../node.js';
import type { GroupSpec } from '../interfaces.js';
import type { AuthorityStore } from '../tls/authority-store.js';
import type { Layout } from './layout.js';
import type { LiveSettings } from './live-settings.js';
import { planMembers } from './plan.js';

export interface NodesEnvironment {
  /** The group's own folder. */
  readonly directory: string;
  readonly host: string;
  readonly binary: ValkeyBinary;
  readonly authority: AuthorityStore;
}

/** Creates the nodes of one group, which share an administrator. */
export interface NodeFactory {
  readonly administrator: NodeCredentials;
  /** PEM of the certificate authority, if the group uses TLS. */
  readonly ca: string | undefined;
  /** Creates a node's folder, and the node, which is not started. */
  create(this: void, id: string, ports: Layout['nodes'][string]): Promise<ManagedNode>;
}

export async function createNodeFactory(
  spec: GroupSpec,
  settings: LiveSettings,
  { directory, host, binary, authority }: NodesEnvironment,
): Promise<NodeFactory> {
  const tls: TlsFiles | undefined = spec.tls ? await authority.issue(join(directory, 'tls'), host) : undefined;
  const ca = spec.tls ? await authority.certificate() : undefined;
  // The name also changes each time, so that no user of the group can have it.
  const administrator = {
    username: `cachegraph-${randomBytes(8).toString('hex')}`,
    password: randomBytes(24).toString('base64url'),
  };
  return {
    administrator,
    ca,
    async create(id, { port, busPort }) {
      const own = join(directory, id);
      await mkdir(own, { recursive: true, mode: 0o700 });
      const config = (): string =>
        renderConfig({ host, port, busPort, directory: own, tls, administrator, settings: settings.ofStart(id) });
      return createNode({ id, host, port, directory: own, binary, administrator, ca, config });
    },
  };
}

/** Creates the nodes of the layout, with their folders and initial files. */
export async function prepareNodes(
  spec: GroupSpec,
  layout: Layout,
  isNew: boolean,
  { directory, host }: NodesEnvironment,
  factory: NodeFactory,
): Promise<Map<string, ManagedNode>> {
  const members = spec.clusterMode ? planMembers(spec, layout, host) : [];
  const nodes = Object.entries(layout.nodes).map(async ([id, ports]) => {
    const node = await factory.create(id, ports);
    const nodesConf = join(node.directory, 'nodes.conf');
    // Valkey's own file is more current, e.g. about elections. It is valid as long as the nodes and ports are the same.
    if (spec.clusterMode) {
      if (isNew || !(await pathExists(nodesConf)))
        await writeWholeFile(nodesConf, renderNodesConf(directory, members, id));
      else await requireOwn(nodesConf, ports.port);
    } else {
      // From an earlier run with cluster mode, whose members and slots would be used again.
      await rm(nodesConf, { force: true });
    }
    return [id, node] as const;
  });
  return new Map(await Promise.all(nodes));
}

/** Swapped folders would give a shard the slots and data of another one. */
async function requireOwn(nodesConf: string, port: number): Promise<void> {
  const found = ownPort(await readFile(nodesConf, 'utf8'));
  if (found === undefined || found === port) return;
  throw new Error(
    `${nodesConf} belongs to another node: it has port ${found}, and the node of this folder has port ${port}. ` +
      'Move the folders of the nodes back to their places.',
  );
}
