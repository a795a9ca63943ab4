import { ALL_ENGINES, asIs, POSTGRESQL, type TypeForm, type TypeGroup } from './type-form.js';

const isV4 = (sample: string): boolean => /^\d+\.\d+\.\d+\.\d+$/.test(sample);
const isV6 = (sample: string): boolean => sample.includes(':') && !sample.includes('/');
const quoted = (sample: string): string => `'${sample}'`;

const INET: TypeForm = { engines: POSTGRESQL, declared: 'inet', write: quoted, show: asIs };
const CIDR: TypeForm = {
  engines: POSTGRESQL,
  declared: 'cidr',
  write: (sample) => (/[1-9a-f]\/\d+$|^10\.0\.0\.1\/8/.test(sample) ? null : quoted(sample)),
  show: (sample) => (sample.includes('/') ? sample : `${sample}/${isV4(sample) ? 32 : 128}`),
};
const INET4: TypeForm = {
  engines: ['mariadb'],
  declared: 'inet4',
  write: (sample) => (isV4(sample) ? quoted(sample) : null),
  show: asIs,
};
/** MariaDB keeps an IPv4 address in its IPv6 form. */
const mapped = (sample: string): string => (isV4(sample) ? `::ffff:${sample}` : sample);
const INET6: TypeForm = {
  engines: ['mariadb'],
  declared: 'inet6',
  write: (sample) => (isV4(sample) || isV6(sample) ? quoted(mapped(sample)) : null),
  show: mapped,
};
const TEXT: TypeForm = { engines: ALL_ENGINES, declared: 'varchar(60)', write: quoted, show: asIs };

export const addresses: TypeGroup = {
  name: 'network addresses',
  forms: [INET, CIDR, INET4, INET6, TEXT],
  pairs: (source, target) => source !== TEXT || target !== TEXT,
  equal: [
    '0.0.0.0',
    '10.1.2.3',
    '255.255.255.255',
    '::',
    '::1',
    '2001:db8::ff00:42:8329',
    '1:2:3:4:5:6:7:8',
    '1:0:0:4::8',
    '::ffff:1.2.3.4',
    'fe80::1',
    '10.0.0.0/8',
    '10.0.0.1/24',
    '2001:db8::/32',
  ],
  near: [
    ['10.1.2.3', '10.1.2.4'],
    ['10.1.2.3', null],
    [null, '::1'],
    ['::1', '::2'],
    ['::', '0.0.0.0'],
    ['10.0.0.0/8', '10.0.0.0/9'],
    ['10.0.0.0', '10.0.0.0/8'],
    ['2001:db8::/32', '2001:db8::/33'],
  ],
};

/** Spellings that only text keeps apart. */
export const spelledAddresses: TypeGroup = {
  name: 'spelled network addresses',
  forms: [INET, INET6, TEXT],
  pairs: (source, target) => source === TEXT && target !== TEXT,
  equal: [
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['::FFFF:1.2.3.4', '::ffff:1.2.3.4'],
    ['::ffff:102:304', '::ffff:1.2.3.4'],
  ],
  near: [
    ['', '::1'],
    ['localhost', '::1'],
    ['::1 ', '::1'],
    ['01.2.3.4', '::1'],
    ['1.2.3', '::1'],
    ['::1::', '::1'],
    ['::1/129', '::1'],
  ],
};
