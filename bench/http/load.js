// The load, in a process of its own: connections with one request each at a time.
import autocannon from 'autocannon';

process.on('message', async ({ url, headers, body, seconds, connections = 64 }) => {
  const result = await autocannon({ url, method: 'POST', headers, body, connections, duration: seconds });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} refused, ${result.errors} failed`);
  process.send(result.requests.total / result.duration);
});
process.once('disconnect', () => process.exit());
process.send('ready');
