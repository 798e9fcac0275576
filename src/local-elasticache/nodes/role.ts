import type { Reply } from './admin.js';

/** The reply of a node to ROLE. */
export type Role =
  | {
      readonly role: 'primary';
      /** Bytes of changes that it has written in its history; a start from disk starts another history at 0. */
      readonly offset: number;
    }
  | {
      readonly role: 'replica';
      /** The port of its primary. */
      readonly of: number;
      /** Whether its initial copy is complete and it is connected to its primary. */
      readonly inSync: boolean;
      /** Bytes of its primary's changes that it has; -1 while it is not following. */
      readonly offset: number;
    };

export function parseRole(reply: Reply): Role {
  if (!Array.isArray(reply)) throw new Error(`Expected the reply of ROLE, got ${JSON.stringify(reply)}.`);
  const [name, second, port, link, offset] = reply as readonly Reply[];
  if (name === 'master') return { role: 'primary', offset: Number(second) };
  return { role: 'replica', of: Number(port), inSync: link === 'connected', offset: Number(offset) };
}
