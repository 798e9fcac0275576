import DataLoader from 'dataloader';
import { readInfo, type Info } from '../../datasources/valkey/values/nodes/info.js';
import type { ClusterNode } from '../../domain/cluster/cluster.js';
import { asError } from '../../runtime/errors.js';
import { connectedNode, type NodeContext } from './connected-node.js';

/** Reads INFO of nodes. All fields of one node that are selected together share one command. */
export interface NodeInfoReader {
  /** At least the sections, by their names as arguments of INFO. Rejects like `connectedNode` and `ValkeyNode.send`. */
  read(node: ClusterNode, sections: readonly string[]): Promise<Info>;
}

interface Request {
  readonly node: ClusterNode;
  readonly sections: readonly string[];
}

/** Nothing is cached: a later field of a mutation reads INFO again. */
export function createNodeInfoReader(context: NodeContext): NodeInfoReader {
  const readAll = async (requests: readonly Request[]): Promise<readonly (Info | Error)[]> => {
    const sections = new Map<string, string[]>();
    for (const request of requests)
      sections.set(keyOf(request), [...(sections.get(keyOf(request)) ?? []), ...request.sections]);
    const read = new Map<string, Promise<Info | Error>>();
    return Promise.all(
      requests.map((request) => {
        const key = keyOf(request);
        const reading = read.get(key) ?? readNode(context, request.node, sections.get(key) ?? []).catch(asError);
        read.set(key, reading);
        return reading;
      }),
    );
  };
  const loader = new DataLoader(readAll, { cache: false });
  return { read: (node, sections) => loader.load({ node, sections }) };
}

async function readNode(context: NodeContext, node: ClusterNode, sections: readonly string[]): Promise<Info> {
  return readInfo(await connectedNode(context, node), sections);
}

function keyOf({ node }: Request): string {
  return `${node.clusterName}/${node.name}`;
}
