import { isDeepStrictEqual } from 'node:util';
import { NodeFailed, type ManagedNode } from '../node.js';
import { dataFiles, flushFiles, lacksData } from './data-files.js';
import type { ProgressRecord } from './progress.js';

/** A node's files contain less than the node had. As a primary it would spread the loss to its replicas. */
class DataMissing extends Error {
  override readonly name = 'DataMissing';

  constructor(node: ManagedNode) {
    super(
      `The append-only files in ${node.directory} contain less data than this node last had. Restore the files, or ` +
        `delete its replication group. To continue with the remaining data, stop this program and remove the "files" of ${node.id} from ` +
        'group.json of the replication group.',
    );
  }
}

/** Tests whether a node could not be started because its data are damaged or incomplete. */
export function isDataLoss(cause: unknown): boolean {
  return cause instanceof DataMissing || (cause instanceof NodeFailed && cause.dataUnreadable);
}

/**
 * Starts a node with its data. If they cannot be loaded or are less than the node had, rejects with an error for which
 * `isDataLoss` is true, and leaves the node stopped. Only a file that grew after the last record may end in an
 * incomplete change, which a crash leaves behind and Valkey removes.
 */
export async function loadData(
  node: ManagedNode,
  progress: ProgressRecord,
  signal: AbortSignal,
): Promise<{ readonly ended: Promise<string> }> {
  const before = progress.filesOf(node.id);
  const found = await dataFiles(node.directory);
  if (lacksData(found, before)) throw new DataMissing(node);
  const started = await node.start(signal, { allowTruncatedData: !isDeepStrictEqual(found, before) });
  const loaded = await dataFiles(node.directory);
  if (lacksData(loaded, before)) {
    node.kill();
    await started.ended;
    throw new DataMissing(node);
  }
  if (await flushFiles(node.directory, loaded)) progress.recordFiles(node.id, loaded);
  return started;
}
