import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { DataFrames } from '../../src/engines/postgresql/data-frames.js';
import * as mysql from '../support/lying-mysql.js';
import * as postgres from '../support/lying-postgres.js';
import type { LyingServer } from '../support/lying-server.js';
import { openWorkerSession } from '../support/worker-session.js';

const MOST_MEMORY = 400 << 20;
const TOO_MUCH = 'said more than any answer to this can be';
const LUMP_BYTES = 64 << 10;
const open: LyingServer[] = [];
afterEach(() => Promise.all(open.splice(0).map((server) => server.close())));

/** Says the same for ever, as fast as it is taken. */
function flood(socket: Socket, bytes: Buffer): void {
  const lump = Buffer.concat(Array.from({ length: Math.ceil(LUMP_BYTES / bytes.length) }, () => bytes));
  const pour = (): void => {
    while (!socket.destroyed && socket.write(lump));
  };
  socket.on('drain', pour);
  pour();
}

/** Opening a session asks a first question, which is answered by what must be refused. */
async function expectRefusal(scheme: string, server: LyingServer, message = TOO_MUCH): Promise<void> {
  open.push(server);
  const before = process.memoryUsage().rss;
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 10);
  const url = `${scheme}://reader:secret@127.0.0.1:${server.port}/shop`;
  const options = { 'connect-timeout': '60' };
  await expect(openWorkerSession(url, options).finally(() => clearInterval(timer))).rejects.toMatchObject({
    code: 'wire-format',
    message: expect.stringContaining(message),
  });
  expect(peak - before).toBeLessThan(MOST_MEMORY);
  await expect.poll(server.openConnections).toBe(0);
}

const row = mysql.packet(0, Buffer.from([1, 0x61]));

describe('a MySQL server that does not end', () => {
  /** Packets are counted from 1 on and begin again after 255. */
  const counted = (body: Buffer, from: number): Buffer =>
    Buffer.concat(Array.from({ length: 256 }, (_, i) => mysql.packet((from + i) & 255, body)));
  const heading = mysql.rows(['a'], []);

  it('its rows is refused', async () => {
    const head = heading.subarray(0, heading.length - row.length - 3);
    const server = await mysql.startLyingMysql({
      onQuery: (socket) => {
        socket.write(head);
        flood(socket, counted(Buffer.from([1, 0x61]), 4));
        return null;
      },
    });
    await expectRefusal('mysql', server);
  });

  it('one row is refused', async () => {
    const head = heading.subarray(0, heading.length - row.length - 3);
    const part = Buffer.alloc(0xffffff, 0x61);
    const server = await mysql.startLyingMysql({
      onQuery: (socket) => {
        socket.write(head);
        let sequence = 4;
        // A write that failed is told before the socket counts as destroyed.
        const pour = (failure?: Error | null): void => {
          if (!failure) socket.write(mysql.packet(sequence++, part), pour);
        };
        pour();
        return null;
      },
    });
    await expectRefusal('mysql', server);
  });

  it('its columns, of which it announced two thousand million, is refused', async () => {
    const count = Buffer.from([0xfe, 0, 0, 0, 0x80, 0, 0, 0, 0]);
    const definition = heading.subarray(5, heading.length - 2 * 9);
    const server = await mysql.startLyingMysql({
      onQuery: (socket) => {
        socket.write(mysql.packet(1, count));
        flood(socket, counted(definition.subarray(4), 2));
        return null;
      },
    });
    await expectRefusal('mysql', server);
  });

  it('the login is refused', async () => {
    const server = await mysql.startLyingMysql({
      onLogin: (socket, _packet, sequence) =>
        flood(socket, counted(mysql.authSwitch('mysql_native_password'), sequence + 1)),
    });
    await expectRefusal('mysql', server);
  });
});

describe('a PostgreSQL server that does not end', () => {
  const empty = postgres.rows(['a'], []);
  const description = empty.subarray(0, 1 + empty.readInt32BE(1));
  const bigValue = Buffer.alloc(1 << 20, 0x61);

  it.each([
    { what: 'its rows', bytes: postgres.message('D', Buffer.from([0, 1, 0, 0, 0, 1, 0x61])) },
    {
      what: 'large rows',
      bytes: postgres.message('D', postgres.int16(1), postgres.int32(bigValue.length), bigValue),
    },
    { what: 'its notices', bytes: postgres.message('N', 'SNOTICE', 'C00000', 'Mlook', Buffer.from([0])) },
    { what: 'its parameters', bytes: postgres.message('S', 'application_name', 'x') },
  ])('$what is refused', async ({ bytes }) => {
    const server = await postgres.startLyingPostgres({
      onQuery: (socket) => {
        socket.write(description);
        flood(socket, bytes);
        return null;
      },
    });
    await expectRefusal('postgres', server);
  });

  it('the login is refused', async () => {
    const server = await postgres.startLyingPostgres({
      onStartup: (socket) => flood(socket, postgres.message('S', 'application_name', 'x')),
    });
    await expectRefusal('postgres', server);
  });

  it.each([0, 3, 0xffffffff, 0x7fffffff, 0x40000001])(
    'a message, by its length of %d, is refused before any of it is kept',
    async (length) => {
      const head = Buffer.from([0x44, 0, 0, 0, 0]);
      head.writeUInt32BE(length, 1);
      const server = await postgres.startLyingPostgres({
        onQuery: () => Buffer.concat([head, Buffer.alloc(10)]),
      });
      await expectRefusal('postgres', server, 'announced a message of');
    },
  );

  it.each([0, 3, 0xffffffff, 0x40000001])('a row, by its length of %d, is refused', (length) => {
    const head = Buffer.from([0x44, 0, 0, 0, 0]);
    head.writeUInt32BE(length, 1);
    for (const split of [1, 3, 5, 7]) {
      const frames = new DataFrames(() => true);
      const bytes = Buffer.concat([head, Buffer.alloc(10)]);
      expect(() => {
        frames.push(bytes.subarray(0, split), () => undefined);
        frames.push(bytes.subarray(split), () => undefined);
      }).toThrow(/announced a message of/);
    }
  });

  it('a row that is a gibibyte long gets no more room than what has come of it', () => {
    const head = Buffer.from([0x44, 0x3f, 0xff, 0xff, 0xff]);
    const frames = new DataFrames(() => true);
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 100; i++) frames.push(i === 0 ? head : Buffer.alloc(LUMP_BYTES), () => undefined);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 << 20);
  });
});
