import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { json, text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { createDatabases, DATABASES, dropDatabases, openAdmin, urlOf } from './databases.mjs';
import { describeSetting, writeResults } from './results.mjs';
import { openServers } from './servers.mjs';

const ROWPROOF = fileURLToPath(new URL('../bin/rowproof.js', import.meta.url));
const SLOW_LINK = fileURLToPath(new URL('./slow-link.mjs', import.meta.url));
const PLACES = ['client', 'server', 'auto'];
const LINKS = [
  { name: '100 Mbit/s, 1 ms', bitsPerSecond: 100e6, delayMs: 1 },
  { name: '1 Gbit/s, 1 ms', bitsPerSecond: 1e9, delayMs: 1 },
  { name: 'unlimited', bitsPerSecond: null, delayMs: 0 },
];

/** Measures who should hash rows: each way of `--checksum-on`, same engine on both sides, behind links of some speeds. */
export async function runNetworkBench({ rows, runs }, rowproof) {
  const { servers, close } = await openServers(process.env);
  try {
    const loaded = [];
    const measured = [];
    for (const server of servers) {
      console.error(`Filling two tables of ${rows} rows on ${server.engine}`);
      loaded.push({ engine: server.engine, version: await createDatabases(server, rows) });
      await addDocuments(server);
      for (const link of LINKS) measured.push(await measureLink(server, link, { rows, runs }));
    }
    const setting = describeSetting({ rowproof, rows, runs, servers: loaded });
    console.log(formatNetwork(setting, measured));
    console.error(`Written to ${writeResults(setting, measured)}`);
  } finally {
    await Promise.allSettled(servers.map(dropDatabases));
    await close();
  }
}

/** A column of documents, as tables of orders have one. */
async function addDocuments({ engine, url }) {
  const isPostgresql = engine === 'postgresql';
  const [type, build] = isPostgresql ? ['jsonb', 'jsonb_build_object'] : ['json', 'JSON_OBJECT'];
  for (const name of Object.values(DATABASES)) {
    const session = await openAdmin(engine, urlOf(url, name));
    try {
      await session.run(`ALTER TABLE orders ADD details ${type}`);
      await session.run(
        `UPDATE orders SET details = ${build}('channel', status, 'items', ${build}('count', id % 7, 'weight', weight))`,
      );
      await session.run(isPostgresql ? 'VACUUM ANALYZE orders' : 'ANALYZE TABLE orders');
    } finally {
      await session.close();
    }
  }
}

/** The ways take turns, so that a slow moment of the machine meets all of them. */
async function measureLink({ engine, url }, link, { rows, runs }) {
  console.error(`Measuring ${engine} -> ${engine}, ${link.name}`);
  const all = Object.fromEntries(PLACES.map((place) => [place, []]));
  await withLink(url, link, async (linkedUrl, readSent) => {
    for (let run = 0; run < runs; run++) {
      for (const place of PLACES) {
        await readSent();
        const measured = await measureVerify(linkedUrl, place, rows);
        all[place].push({ ...measured, sentBytes: await readSent() });
      }
    }
  });
  const middle = Object.fromEntries(PLACES.map((place) => [place, medianRun(all[place])]));
  return { engine, link: link.name, ...middle, runs: all };
}

async function withLink(url, { bitsPerSecond, delayMs }, work) {
  if (bitsPerSecond === null) return work(url, async () => null);
  const { hostname: host, port } = new URL(url);
  const request = JSON.stringify({ servers: [{ host, port: Number(port) }], bitsPerSecond, delayMs });
  const link = spawn(process.execPath, [SLOW_LINK, request], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const readAnswer = async () => JSON.parse((await once(link.stdout, 'data'))[0]);
    const linked = new URL(url);
    linked.port = (await readAnswer())[0];
    return await work(linked.href, () => {
      link.stdin.write('sent\n');
      return readAnswer();
    });
  } finally {
    link.stdin.end();
    await once(link, 'close');
  }
}

async function measureVerify(url, place, rows) {
  const [source, target] = [DATABASES.source, DATABASES.target].map((name) => urlOf(url, name));
  const what = ['--tables', 'orders', '--checksum-on', place];
  const flags = ['verify', '--source', source, '--target', target, ...what, '--report', 'json', '--quiet'];
  const child = spawn(process.execPath, [ROWPROOF, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [result, errors] = await Promise.all([json(child.stdout), text(child.stderr), once(child, 'close')]);
  const [table] = result.tables;
  if (result.verdict !== 'verified' || table.sourceRows !== rows || table.targetRows !== rows)
    throw new Error(`Expected ${rows} verified rows, got: ${result.verdict}, ${errors}`);
  const seconds = table.elapsedMs / 1000;
  return { seconds, rowsPerSecond: Math.round(rows / seconds), hashedBy: table.checksum };
}

function medianRun(runs) {
  return [...runs].sort((one, other) => one.rowsPerSecond - other.rowsPerSecond)[Math.floor(runs.length / 2)];
}

const HEADINGS = [
  'source -> target',
  'link',
  ...PLACES.map((place) => `${place} rows/s`),
  'auto: hashed by',
  'auto / best',
  'client s',
  'auto s',
  'client MB',
  'auto MB',
];

function formatNetwork({ rowproof, node, cores, processor, rows, runs, servers }, measured) {
  const lines = [HEADINGS, ...measured.map(formatLink)];
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const table = lines.map((line) =>
    line.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  '),
  );
  return [
    `Rowproof ${rowproof}, Node.js ${node}, ${cores} cores (${processor})`,
    `${Object.entries(servers)
      .map((each) => each.join(' '))
      .join(', ')}; ${rows} rows of 11 columns, median of ${runs}`,
    '',
    ...table,
  ].join('\n');
}

function formatLink({ engine, link, client, server, auto }) {
  const best = Math.max(client.rowsPerSecond, server.rowsPerSecond);
  return [
    `${engine} -> ${engine}`,
    link,
    ...[client, server, auto].map(({ rowsPerSecond }) => String(rowsPerSecond)),
    auto.hashedBy,
    (auto.rowsPerSecond / best).toFixed(2),
    ...[client, auto].map(({ seconds }) => seconds.toFixed(2)),
    ...[client, auto].map(({ sentBytes }) => (sentBytes === null ? '–' : (sentBytes / 1e6).toFixed(1))),
  ];
}
