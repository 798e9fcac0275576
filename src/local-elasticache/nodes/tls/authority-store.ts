import { chmod, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWholeFile } from '../../../runtime/files/write-whole-file.js';
import type { TlsFiles } from '../config.js';
import type { Issued } from './authority.js';

/** The local certificate authority, created on first use and stored below the data directory. */
export interface AuthorityStore {
  /** The authority's certificate, PEM. */
  certificate(): Promise<string>;
  /** Writes a new key and certificate for nodes on `host` into `directory`. */
  issue(directory: string, host: string): Promise<TlsFiles>;
}

export function createAuthorityStore(directory: string): AuthorityStore {
  let loaded: Promise<Issued> | undefined;
  const authority = (): Promise<Issued> => {
    loaded ??= openAuthority(directory).catch((cause: unknown) => {
      loaded = undefined;
      throw cause;
    });
    return loaded;
  };
  return {
    certificate: async () => (await authority()).certificate,
    async issue(target, host) {
      const { issueNodeCertificate } = await import('./authority.js');
      const issuer = await authority();
      const { key, certificate } = await issueNodeCertificate(issuer, host);
      const files = {
        certificate: join(target, 'node.crt'),
        key: join(target, 'node.key'),
        authority: join(target, 'ca.crt'),
      };
      await mkdir(target, { recursive: true, mode: 0o700 });
      await Promise.all([
        writeWholeFile(files.key, key),
        writeWholeFile(files.certificate, certificate),
        writeWholeFile(files.authority, issuer.certificate),
      ]);
      return files;
    },
  };
}

/** The library takes a tenth of a second to load, so it is loaded only with TLS. */
async function openAuthority(directory: string): Promise<Issued> {
  const { createAuthority, isCurrent } = await import('./authority.js');
  // Key and certificate are in one file, so that a kill between two writes cannot leave a mismatched pair.
  const file = join(directory, 'ca.key');
  const stored = split(await readFile(file, 'utf8').catch(() => ''));
  const authority = stored && isCurrent(stored) ? stored : await createAuthority();
  await mkdir(directory, { recursive: true, mode: 0o700 });
  if (authority !== stored) await writeWholeFile(file, `${authority.key}\n${authority.certificate}\n`);
  await writeWholeFile(join(directory, 'ca.crt'), `${authority.certificate}\n`);
  await chmod(join(directory, 'ca.crt'), 0o644);
  return authority;
}

function split(pem: string): Issued | undefined {
  const [key] = /-----BEGIN PRIVATE KEY-----[^]*-----END PRIVATE KEY-----/.exec(pem) ?? [];
  const [certificate] = /-----BEGIN CERTIFICATE-----[^]*-----END CERTIFICATE-----/.exec(pem) ?? [];
  return key && certificate ? { key, certificate } : undefined;
}
