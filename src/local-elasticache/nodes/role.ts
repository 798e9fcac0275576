import type { Reply } from './admin.js';

/** What a node says of itself by ROLE. */
export type Role =
  | { readonly role: 'primary' }
  | {
      readonly role: 'replica';
      /** Port of the primary that it follows. */
      readonly of: number;
      /** Whether it follows it now: its first copy is done and the link stands. */
      readonly inSync: boolean;
    };

export function parseRole(reply: Reply): Role {
  if (!Array.isArray(reply)) throw new Error(`Expected the reply of ROLE, got ${JSON.stringify(reply)}.`);
  const [name, , port, link] = reply as readonly Reply[];
  return name === 'master' ? { role: 'primary' } : { role: 'replica', of: Number(port), inSync: link === 'connected' };
}
