import { ownForm, sharesTag, taggedEqual, taggedNear } from './own-form.js';
import { ALL_ENGINES, asIs, MYSQL_FAMILY, POSTGRESQL, type TypeForm, type TypeGroup } from './type-form.js';

const TYPES = [
  ...[
    'macaddr',
    'macaddr8',
    'timetz',
    'pg_lsn',
    'xid8',
    'xid',
    'tid',
    'pg_snapshot',
    'interval',
    'refcursor',
  ],
  ...['point', 'line', 'lseg', 'box', 'path', 'polygon', 'circle'],
  ...[
    'tsvector[]',
    'tsvector',
    'tsquery',
    'jsonpath',
    'regtype',
    'regclass',
    'regrole',
    'regnamespace',
    'aclitem',
  ],
];

/** Types of PostgreSQL that have a counterpart in themselves only, or in text. */
export const scalars: TypeGroup = {
  name: "PostgreSQL's own types",
  forms: [
    ...TYPES.map((declared) => ownForm(declared)),
    ...['xml', 'name', 'text'].map((declared) => ownForm(declared, { tag: 'words' })),
    ...['"char"', 'varchar(2)'].map((declared) => ownForm(declared, { tag: '"char"' })),
  ],
  pairs: sharesTag,
  equal: taggedEqual({
    macaddr: ['08:00:2b:01:02:03', ['08:00:2b:01:02:03', '08002B:010203']],
    macaddr8: ['08:00:2b:01:02:03:04:05'],
    timetz: ['04:05:06.789+02', '24:00:00-15:59', '00:00:00+00:00:01'],
    pg_lsn: ['0/0', '16/B374D848', 'FFFFFFFF/FFFFFFFF'],
    xid8: ['0', '18446744073709551615'],
    xid: ['4294967295'],
    tid: ['(0,1)', '(4294967295,65535)'],
    pg_snapshot: ['10:20:10,14,15'],
    interval: [
      ['1 day', '0 mons 1 days 00:00:00'],
      ['1 year', '12 mons'],
      '-1 mons +3 days -00:00:00.000001',
      '178000000 years',
      '00:00:00',
    ],
    refcursor: ['c1'],
    point: ['(1,2)', ['(0,0)', '(-0,0)'], '(NaN,Infinity)', '(0.1,1e+300)'],
    line: ['{1,2,3}'],
    lseg: ['[(1,2),(3,4)]'],
    box: [['(3,4),(1,2)', '(1,2),(3,4)']],
    path: ['[(1,2),(3,4)]', '((1,2),(3,4))'],
    polygon: ['((1,2),(3,4),(5,6))'],
    circle: ['<(1,2),3.5>'],
    'tsvector[]': ['{"\'a\':1","",NULL}'],
    tsvector: ["'a':1A 'cat':3,4B 'it''s'", ''],
    tsquery: ["'fat' & !( 'rat' | 'cat':AB )", "'a' <2> 'b'"],
    jsonpath: ['$."a"[*]?(@ > 1)'],
    regtype: ['integer', 'numeric'],
    regclass: ['pg_class', '999999'],
    regrole: ['verify', '-'],
    regnamespace: ['pg_catalog'],
    aclitem: ['verify=r/verify'],
    words: ['<a>é</a>', 'plain'],
    '"char"': ['a', '', '\\'],
  }),
  near: taggedNear({
    macaddr: [['08:00:2b:01:02:03', '08:00:2b:01:02:04']],
    macaddr8: [['08:00:2b:01:02:03:04:05', '08:00:2b:01:02:03:04:06']],
    timetz: [
      ['10:00:00+02', '10:00:00+03'],
      ['10:00:00+02', '11:00:00+03'],
      ['10:00:00.000001+00', '10:00:00+00'],
      ['10:00:00-05:30', '10:00:00+05:30'],
    ].map(([one = '', other = '']) => [withMinutes(one), withMinutes(other)]),
    pg_lsn: [['0/1', '1/0']],
    xid8: [['18446744073709551615', '18446744073709551614']],
    xid: [['1', '2']],
    tid: [['(0,1)', '(1,0)']],
    pg_snapshot: [['10:20:10,14,15', '10:20:10,14']],
    interval: [
      ['1 day', '24:00:00'],
      ['1 day', '2 days'],
      ['1 mon', '30 days'],
      ['1 year 2 mons', '1 year 3 mons'],
      ['-1 mons', '1 mon'],
      ['1 day -01:00:00', '23:00:00'],
      ['00:00:00.000001', '00:00:00'],
    ],
    point: [
      ['(1,2)', '(2,1)'],
      ['(1,2)', '(1.0000001,2)'],
      ['(NaN,0)', '(0,NaN)'],
    ],
    line: [['{1,2,3}', '{1,2,4}']],
    lseg: [['[(1,2),(3,4)]', '[(3,4),(1,2)]']],
    box: [['(3,4),(1,2)', '(4,3),(2,1)']],
    path: [
      ['[(1,2),(3,4)]', '((1,2),(3,4))'],
      ['[(1,2),(3,4)]', '[(1,2),(3,4),(3,4)]'],
    ],
    polygon: [['((1,2),(3,4))', '((3,4),(1,2))']],
    circle: [['<(1,2),3>', '<(1,2),4>']],
    tsvector: [
      ["'a':1", "'a':2"],
      ["'a'", "'b'"],
    ],
    'tsvector[]': [["{'a':1}", "{'a':2}"]],
    tsquery: [["'a' & 'b'", "'a' | 'b'"]],
    jsonpath: [['$."a"', '$."b"']],
    regtype: [['integer', 'bigint']],
    regclass: [['pg_class', 'pg_type']],
    aclitem: [['verify=r/verify', 'verify=w/verify']],
    words: [
      ['<a/>', '<a></a>'],
      ['<a>1</a>', '<A>1</A>'],
    ],
    '"char"': [
      ['a', 'b'],
      ['', ' '],
    ],
  }),
};

