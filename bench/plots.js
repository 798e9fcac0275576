// Draws plots/*.svg from figures that `npm run bench -- --json FILE` has written: `npm run plots -- FILE…`
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { parse, View } from 'vega';
import { compile } from 'vega-lite';

const folder = new URL('plots/', import.meta.url);

/** Each plot: which table and load of the report, which figure, and what a bar is called. */
const plots = {
  burst: {
    title: 'A burst of 60 messages on one channel to 1,000 subscribers',
    table: 'Channels: 1 channel × 1,000',
    load: 'burst of 60',
    figure: 'deliveries/s',
  },
  paced: {
    title: '300 messages a second on one channel to 1,000 subscribers',
    table: 'Channels: 1 channel × 1,000',
    load: '300 a second',
    figure: 'deliveries/s',
  },
  cpu: {
    title: '10 messages a second on each of 50 channels to 20 subscribers each',
    table: 'Channels: 50 channels × 20',
    load: '10 a second',
    figure: 'CPU µs per delivery',
  },
  memory: {
    title: 'A subscriber that waits',
    table: 'Idle subscribers',
    load: '10,000 on one channel',
    figure: 'KiB per subscriber',
  },
};

const tables = (
  await Promise.all(process.argv.slice(2).map(async (file) => JSON.parse(await readFile(file, 'utf8'))))
).flat();
await mkdir(folder, { recursive: true });
for (const [name, plot] of Object.entries(plots)) {
  const rows = rowsOf(plot);
  if (rows) await writeFile(new URL(`${name}.svg`, folder), await draw(plot, rows));
}

/** One row a contender; undefined where that was not measured. */
function rowsOf({ table, load, figure }) {
  const loads = tables.find(({ title }) => title === table)?.loads;
  const lines = loads?.find((one) => one.load === load)?.lines;
  return lines?.map(({ name, figures }) => ({
    name,
    value: figures[figure],
    text: figures[figure].toLocaleString('en', { maximumSignificantDigits: 3 }),
    isOwn: name === 'cachegraph',
  }));
}

function draw({ title, figure }, rows) {
  const encoding = {
    y: {
      field: 'name',
      type: 'nominal',
      sort: null,
      axis: { title: null, ticks: false, domain: false, labelLimit: 300 },
    },
    x: { field: 'value', type: 'quantitative', axis: null, scale: { zero: true } },
  };
  const { spec } = compile({
    width: 420,
    height: { step: 26 },
    background: 'white',
    padding: { left: 8, right: 16, top: 8, bottom: 8 },
    title: { text: title, subtitle: figure, anchor: 'start', fontSize: 13, subtitleColor: '#57606a' },
    data: { values: rows },
    config: { view: { stroke: null }, font: 'sans-serif' },
    layer: [
      {
        mark: { type: 'bar', height: 16 },
        encoding: {
          ...encoding,
          color: { condition: { test: 'datum.isOwn', value: '#0969da' }, value: '#afb8c1' },
        },
      },
      {
        mark: { type: 'text', align: 'left', dx: 4 },
        encoding: { ...encoding, text: { field: 'text', type: 'nominal' } },
      },
    ],
  });
  return new View(parse(spec), { renderer: 'none' }).toSVG();
}
