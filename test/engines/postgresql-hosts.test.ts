import { describe, expect, it } from 'vitest';
import { spreadHosts } from '../../src/engines/postgresql/hosts.js';

const spread = (url: string): string[] => spreadHosts([new URL(url)]).map(({ href }) => href);

describe('the hosts of a PostgreSQL URL', () => {
  it.each([
    ['postgres://a@h1:1/d', ['postgres://a@h1:1/d']],
    ['postgres:///d?host=h1,h2&port=5432,5433', ['postgres://h1:5432/d', 'postgres://h2:5433/d']],
    ['postgres:///d?host=h1,h2&port=5433', ['postgres://h1:5433/d', 'postgres://h2:5433/d']],
    ['postgres://a@h0:7/d?host=h1,h2', ['postgres://a@h1:7/d', 'postgres://a@h2:7/d']],
    ['postgres://h1/d?host=/run/pg', ['postgres://localhost/d?host=%2Frun%2Fpg']],
    ['postgres://%2Frun%2Fpg/d', ['postgres://localhost/d?host=%2Frun%2Fpg']],
    ['postgres:///d?port=5433', ['postgres://localhost:5433/d']],
    ['postgres:///d?host=::1&port=5433', ['postgres://[::1]:5433/d']],
    [
      'postgres://h1/d?host=h1,h2&target_session_attrs=prefer-standby',
      [
        'postgres://h1/d?target_session_attrs=standby',
        'postgres://h2/d?target_session_attrs=standby',
        'postgres://h1/d?target_session_attrs=any',
        'postgres://h2/d?target_session_attrs=any',
      ],
    ],
  ])('of %s are each a URL', (url, spelled) => expect(spread(url)).toEqual(spelled));

  it.each([
    ['postgres:///d?host=h1,h2&port=1,2,3', 'The URL has 2 hosts and 3 ports.'],
    ['postgres:///d?host=h1,&port=1', 'The URL has an empty host in its list.'],
    ['postgres:///d?host=h1&port=70000', 'The URL names a port that is none.'],
    ['postgres:///d?host=a%20b', 'The URL names a host that is none.'],
    ['postgres:///d?host=a%40b', 'The URL names a host that is none.'],
    [
      'postgres://h/d?target_session_attrs=master',
      'Expected target_session_attrs to be one of any, primary,',
    ],
  ])('of %s are refused', (url, message) => expect(() => spread(url)).toThrow(message));
});
