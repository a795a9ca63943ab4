import type { Socket } from 'node:net';
import { createFrameReader, type LyingServer, startLyingServer } from './lying-server.js';

/**
 * How a MySQL server of a test's own behaves. What a test leaves out is done honestly: any login is accepted, there is no
 * TLS, and a statement gets an empty answer.
 *
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase.html
 */
export interface MysqlLies {
  /** The server's first packet; null sends none. */
  readonly greeting?: GreetingOptions | null;
  /** Is called first of all, before the greeting. */
  readonly onConnect?: (socket: Socket) => void;
  /** Answers the client's login packet (or its request for TLS, a short one). */
  readonly onLogin?: (socket: Socket, packet: Buffer, sequence: number) => void;
  /** Answers what the client sends between its login packet and the server's OK. */
  readonly onAuthentication?: (socket: Socket, packet: Buffer, sequence: number) => void;
  /** Answers a statement; null says nothing, undefined is the honest answer. */
  readonly onQuery?: (socket: Socket, sql: string) => Buffer | null | undefined;
}

export interface GreetingOptions {
  readonly version?: string;
  readonly plugin?: string;
  /** Whether the server says that it has TLS. */
  readonly tls?: boolean;
  readonly threadId?: number;
  /** Whether the server says that it takes files of the client. */
  readonly localFiles?: boolean;
  /** Whether the server says that it can compress packets, by both of the ways that there are. */
  readonly compression?: boolean;
}

/** The two capabilities of a client that takes compressed packets. */
export const COMPRESSION = 0x20 | 0x4000000;
const LOCAL_FILES = 0x80;

const CAPABILITIES = {
  longPassword: 1,
  foundRows: 2,
  longFlag: 4,
  connectWithDatabase: 8,
  protocol41: 0x200,
  tls: 0x800,
  transactions: 0x2000,
  secureConnection: 0x8000,
  multiResults: 0x20000,
  pluginAuth: 0x80000,
} as const;

const COMMAND = { quit: 1, query: 3, ping: 14, prepare: 22 } as const;

/** Starts such a server; its address is `mysql://reader:secret@127.0.0.1:PORT/shop`. */
export function startLyingMysql(lies: MysqlLies = {}): Promise<LyingServer> {
  return startLyingServer((socket) => {
    let phase: 'login' | 'authentication' | 'commands' = 'login';
    lies.onConnect?.(socket);
    if (lies.greeting !== null) socket.write(greeting(lies.greeting ?? {}));
    const read = createFrameReader(
      (bytes) => (bytes.length < 4 ? null : 4 + bytes.readUIntLE(0, 3)),
      (frame) => {
        const sequence = frame[3] ?? 0;
        const body = frame.subarray(4);
        // The client begins each command with sequence 0; a login goes on counting.
        if (phase !== 'login' && sequence === 0) phase = 'commands';
        if (phase === 'commands') return answerCommand(socket, body, lies);
        if (phase === 'authentication') return lies.onAuthentication?.(socket, body, sequence);
        phase = 'authentication';
        if (lies.onLogin === undefined) socket.write(packet(sequence + 1, ok()));
        else lies.onLogin(socket, body, sequence);
      },
    );
    socket.on('data', read);
  });
}

function answerCommand(socket: Socket, body: Buffer, lies: MysqlLies): void {
  const [command] = body;
  if (command === COMMAND.quit) return void socket.end();
  if (command === COMMAND.query || command === COMMAND.prepare) {
    const answer = lies.onQuery?.(socket, body.subarray(1).toString('utf8'));
    if (answer === null) return;
    socket.write(answer ?? packet(1, ok()));
    return;
  }
  if (command === COMMAND.ping) socket.write(packet(1, ok()));
}

/** One packet: its length, its number, its body. */
export function packet(sequence: number, body: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUIntLE(body.length, 0, 3);
  head[3] = sequence & 0xff;
  return Buffer.concat([head, body]);
}

/** The server's first packet. */
export function greeting({
  version = '8.0.36',
  plugin = 'mysql_native_password',
  tls = false,
  threadId = 4711,
  localFiles = false,
  compression = false,
}: GreetingOptions = {}): Buffer {
  const more = (localFiles ? LOCAL_FILES : 0) | (compression ? COMPRESSION : 0);
  const all = Object.entries(CAPABILITIES).reduce(
    (sum, [name, bit]) => (name === 'tls' && !tls ? sum : sum | bit),
    more,
  );
  const salt = Buffer.from('abcdefghijklmnopqrst');
  const thread = Buffer.alloc(4);
  thread.writeUInt32LE(threadId);
  const flags = Buffer.alloc(7);
  flags.writeUInt16LE(all & 0xffff, 0);
  flags[2] = 255;
  flags.writeUInt16LE(2, 3);
  flags.writeUInt16LE(all >>> 16, 5);
  return packet(
    0,
    Buffer.concat([
      Buffer.from([10]),
      Buffer.from(`${version}\0`),
      thread,
      salt.subarray(0, 8),
      Buffer.from([0]),
      flags,
      Buffer.from([21]),
      Buffer.alloc(10),
      salt.subarray(8),
      Buffer.from(`\0${plugin}\0`),
    ]),
  );
}

/** The body of an answer that all is well. */
export function ok(): Buffer {
  return Buffer.from([0, 0, 0, 2, 0, 0, 0]);
}

/** The body of an error in the server's own words. */
export function error(text: string, { number = 1105, state = 'HY000' } = {}): Buffer {
  const head = Buffer.from([0xff, number & 0xff, number >> 8]);
  return Buffer.concat([head, Buffer.from(`#${state}${text}`)]);
}

/** The body that asks for another way to log in. */
export function authSwitch(plugin: string, data: Buffer = Buffer.from('abcdefghijklmnopqrst\0')): Buffer {
  return Buffer.concat([Buffer.from([0xfe]), Buffer.from(`${plugin}\0`), data]);
}

/** The body of further data for the way to log in that is under way. */
export function authMoreData(data: Buffer): Buffer {
  return Buffer.concat([Buffer.from([1]), data]);
}

/** A result of text values, as the packets of one answer. */
export function rows(names: readonly string[], values: readonly (readonly (string | null)[])[]): Buffer {
  let sequence = 1;
  const next = (body: Buffer): Buffer => packet(sequence++, body);
  const end = Buffer.from([0xfe, 0, 0, 2, 0]);
  return Buffer.concat([
    next(Buffer.from([names.length])),
    ...names.map((name) => next(columnDefinition(name))),
    next(end),
    ...values.map((row) =>
      next(Buffer.concat(row.map((value) => (value === null ? Buffer.from([0xfb]) : lengthCoded(value))))),
    ),
    next(end),
  ]);
}

function columnDefinition(name: string): Buffer {
  const texts = ['def', '', '', '', name, name].map(lengthCoded);
  return Buffer.concat([...texts, Buffer.from([12, 45, 0, 0, 4, 0, 0, 253, 0, 0, 0, 0, 0])]);
}

function lengthCoded(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length < 251) return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  const head = Buffer.alloc(4);
  head[0] = 0xfd;
  head.writeUIntLE(bytes.length, 1, 3);
  return Buffer.concat([head, bytes]);
}