/** A zone is always shown with its minutes. */
function withMinutes(time: string): string {
  return /[+-]\d\d$/.test(time) ? `${time}:00` : time;
}

const amount = (form: Pick<TypeForm, 'engines' | 'declared'>): TypeForm => ({
  ...form,
  write: (sample) => (form.declared === 'money' ? `'${sample}'::numeric::money` : `'${sample}'`),
  show: (sample) => (form.declared === 'bigint' ? sample.replace(/\..*/, '') : sample),
});
const MONEY = amount({ engines: POSTGRESQL, declared: 'money' });

export const amounts: TypeGroup = {
  name: 'money',
  forms: [MONEY, amount({ engines: ALL_ENGINES, declared: 'decimal(20,2)' })],
  pairs: (source, target) => source === MONEY || target === MONEY,
  equal: ['0.00', '-0.01', '12.30', '92233720368547758.07', '-92233720368547758.08'],
  near: [
    ['12.30', '12.31'],
    ['0.00', '0.01'],
    ['0.00', null],
    ['1.00', '-1.00'],
    ['92233720368547758.07', '92233720368547758.06'],
  ],
};

const TIMES = [
  { engines: MYSQL_FAMILY, declared: 'time(6)' },
  { engines: POSTGRESQL, declared: 'time(6)' },
].map((form) => ({
  ...form,
  write: (sample: string) =>
    /day|mon/.test(sample) || (form.engines === POSTGRESQL && !/^([01]\d|2[0-3]):/.test(sample))
      ? null
      : `'${sample}'`,
  show: asIs,
}));
const INTERVAL: TypeForm = {
  engines: POSTGRESQL,
  declared: 'interval',
  write: (sample) => `'${sample}'`,
  show: asIs,
};

export const intervalsAgainstTimes: TypeGroup = {
  name: 'intervals against times',
  forms: [INTERVAL, ...TIMES],
  pairs: (source, target) => (source === INTERVAL) !== (target === INTERVAL),
  equal: ['00:00:00', '12:34:56.123456', '838:59:59', '-838:59:59', '-00:00:00.000001', '24:00:00'],
  near: [
    ['12:34:56.123456', '12:34:56.123457'],
    ['00:00:00', null],
    ['01:00:00', '-01:00:00'],
    ['24:00:00', '1 day'],
    ['1 day', '24:00:00'],
  ],
};
