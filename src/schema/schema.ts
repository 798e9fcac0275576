import './scalars.js';
import './encoding.js';
import './user-error.js';
import './stream-entry.js';
import { builder } from './builder.js';

/** The whole executable schema; each import above adds one noun. */
export const schema = builder.toSchema();
