#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { keepCompiledCode } from './app/compile-cache.js';
import { checkNodeVersion } from './app/node-version.js';
import { surviveOutputErrors } from './app/output-errors.js';

// Said before anything is loaded that an older Node could not even parse.
checkNodeVersion();
surviveOutputErrors();
// The AWS SDK warns of Node 20 at every start; which Node versions are supported is this project's own promise.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
// Libraries check their callers' mistakes at every turn unless they are told that nobody is developing here.
process.env['NODE_ENV'] ??= 'production';
// Beside the built code. Sources have none: whatever runs them keeps what it makes of them.
if (import.meta.url.endsWith('/dist/main.js')) keepCompiledCode(fileURLToPath(new URL('compiled', import.meta.url)));
const { run } = await import('./cli/program.js');
await run(process.argv);
