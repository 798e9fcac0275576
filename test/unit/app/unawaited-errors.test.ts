import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const guard = new URL('../../../src/app/unawaited-errors.ts', import.meta.url).href;
/** A list of which one item throws while a non-null field of the other one is still being resolved. */
const execution = `
  import { buildSchema, graphql } from 'graphql';
  const late = () => new Promise((_, reject) => setTimeout(() => reject(new Error('late')), 5));
  const thrown = () => { throw new Error('thrown'); };
  const { data } = await graphql({
    schema: buildSchema('type Query { items: [Item!] } type Item { value: Int! }'),
    source: '{ items { value } }',
    rootValue: { items: [{ value: late }, { value: thrown }] },
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  console.log(JSON.stringify(data));`;
const guarded = `import { discardUnawaitedFieldErrors } from '${guard}'; discardUnawaitedFieldErrors();`;

function run(script: string): Promise<{ code: number; output: string }> {
  const args = ['--import', 'tsx', '--input-type=module', '-e', script];
  const cwd = fileURLToPath(new URL('../../..', import.meta.url));
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd }, (error, stdout) => {
      resolve({ code: error ? Number(error.code) : 0, output: stdout.trim() });
    });
  });
}

describe('A rejection that nobody awaits', () => {
  it('ends the process if a field of a list is left behind, unless it is discarded', async () => {
    expect((await run(execution)).code).toBe(1);
    expect(await run(guarded + execution)).toEqual({ code: 0, output: '{"items":null}' });
  }, 30_000);

  it('ends the process as before if it is not the error of a field', async () => {
    const defect = `void Promise.reject(new TypeError('a defect')); setTimeout(() => console.log('alive'), 50);`;
    expect(await run(guarded + defect)).toEqual({ code: 1, output: '' });
    const nothing = `void Promise.reject(undefined); setTimeout(() => console.log('alive'), 50);`;
    expect((await run(guarded + nothing)).output).toBe('');
  }, 30_000);
});
