import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts } from '../../../src/local-elasticache/nodes/process/ports.js';

/**
 * Data directories of earlier versions, by format. Format 1 was written by 39d4ea7, which was killed: `plain` has just failed
 * over to its replica, `sharded` has two shards, `guarded` has TLS and the user writer. TLS keys are omitted and created again.
 */
export const earlierDataDirs = ['data-dir-1'] as const;

/** Puts a copy of one into `folder`, with ports that are free on this machine. */
export async function copyEarlierDataDir(name: (typeof earlierDataDirs)[number], folder: string): Promise<void> {
  await cp(join(import.meta.dirname, '../../fixtures', name), folder, { recursive: true });
  const files = (await readdir(folder, { recursive: true })).filter((file) => /(\.json|nodes\.conf)$/.test(file));
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const found = texts.flatMap((text) => [...text.matchAll(/"(?:port|busPort)": (\d+)/g)].map(([, port]) => port!));
  const earlier = [...new Set(found)];
  const free = await freePorts('127.0.0.1', earlier.length);
  const renamed = (text: string) =>
    text.replace(/\b\d{5}\b/g, (number) => (earlier.includes(number) ? String(free[earlier.indexOf(number)]) : number));
  await Promise.all(files.map((file, at) => writeFile(join(folder, file), renamed(texts[at]!))));
}
