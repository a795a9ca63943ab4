// Reads the table from both sides at once, in key order, one session a side, and drops the bytes: what is left when a
// comparison does nothing. Prints the seconds of the read alone, without connecting, as JSON.
import { homedir } from 'node:os';
import { engineFor } from '../dist/engines/registry.js';

const [tableName, ...urls] = process.argv.slice(2);
const environment = { variables: {}, readFile: () => null, homeFolder: homedir(), userName: '' };

const sides = await Promise.all(urls.map(openSide));
const started = performance.now();
const rows = await Promise.all(sides.map(readAll));
const seconds = (performance.now() - started) / 1000;
await Promise.all(sides.map(({ session }) => session.close()));
console.log(JSON.stringify({ seconds, rows }));

async function openSide(text) {
  const url = new URL(text);
  const engine = engineFor(url.protocol.slice(0, -1));
  const settings = engine.resolveConnection(url, environment);
  const session = await engine.open(settings);
  const catalog = await session.ask('catalog', { settings });
  const table = catalog.tables.find(({ name }) => name === tableName);
  const selection = {
    table,
    columns: table.columns,
    key: table.columns.filter(({ name }) => name === 'id'),
    where: null,
    range: { after: null, upTo: null },
    limit: null,
    offset: 0,
    descending: false,
  };
  return { session, selection };
}

async function readAll({ session, selection }) {
  let count = 0;
  await session.readRows(selection, (_buffer, _start, _end, rows) => {
    count += rows;
    return true;
  });
  return count;
}
