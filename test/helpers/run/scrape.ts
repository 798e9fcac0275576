import { keepWritten } from './written.js';

/** A server's metrics: the value of each sample, e.g. `cachegraph_connections{transport="websocket"}`. */
export async function scrape(url: string, headers: Record<string, string> = {}): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(new URL('/metrics', url), { headers });
  if (!response.ok) throw new Error(`/metrics answered ${response.status}.`);
  const text = await response.text();
  keepWritten('metrics', text);
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    samples.map((line) => {
      const end = line.lastIndexOf(' ');
      return [line.slice(0, end), Number(line.slice(end + 1))];
    }),
  );
}
