import { randomBytes } from 'node:crypto';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ValkeyBinary, GroupSpec } from '../interfaces.js';
import { ownPort, renderNodesConf } from '../cluster/nodes-conf.js';
import { renderConfig, type TlsFiles } from '../config.js';
import { createNode, type ManagedNode } from '../node.js';
import type { AuthorityStore } from '../tls/authority-store.js';
import type { Layout } from './layout.js';
import { planMembers } from './plan.js';

export interface NodesEnvironment {
  /** The group's own folder. */
  readonly directory: string;
  readonly host: string;
  readonly binary: ValkeyBinary;
  readonly authority: AuthorityStore;
}

/** Makes the nodes' folders and what they start from. */
export async function prepareNodes(
  spec: GroupSpec,
  layout: Layout,
  isNew: boolean,
  { directory, host, binary, authority }: NodesEnvironment,
): Promise<Map<string, ManagedNode>> {
  const tls: TlsFiles | undefined = spec.tls ? await authority.issue(join(directory, 'tls'), host) : undefined;
  const ca = spec.tls ? await authority.certificate() : undefined;
  // Another name each time too, so that no user of the group can ever bear it.
  const administrator = {
    username: `cachegraph-${randomBytes(8).toString('hex')}`,
    password: randomBytes(24).toString('base64url'),
  };
  const members = spec.clusterMode ? planMembers(spec, layout, host) : [];
  const nodes = Object.entries(layout.nodes).map(async ([id, { port, busPort }]) => {
    const own = join(directory, id);
    await mkdir(own, { recursive: true, mode: 0o700 });
    const known = join(own, 'nodes.conf');
    // Valkey's own file knows best, e.g. who was elected; it stands as long as the nodes and their ports do.
    if (spec.clusterMode) {
      if (isNew || !(await exists(known)))
        await writeFile(known, renderNodesConf(directory, members, id), { mode: 0o600 });
      else await requireOwn(known, port);
    }
    const config = renderConfig({ host, port, busPort, directory: own, tls, administrator, settings: spec.settings });
    return [id, createNode({ id, host, port, directory: own, binary, administrator, ca, config })] as const;
  });
  return new Map(await Promise.all(nodes));
}

/** Folders that were swapped would give a shard the slots and the data of another. */
async function requireOwn(nodesConf: string, port: number): Promise<void> {
  const found = ownPort(await readFile(nodesConf, 'utf8'));
  if (found === undefined || found === port) return;
  throw new Error(
    `${nodesConf} belongs to another node: it has port ${found}, and the node of this folder has port ${port}. ` +
      'Put the folders of the nodes back where they were.',
  );
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
