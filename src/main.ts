#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { enableCompileCache } from './app/compile-cache.js';
import { checkNodeVersion } from './app/node-version.js';
import { surviveOutputErrors } from './app/output-errors.js';
import { discardUnawaitedFieldErrors } from './app/unawaited-errors.js';

// First, because an older Node.js could not even parse the rest.
checkNodeVersion();
surviveOutputErrors();
discardUnawaitedFieldErrors();
// The AWS SDK warns about Node.js 20 at every start; this project decides itself which versions it supports.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
// In other environments, libraries check for mistakes of their callers on every call.
process.env['NODE_ENV'] ??= 'production';
// Only for the built code: a tool that runs the sources caches its own output.
if (import.meta.url.endsWith('/dist/main.js')) enableCompileCache(fileURLToPath(new URL('compiled', import.meta.url)));
const { run } = await import('./cli/program.js');
await run(process.argv);
