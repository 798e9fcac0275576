import { ExpectedFailure, Outage } from '../../domain/errors.js';
import type { CommandError } from './command-error.js';
import type { Enter } from './entrance.js';
import { unreachable } from './link-failure.js';
import { openLink, type NodeLink } from './node-link.js';
import type { BlockingConnection, Reply } from './ports.js';
import { parseRedirect } from './redirect.js';
import { endpointKey } from './topology.js';

/** Opens a connection of its own to the primary of `key`. It is opened again by the first command after a loss. */
export async function openBlocking(enter: Enter, key: Buffer, onClosed: () => void): Promise<BlockingConnection> {
  let current: { readonly link: NodeLink; readonly forget: () => void } | undefined;
  let opening: Promise<NodeLink> | undefined;
  let isClosed = false;

  const cut = (): void => {
    current?.forget();
    current?.link.close();
    current = undefined;
  };
  const open = async (): Promise<NodeLink> => {
    const { session, limits, access } = await enter();
    const endpoint = session.primaryFor(key);
    if (!endpoint) throw unreachable('the primary of this key');
    const link = await openLink(await access(endpoint), { limits, mayBlock: true, onLost: cut }).catch(
      (cause: unknown) => {
        // The same user has entered before: who waits for a stream waits for its password too.
        throw cause instanceof ExpectedFailure ? unreachable(endpointKey(endpoint), cause) : cause;
      },
    );
    if (isClosed) {
      link.close();
      throw closed();
    }
    // A read that blocks learns nothing of a failover, or of a server that is frozen; the command connection does.
    const undo = session.onChange(() => {
      const primary = session.primaryFor(key);
      if (!primary || endpointKey(primary) !== endpointKey(endpoint)) cut();
    });
    current = { link, forget: undo };
    return link;
  };
  const connected = (): Promise<NodeLink> | NodeLink => {
    if (isClosed) throw closed();
    if (current?.link.isReady === true) return current.link;
    opening ??= open().finally(() => (opening = undefined));
    return opening;
  };
  const close = (): Promise<void> => {
    isClosed = true;
    cut();
    onClosed();
    return Promise.resolve();
  };

  await connected();
  return {
    async send(args) {
      const link = await connected();
      return await link.send(args, async (refusal: CommandError): Promise<Reply> => {
        if (refusal.prefix !== 'UNBLOCKED' && !parseRedirect(refusal.message, link.endpoint)) throw refusal;
        cut();
        (await enter()).session.suspect();
        throw new Outage('CLUSTER_UNAVAILABLE', 'Another node serves this key now.', { cause: refusal });
      });
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function closed(): Outage {
  return new Outage('CLUSTER_UNAVAILABLE', 'This connection was closed.');
}
