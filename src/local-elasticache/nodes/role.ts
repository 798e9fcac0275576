import type { Reply } from './admin.js';

/** What a node says of itself by ROLE. */
export type Role =
  | { readonly role: 'primary'; readonly offset: number }
  | {
      readonly role: 'replica';
      /** Port of the primary that it follows. */
      readonly of: number;
      /** Whether it follows it now: its first copy is done and the link stands. */
      readonly inSync: boolean;
      readonly offset: number;
    };

export function parseRole(reply: Reply): Role {
  if (!Array.isArray(reply)) throw new Error(`Expected the reply of ROLE, got ${JSON.stringify(reply)}.`);
  const [name, first, second, third, fourth] = reply as readonly Reply[];
  if (name === 'master') return { role: 'primary', offset: Number(first) };
  return { role: 'replica', of: Number(second), inSync: third === 'connected', offset: Number(fourth) };
}
