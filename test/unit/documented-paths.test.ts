import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const architecture = 'docs/architecture.md';

/** Text between backticks that ends like a source file or a folder. */
const pathsIn = (text: string): string[] =>
  [...text.matchAll(/`([\w./-]+(?:\.ts|\/))`/g)].map(([, path = '']) => path).filter((path) => path.includes('/'));

describe('The architecture page', () => {
  const named = pathsIn(read(architecture));

  test.each([...new Set(named)])('names %s, which exists', (path) => {
    expect(existsSync(join(root, path.startsWith('src/') ? path : join('src/server', path)))).toBe(true);
  });

  test('has in its picture only rooms and files that exist', () => {
    const [, picture = ''] = /```mermaid\n([^]*?)```/.exec(read(architecture)) ?? [];
    const files = [...picture.matchAll(/\b([a-z]+(?:\/[a-z-]+)+)\b/g)].map(([, path = '']) => path);
    expect(files.length).toBeGreaterThan(8);
    expect(files.filter((path) => !existsSync(join(root, 'src/server', `${path}.ts`)))).toEqual([]);
  });

  test('names every room of the server', () => {
    const files = readdirSync(join(root, 'src/server'), { recursive: true, encoding: 'utf8' });
    const rooms = new Set(files.flatMap((file) => (file.endsWith('.ts') ? (/^[^/]+(?=\/)/.exec(file) ?? []) : [])));
    const text = read(architecture);
    expect(rooms.size).toBeGreaterThan(5);
    expect([...rooms].filter((name) => !text.includes(`${name}/`))).toEqual([]);
  });
});
