import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openAudit } from '../../../src/app/open-audit.js';
import { openPersistedOperations } from '../../../src/app/open-persisted-operations.js';
import { StartupError } from '../../../src/runtime/startup-error.js';
import { schema } from '../../../src/schema/schema.js';
import { hashOf } from '../../../src/server/execution/prepare/persisted-operations.js';
import { defaultLimits } from '../../../src/config/limits/server-limits.js';
import { temporaryFolder } from '../../helpers/apis/command.js';
import { testLog } from '../../helpers/run/test-log.js';

describe('The audit log', () => {
  const request = { requestId: '1', principal: 'ann', transport: 'http', address: undefined };
  const field = { field: 'setString', target: { key: 'k' }, outcome: 'ok' } as const;

  test('is written to the configured file', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'audit.log');
    await using audit = openAudit({ auditLog: path }, testLog());
    audit.write(request, field);
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ name: 'cachegraph.audit', ...field });
  });

  test('prevents the start if its file cannot be opened', () => {
    const open = () => openAudit({ auditLog: '/nowhere/audit.log' }, testLog());
    expect(open).toThrow(StartupError);
    expect(open).toThrow(/\/nowhere\/audit\.log \(auditLog\) cannot be opened: ENOENT/);
  });
});

describe('Persisted operations', () => {
  const opened = async (documents: unknown) => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'documents.json');
    await writeFile(file, typeof documents === 'string' ? documents : JSON.stringify(documents));
    return await openPersistedOperations({ persistedOperations: { file, only: true }, limits: defaultLimits }, schema);
  };
  const document = '{ __typename }';

  test('are none without a file', async () => {
    const config = { persistedOperations: undefined, limits: defaultLimits };
    expect(await openPersistedOperations(config, schema)).toBeUndefined();
  });

  test('are found by their hash, with or without the name of the algorithm', async () => {
    const hash = hashOf(document);
    for (const name of [hash, `sha256:${hash}`, hash.toUpperCase()]) {
      expect(await opened({ [name]: document })).toEqual({ documents: new Map([[hash, document]]), only: true });
    }
  });

  test('prevent the start if a hash is wrong or a document is invalid, and each fault is named', async () => {
    const invalid = '{ nothing }';
    const start = opened({ abc: document, [hashOf(invalid)]: invalid });
    await expect(start).rejects.toThrow(StartupError);
    await expect(start).rejects.toThrow(`abc: expected the SHA-256 of its document, ${hashOf(document)}`);
    await expect(start).rejects.toThrow(`${hashOf(invalid)}: Cannot query field "nothing"`);
  });

  test('report at most 20 faults and the number of the others', async () => {
    const documents = Object.fromEntries(Array.from({ length: 25 }, (_, at) => [`wrong-${at}`, document]));
    const failure = await opened(documents).then(
      () => 'no failure',
      (error: unknown) => String(error),
    );
    expect(failure.match(/wrong-/g)).toHaveLength(20);
    expect(failure).toMatch(/\n {2}and 5 more$/);
  });

  test.each(['{', '[]', '{ "a": 1 }'])('prevent the start if the file contains %s', async (text) => {
    await expect(opened(text)).rejects.toThrow(/must hold one JSON object of documents by their SHA-256/);
  });
});
