import type { Socket } from 'node:net';
import { createFrameReader, type LyingServer, startLyingServer } from './lying-server.js';

/**
 * How a PostgreSQL server of a test's own behaves. What a test leaves out is done honestly: TLS is refused, the login is
 * accepted without a password, and a statement gets an empty result.
 *
 * @see https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
export interface PostgresLies {
  /** Answers the request for TLS (`S`, `N`, an error, nothing at all). */
  readonly onTlsRequest?: (socket: Socket) => void;
  /** Answers the startup message, and so decides which login is asked for. */
  readonly onStartup?: (socket: Socket, parameters: Readonly<Record<string, string>>) => void;
  /** Answers the client's password or SASL message. */
  readonly onPassword?: (socket: Socket, body: Buffer) => void;
  /** Answers a statement; undefined is the honest answer. */
  readonly onQuery?: (socket: Socket, sql: string) => Buffer | null | undefined;
}

const TLS_REQUEST = 80877103;
const GSS_REQUEST = 80877104;
const CANCEL_REQUEST = 80877102;

/** Starts such a server; its address is `postgres://reader:secret@127.0.0.1:PORT/shop`. */
export function startLyingPostgres(lies: PostgresLies = {}): Promise<LyingServer> {
  return startLyingServer((socket) => {
    let started = false;
    const read = createFrameReader(
      (bytes) => measureMessage(bytes, started),
      (frame) => {
        if (started) answerMessage(socket, frame, lies);
        else started = answerStartup(socket, frame, lies);
      },
    );
    socket.on('data', read);
  });
}

function measureMessage(bytes: Buffer, started: boolean): number | null {
  const at = started ? 1 : 0;
  return bytes.length < at + 4 ? null : at + bytes.readInt32BE(at);
}

function answerStartup(socket: Socket, frame: Buffer, lies: PostgresLies): boolean {
  const code = frame.readInt32BE(4);
  if (code === TLS_REQUEST || code === GSS_REQUEST) {
    if (lies.onTlsRequest === undefined) socket.write('N');
    else lies.onTlsRequest(socket);
    return false;
  }
  if (code === CANCEL_REQUEST) {
    socket.end();
    return false;
  }
  const words = frame.subarray(8).toString('utf8').split('\0');
  const parameters: Record<string, string> = {};
  for (let index = 0; index + 1 < words.length; index += 2)
    parameters[words[index] ?? ''] = words[index + 1] ?? '';
  if (lies.onStartup === undefined) socket.write(welcome());
  else lies.onStartup(socket, parameters);
  return true;
}

function answerMessage(socket: Socket, frame: Buffer, lies: PostgresLies): void {
  const type = String.fromCharCode(frame[0] ?? 0);
  const body = frame.subarray(5);
  if (type === 'X') return void socket.end();
  if (type === 'p') {
    if (lies.onPassword === undefined) socket.write(welcome());
    else lies.onPassword(socket, body);
    return;
  }
  if (type !== 'Q') return;
  const answer = lies.onQuery?.(socket, body.toString('utf8').replace(/\0$/, ''));
  if (answer === null) return;
  socket.write(answer ?? rows([], []));
}

/** One message: its letter, its length, its body. */
export function message(type: string, ...parts: readonly (Buffer | string)[]): Buffer {
  const body = Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(`${part}\0`) : part)),
  );
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** A request for a login: 0 accepted, 3 the password in clear, 5 MD5, 7 GSSAPI, 9 SSPI, 10 SASL. */
export function authentication(code: number, rest: Buffer = Buffer.alloc(0)): Buffer {
  return message('R', int32(code), rest);
}

/** The end of a login that worked. */
export function welcome(version = '15.8'): Buffer {
  return Buffer.concat([
    authentication(0),
    message('S', 'server_version', version),
    message('S', 'client_encoding', 'UTF8'),
    message('S', 'standard_conforming_strings', 'on'),
    message('K', int32(4711), int32(42)),
    ready(),
  ]);
}

/** The server waits for the next statement. */
export function ready(): Buffer {
  return message('Z', Buffer.from('I'));
}

/** A result of text values. */
export function rows(names: readonly string[], values: readonly (readonly (string | null)[])[]): Buffer {
  const description = message(
    'T',
    int16(names.length),
    ...names.flatMap((name) => [
      Buffer.from(`${name}\0`),
      Buffer.concat([int32(0), int16(0), int32(25), int16(-1), int32(-1), int16(0)]),
    ]),
  );
  const data = values.map((row) => message('D', int16(row.length), ...row.map(textField)));
  return Buffer.concat([description, ...data, message('C', `SELECT ${values.length}`), ready()]);
}

/** An error in the server's own words; the session goes on unless `severity` is FATAL. */
export function errorResponse(text: string, { severity = 'ERROR', code = 'XX000' } = {}): Buffer {
  const fields = [`S${severity}`, `V${severity}`, `C${code}`, `M${text}`];
  return message('E', ...fields, Buffer.from([0]));
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

export function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function textField(value: string | null): Buffer {
  if (value === null) return int32(-1);
  const bytes = Buffer.from(value);
  return Buffer.concat([int32(bytes.length), bytes]);
}
