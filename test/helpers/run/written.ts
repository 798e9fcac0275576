import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { localFiles } from '../../../src/local-elasticache/local-files.js';

/** Names the folder of a run in which is kept what the product wrote. */
const writtenFolder = 'CACHEGRAPH_TEST_WRITTEN';
const secretsFile = 'secrets';

/** Every password in a test or in the documentation is one of these, or begins with one. */
const marks = ['canary-', 'correct-horse-battery-staple', 'reading-is-believing'];

function keep(file: string, text: string): void {
  const folder = process.env[writtenFolder];
  if (folder !== undefined) appendFileSync(join(folder, file), `${text}\n`);
}

/** Keeps what the product wrote somewhere until the end of the run. */
export function keepWritten(kind: 'log' | 'output' | 'answer' | 'metrics' | 'state', text: string): void {
  keep(`${kind}-${process.pid}`, text);
}

/** Keeps the state of a local ElastiCache whose data directory is this folder, or stands in it. */
export function keepState(folder: string): void {
  for (const directory of [folder, join(folder, 'data')]) {
    const path = join(directory, localFiles.state);
    if (existsSync(path)) keepWritten('state', readFileSync(path, 'utf8'));
  }
}

/** Has the run fail where this was written anywhere. */
export function keepSecret(secret: string): void {
  keep(secretsFile, secret);
}

/** The lines that hold a secret, with the file that each stands in. */
export function findSecrets(folder: string): string[] {
  const path = join(folder, secretsFile);
  const named = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  const secrets = [...new Set([...marks, ...named.filter((secret) => secret !== '')])];
  return readdirSync(folder)
    .filter((file) => file !== secretsFile)
    .flatMap((file) =>
      readFileSync(join(folder, file), 'utf8')
        .split('\n')
        .filter((line) => secrets.some((secret) => line.includes(secret)))
        .map((line) => `${file}: ${line.slice(0, 2_000)}`),
    );
}

/** Begins a run whose files are kept in this folder. */
export function beginWritten(folder: string): void {
  writeFileSync(join(folder, secretsFile), '');
  process.env[writtenFolder] = folder;
}
