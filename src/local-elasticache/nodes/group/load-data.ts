import { isDeepStrictEqual } from 'node:util';
import { NodeFailed, type ManagedNode } from '../node.js';
import { dataFiles, flushFiles, lacksData } from './data-files.js';
import type { ProgressRecord } from './progress.js';

/** A node's files hold less than the node had: as a primary it would give the loss to its replicas. */
class DataMissing extends Error {
  override readonly name = 'DataMissing';

  constructor(node: ManagedNode) {
    super(
      `The append-only files in ${node.directory} hold less data than this node had when it was seen last. Put the files back, or ` +
        `delete its replication group. To go on with what is left, stop this program and remove the "files" of ${node.id} from ` +
        'group.json of the replication group.',
    );
  }
}

/** Whether a node could not be started because its data are damaged or incomplete. */
export function isDataLoss(cause: unknown): boolean {
  return cause instanceof DataMissing || (cause instanceof NodeFailed && cause.dataUnreadable);
}

/**
 * Starts a node with its data. Rejects, and leaves it stopped, if they cannot be loaded or are less than it had: `isDataLoss` says so.
 * Only what was written after they were noted may end in the middle of a change, which a crash leaves behind and Valkey cuts off.
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
  if (await flushFiles(node.directory, loaded)) progress.noteFiles(node.id, loaded);
  return started;
}
