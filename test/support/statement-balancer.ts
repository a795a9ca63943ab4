import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import mysql from 'mysql2';

const COMMANDS = { query: 0x03, prepare: 0x16, execute: 0x17, close: 0x19 };
const HEADER_BYTES = 4;

/** An address of MySQL or MariaDB that has single statements answered by another server than the transaction's. */
export interface StatementBalancer {
  readonly url: string;
  /** Commands that the other server was given. */
  readonly diverted: number;
  close(): Promise<void>;
}

/**
 * Logs a client in at `primary`, and hands what reads a table to `other`, as a proxy does that balances reads and
 * does not keep a transaction together. Both take the account of their URLs, in clear.
 */
export async function openStatementBalancer(primary: string, other: string): Promise<StatementBalancer> {
  const sockets = new Set<Duplex>();
  let diverted = 0;
  const server = createServer((client) => {
    client.pause();
    void openPlainSession(other).then((second) => {
      const { hostname, port } = new URL(primary);
      const first = connect(Number(port), hostname);
      for (const socket of [client, first, second]) {
        sockets.add(socket);
        socket.on('error', () => socket.destroy());
        socket.on('close', () => {
          for (const each of [client, first, second]) each.destroy();
        });
      }
      for (const socket of [first, second]) socket.on('data', (bytes: Buffer) => client.write(bytes));
      eachPacket(client, (packet) => {
        const isDiverted = packet[3] === 0 && isRead(packet.subarray(HEADER_BYTES));
        if (isDiverted) diverted++;
        (isDiverted ? second : first).write(packet);
      });
      client.resume();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = new URL(primary);
  address.port = String((server.address() as { port: number }).port);
  return {
    url: address.href,
    get diverted() {
      return diverted;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The socket of a session that a driver has logged in, and lets go of. */
async function openPlainSession(url: string): Promise<Duplex> {
  const { hostname, port, username, password, pathname } = new URL(url);
  const connection = mysql.createConnection({
    host: hostname,
    port: Number(port),
    user: username,
    password,
    database: pathname.slice(1),
  });
  await new Promise<void>((resolve, reject) => {
    connection.connect((error) => (error ? reject(error) : resolve()));
  });
  const { stream } = connection as unknown as { readonly stream: Socket };
  stream.removeAllListeners();
  return stream;
}

function isRead(command: Buffer): boolean {
  const [code] = command;
  if (code === COMMANDS.query) return /^SELECT .* FROM `/s.test(command.toString('latin1', 1));
  return code === COMMANDS.prepare || code === COMMANDS.execute || code === COMMANDS.close;
}

function eachPacket(client: Socket, onPacket: (packet: Buffer) => void): void {
  let pending: Buffer = Buffer.alloc(0);
  client.on('data', (bytes) => {
    pending = Buffer.concat([pending, bytes]);
    while (pending.length >= HEADER_BYTES) {
      const length = HEADER_BYTES + pending.readUIntLE(0, 3);
      if (pending.length < length) return;
      onPacket(pending.subarray(0, length));
      pending = pending.subarray(length);
    }
  });
}
