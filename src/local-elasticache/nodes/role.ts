import type { Reply } from './admin.js';

/** What a node says of itself by ROLE. */
export type Role =
  | {
      readonly role: 'primary';
      /** How many bytes of changes it has written in its history; a start from disk begins another history at 0. */
      readonly offset: number;
    }
  | {
      readonly role: 'replica';
      /** Port of the primary that it follows. */
      readonly of: number;
      /** Whether it follows it now: its first copy is done and the link stands. */
      readonly inSync: boolean;
      /** How much of its primary's changes it has; -1 while it does not follow it. */
      readonly offset: number;
    };

export function parseRole(reply: Reply): Role {
  if (!Array.isArray(reply)) throw new Error(`Expected the reply of ROLE, got ${JSON.stringify(reply)}.`);
  const [name, second, port, link, offset] = reply as readonly Reply[];
  if (name === 'master') return { role: 'primary', offset: Number(second) };
  return { role: 'replica', of: Number(port), inSync: link === 'connected', offset: Number(offset) };
}
