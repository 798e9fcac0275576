import './scalars.js';
import './encoding.js';
import './user-error.js';
import './cluster.js';
import './data-access.js';
import './user.js';
import './user-group.js';
import './create-cluster.js';
import './modify-cluster.js';
import './delete-cluster.js';
import './test-failover.js';
import './cluster-size.js';
import './connect-cluster.js';
import './user-mutations.js';
import './user-group-mutations.js';
import './cluster-change.js';
import './stream-entry.js';
import './channel-messages.js';
import './stream-entries.js';
import './group-entries.js';
import { builder } from './builder.js';

/** The whole executable schema; each import above adds one noun. */
export const schema = builder.toSchema();
