import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { localFiles } from '../../../src/local-elasticache/local-files.js';

/** The environment variable with the folder of a run's output. */
const writtenFolder = 'CACHEGRAPH_TEST_WRITTEN';
const secretsFile = 'secrets';

/** Passwords of tests and documentation are one of these or begin with one. */
const marks = ['canary-', 'correct-horse-battery-staple', 'reading-is-believing'];

function keep(file: string, text: string): void {
  const folder = process.env[writtenFolder];
  if (folder !== undefined) appendFileSync(join(folder, file), `${text}\n`);
}

/** Keeps output of the product until the end of the run. */
export function keepWritten(kind: 'log' | 'output' | 'answer' | 'metrics' | 'state', text: string): void {
  keep(`${kind}-${process.pid}`, text);
}

/** Keeps the state of a local ElastiCache whose data directory is this folder or inside it. */
export function keepState(folder: string): void {
  for (const directory of [folder, join(folder, 'data')]) {
    const path = join(directory, localFiles.state);
    if (existsSync(path)) keepWritten('state', readFileSync(path, 'utf8'));
  }
}

/** Makes the run fail if this text was written anywhere. */
export function keepSecret(secret: string): void {
  keep(secretsFile, secret);
}

/** The lines with a secret, and their files. */
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

/** Starts a run whose output is kept in this folder. */
export function beginWritten(folder: string): void {
  writeFileSync(join(folder, secretsFile), '');
  process.env[writtenFolder] = folder;
}
