import { afterEach, expect, test, vi } from 'vitest';
import { checkNodeVersion } from '../../../src/app/node-version.js';

afterEach(() => void vi.restoreAllMocks());

test.each(['20.11.0', '20.19.4', '22.0.0', '100.0.0'])('Node.js %s is supported', (version) => {
  const exit = vi.spyOn(process, 'exit');
  checkNodeVersion(version);
  expect(exit).not.toHaveBeenCalled();
});

test.each(['20.10.9', '18.20.0', '4.0.0'])('Node.js %s ends the process with an explanation', (version) => {
  const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  checkNodeVersion(version);
  expect(exit).toHaveBeenCalledWith(1);
  expect(write).toHaveBeenCalledWith(expect.stringContaining(`requires Node.js 20.11 or later; this is ${version}`));
});
