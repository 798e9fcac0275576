/**
 * `npm run test:soak -- [what] [options]`: random faults for ten minutes unless told otherwise. What is asked for takes its own
 * options, `--seconds` among them.
 */
const soaks: Readonly<Record<string, () => Promise<unknown>>> = {
  faults: () => import('./random-faults.js'),
  disconnects: () => import('./disconnects.js'),
  kills: () => import('./kills.js'),
  'unread-sockets': () => import('./unread-sockets.js'),
};
const [asked = ''] = process.argv.slice(2);
const isNamed = !asked.startsWith('-') && asked !== '';
const soak = soaks[isNamed ? asked : 'faults'];
if (!soak) throw new Error(`Expected one of ${Object.keys(soaks).join(', ')}, got ${asked}.`);
if (isNamed) process.argv.splice(2, 1);
await soak();
