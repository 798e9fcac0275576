// The certificate library requires this polyfill of decorator metadata before it is loaded.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** A key pair and its certificate, as PEM. */
export interface Issued {
  readonly key: string;
  readonly certificate: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const dayMs = 24 * 60 * 60 * 1000;
/** Tolerates small differences of clocks. */
const backdateMs = 60 * 60 * 1000;
/** The maximum that Apple's platforms accept from a private authority. */
const nodeDays = 820;
const authorityDays = 3650;

/** Creates a certificate authority for this machine only. */
export async function createAuthority(now = new Date()): Promise<Issued> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=cachegraph local CA',
    ...validity(now, authorityDays),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { key: await exportKey(keys.privateKey), certificate: certificate.toString('pem') };
}

/** Creates a certificate for nodes that listen on `host`; clients may also call them localhost. */
export async function issueNodeCertificate(authority: Issued, host: string, now = new Date()): Promise<Issued> {
  const issuer = new X509Certificate(authority.certificate);
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const addresses = [...new Set(['127.0.0.1', '::1', host])].map((value) => ({ type: 'ip' as const, value }));
  const certificate = await X509CertificateGenerator.create({
    subject: 'CN=localhost',
    issuer: issuer.subject,
    ...validity(now, nodeDays),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.key),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      // Nodes are also clients of each other.
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
      new SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }, ...addresses]),
    ],
  });
  return { key: await exportKey(keys.privateKey), certificate: certificate.toString('pem') };
}

/** Tests whether the authority can sign certificates that outlive the next month. */
export function isCurrent({ certificate }: Issued, now = new Date()): boolean {
  return new X509Certificate(certificate).notAfter.getTime() > now.getTime() + 30 * dayMs;
}

function validity(now: Date, days: number): { notBefore: Date; notAfter: Date } {
  const from = now.getTime() - backdateMs;
  return { notBefore: new Date(from), notAfter: new Date(from + days * dayMs) };
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

async function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey('pkcs8', PemConverter.decodeFirst(pem), algorithm, false, ['sign']);
}
