import { afterEach, describe, expect, it } from 'vitest';
import { textLiteral } from '../../src/engines/mysql/dialect.js';
import { inClear } from '../apply/applied.js';
import { availableEngines, type TestEngine, useDatabase } from '../support/database.js';
import { openTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { openWorkerSession } from '../support/worker-session.js';

/** What a proxy makes of a statement, byte for byte as long, and the setting that is another one then. */
interface Meddling {
  readonly setting: string;
  readonly said: string;
  readonly heard: string;
}

function inText(setting: string, said: string, heard: string): Meddling {
  const assign = (value: string): string => `${setting} = ${textLiteral(value)}`;
  return { setting, said: assign(said), heard: assign(heard) };
}

const MYSQL_MEDDLING: readonly Meddling[] = [
  inText('time_zone', '+00:00', '+01:00'),
  inText('sql_mode', 'NO_ENGINE_SUBSTITUTION', 'STRICT_ALL_TABLES,ANSI'),
  { setting: 'sql_auto_is_null', said: 'sql_auto_is_null = 0', heard: 'sql_auto_is_null = 1' },
  {
    setting: 'character_set_results',
    said: 'character_set_results = NULL',
    heard: 'character_set_results = utf8',
  },
  {
    setting: 'div_precision_increment',
    said: 'div_precision_increment = 4',
    heard: 'div_precision_increment = 5',
  },
];
const MEDDLING: Readonly<Record<TestEngine, readonly Meddling[]>> = {
  mariadb: MYSQL_MEDDLING,
  mysql: MYSQL_MEDDLING,
  postgresql: [
    { setting: 'TimeZone', said: "'TimeZone', 'UTC'", heard: "'TimeZone', 'GMT'" },
    { setting: 'DateStyle', said: "'ISO, MDY'", heard: "'ISO, DMY'" },
    { setting: 'row_security', said: "'row_security', 'off'", heard: "'row_security', 'yes'" },
    { setting: 'extra_float_digits', said: "'extra_float_digits', '3'", heard: "'extra_float_digits', '1'" },
  ],
};

describe.each(availableEngines())('a session on %s', (engine) => {
  const database = useDatabase(engine);
  const proxies: TcpProxy[] = [];
  afterEach(() => Promise.all(proxies.splice(0).map((proxy) => proxy.close())));

  /** The URL of a proxy that changes what is said, as long as it meddles. */
  async function behindProxy({ said, heard }: Meddling, meddles: () => boolean): Promise<string> {
    expect(heard).toHaveLength(said.length);
    const tap = () => (bytes: Buffer) =>
      meddles() ? Buffer.from(bytes.toString('latin1').replace(said, heard), 'latin1') : bytes;
    const proxy = await openTcpProxy(() => database.url, tap);
    proxies.push(proxy);
    return inClear(proxy.urlFor(database.url));
  }

  it.each(MEDDLING[engine])('is not opened where the server has another $setting', async (meddling) => {
    const opening = openWorkerSession(await behindProxy(meddling, () => true));
    await expect(opening).rejects.toMatchObject({
      code: 'session-state',
      message: `The server did not keep the session state that exact comparison needs: ${meddling.setting}.`,
    });
    const untouched = await openWorkerSession(await behindProxy(meddling, () => false));
    await untouched.close();
  });

  it('reads nothing where a setting became another one after it was opened', async () => {
    let meddles = false;
    const [meddling] = MEDDLING[engine];
    if (meddling === undefined) throw new Error('Nothing to meddle with.');
    const session = await openWorkerSession(await behindProxy(meddling, () => meddles));
    meddles = true;
    // What a statement sets stays with a session of MySQL, where whoever shares a pool could have set it.
    if (engine !== 'postgresql') await session.query(`SET SESSION ${meddling.heard}`);
    await expect(session.query('SELECT 1 AS one')).rejects.toMatchObject({
      code: 'session-state',
      message: expect.stringContaining(meddling.setting),
    });
    await session.close();
  });
});

/** What the server itself ends, as it writes the times, where a statement may take 7 seconds. */
const SERVER_LIMITS: Readonly<Record<TestEngine, Readonly<Record<string, unknown>>>> = {
  mariadb: {
    max_statement_time: expect.stringMatching(/^7(\.0+)?$/),
    lock_wait_timeout: '7',
    idle_transaction_timeout: '300',
  },
  mysql: { max_execution_time: '7000', lock_wait_timeout: '7' },
  postgresql: { statement_timeout: '7s', lock_timeout: '0', idle_in_transaction_session_timeout: '5min' },
};

describe.each(availableEngines())('a session on %s that nobody watches any more', (engine) => {
  const database = useDatabase(engine);

  it('is ended by the server, and so are its statements', async () => {
    const session = await openWorkerSession(database.url, { 'statement-timeout': '7' });
    const names = Object.keys(SERVER_LIMITS[engine]);
    const askFor = (name: string): string =>
      engine === 'postgresql' ? `current_setting('${name}')` : `@@SESSION.${name}`;
    const list = names.map((name) => `${askFor(name)} AS ${name}`).join(', ');
    const [row] = await session.query(`SELECT ${list}`);
    await session.close();
    expect(row).toEqual(SERVER_LIMITS[engine]);
  });
});

describe.each(availableEngines().filter((engine) => engine !== 'postgresql'))(
  'a session on %s whose rows are taken slowly',
  (engine) => {
    const database = useDatabase(engine);

    it.each([
      ['that long at least', {}, 600],
      ['as long as a statement may take where that is longer', { 'statement-timeout': '3000' }, 3000],
    ])('is waited for by the server, %s', async (_, options, seconds) => {
      const session = await openWorkerSession(database.url, options);
      const [row] = await session.query('SELECT @@SESSION.net_write_timeout AS seconds');
      await session.close();
      expect(row).toEqual({ seconds: String(seconds) });
    });
  },
);
