/**
 * `npm run test:soak -- [name] [options]`: random faults for ten minutes by default. Each test has its own options,
 * such as `--seconds`.
 */
const soaks: Readonly<Record<string, () => Promise<unknown>>> = {
  faults: () => import('./random-faults.js'),
  disconnects: () => import('./disconnects.js'),
  kills: () => import('./kills.js'),
  'endpoint-kills': () => import('./endpoint-kills.js'),
  'unread-sockets': () => import('./unread-sockets.js'),
};
const [name = ''] = process.argv.slice(2);
const isNamed = !name.startsWith('-') && name !== '';
const soak = soaks[isNamed ? name : 'faults'];
if (!soak) throw new Error(`Expected one of ${Object.keys(soaks).join(', ')}, got ${name}.`);
if (isNamed) process.argv.splice(2, 1);
await soak();
