/** What a type is to a query: which operators and functions make sense. */
export type Family =
  | 'integer'
  | 'real'
  | 'decimal'
  | 'date'
  | 'timestamp'
  | 'time'
  | 'interval'
  | 'boolean'
  | 'text'
  | 'list'
  | 'struct'
  | 'map'
  | 'other'

/** A type of a column and values of it that are worth trying, in its own order. */
export interface Kind {
  readonly type: string
  readonly values: readonly string[]
  /** Types that another file may have in its place. */
  readonly relatives?: readonly string[]
}

const quoted = (values: readonly string[]) => values.map((value) => `'${value.replaceAll("'", "''")}'`)

const LONG = 'prefix '.repeat(40)

const TEXTS = [
  '',
  ' ',
  '!',
  '%',
  "'quoted'",
  '0',
  '10',
  '9',
  'A',
  'NULL',
  'Z',
  '\\',
  '_',
  'a',
  'a"b',
  'aa',
  'ab',
  'b',
  LONG,
  `${LONG}a`,
  `${LONG}b`,
  'z',
  'line\nbreak',
  'é',
  'ß',
  '漢字',
  '\u{1f600}',
  '\u{10ffff}',
]

const DATES = ['0001-01-01', '1582-10-15', '1969-12-31', '1970-01-01', '2020-02-29', '2020-03-01', '2024-12-31', '9999-12-31']
const MOMENTS = DATES.flatMap((date) => [`${date} 00:00:00`, `${date} 12:34:56.789`])
/** Within the years that nanoseconds can count. */
const NEAR_MOMENTS = ['1969-12-31 23:59:59.999999', '1970-01-01 00:00:00', '2020-02-29 12:34:56.000001', '2020-03-01', '2100-01-01']

export const KINDS: readonly Kind[] = [
  { type: 'TINYINT', values: ['-128', '-1', '0', '1', '2', '7', '127'], relatives: ['INTEGER', 'SMALLINT', 'VARCHAR'] },
  { type: 'SMALLINT', values: ['-32768', '-300', '0', '5', '300', '32767'], relatives: ['BIGINT', 'INTEGER', 'FLOAT'] },
  {
    type: 'INTEGER',
    values: ['-2147483648', '-70000', '-1', '0', '1', '2', '3', '10', '70000', '2147483647'],
    relatives: ['BIGINT', 'DOUBLE', 'DECIMAL(18,3)', 'VARCHAR'],
  },
  {
    type: 'BIGINT',
    values: ['-9223372036854775808', '-9007199254740993', '-1', '0', '1', '9007199254740993', '9223372036854775807'],
    relatives: ['DOUBLE', 'HUGEINT', 'VARCHAR'],
  },
  { type: 'HUGEINT', values: ['-1267650600228229401496703205376', '-1', '0', '1', '1267650600228229401496703205376'] },
  { type: 'UTINYINT', values: ['0', '1', '127', '128', '255'], relatives: ['INTEGER', 'UBIGINT'] },
  { type: 'USMALLINT', values: ['0', '1', '32767', '32768', '65535'], relatives: ['BIGINT', 'INTEGER'] },
  { type: 'UINTEGER', values: ['0', '1', '2147483647', '2147483648', '4294967295'], relatives: ['BIGINT', 'UBIGINT', 'DOUBLE'] },
  { type: 'UBIGINT', values: ['0', '1', '9223372036854775807', '9223372036854775808', '18446744073709551615'], relatives: ['DOUBLE'] },
  { type: 'UHUGEINT', values: ['0', '1', '1267650600228229401496703205376'] },
  {
    type: 'FLOAT',
    values: [...quoted(['-inf', '-3.4e38', '-0.0']), '0.0', '0.1', '1.5', '16777217', "'inf'", "'nan'"],
    relatives: ['DOUBLE', 'VARCHAR'],
  },
  {
    type: 'DOUBLE',
    values: [...quoted(['-inf', '-1e300', '-0.0']), '0.0', '1e-300', '0.1', '0.30000000000000004', '1e300', "'inf'", "'nan'"],
    relatives: ['FLOAT', 'VARCHAR'],
  },
  { type: 'DOUBLE', values: ['-2.5', '-1', '0', '0.5', '1', '2', '3.25', '100'], relatives: ['FLOAT', 'INTEGER', 'DECIMAL(9,2)'] },
  { type: 'DECIMAL(4,1)', values: ['-999.9', '-0.1', '0', '0.1', '999.9'], relatives: ['DECIMAL(9,2)', 'INTEGER', 'DOUBLE'] },
  { type: 'DECIMAL(9,2)', values: ['-9999999.99', '-1.5', '0', '0.01', '1.5', '2', '9999999.99'], relatives: ['DECIMAL(18,3)', 'DOUBLE'] },
  {
    type: 'DECIMAL(18,3)',
    values: ['-999999999999999.999', '-0.001', '0', '1', '2.5', '999999999999999.999'],
    relatives: ['DECIMAL(38,10)'],
  },
  {
    type: 'DECIMAL(38,10)',
    values: ['-9999999999999999999999999999.9999999999', '-1', '0', '0.0000000001', '9999999999999999999999999999'],
  },
  { type: 'DATE', values: quoted([...DATES, 'infinity']), relatives: ['TIMESTAMP', 'TIMESTAMPTZ', 'VARCHAR'] },
  { type: 'TIMESTAMP', values: quoted(MOMENTS), relatives: ['DATE', 'TIMESTAMPTZ', 'TIMESTAMP_MS'] },
  { type: 'TIMESTAMP_S', values: quoted(MOMENTS), relatives: ['TIMESTAMP'] },
  { type: 'TIMESTAMP_MS', values: quoted(MOMENTS), relatives: ['TIMESTAMP'] },
  { type: 'TIMESTAMP_NS', values: quoted(NEAR_MOMENTS), relatives: ['TIMESTAMP', 'DATE'] },
  { type: 'TIMESTAMPTZ', values: quoted(MOMENTS.map((moment) => `${moment}+00`)), relatives: ['TIMESTAMP'] },
  { type: 'TIME', values: quoted(['00:00:00', '00:00:00.000001', '12:34:56', '23:59:59.999999']) },
  { type: 'TIMETZ', values: quoted(['00:00:00+00', '12:00:00+02', '12:00:00-02', '23:59:59+00']) },
  { type: 'INTERVAL', values: quoted(['0 days', '1 day', '24 hours', '1 month', '30 days', '1 year', '1 month 3 days 4 seconds']) },
  { type: 'BOOLEAN', values: ['false', 'true'], relatives: ['INTEGER', 'VARCHAR'] },
  { type: 'VARCHAR', values: quoted(TEXTS) },
  {
    type: 'VARCHAR',
    values: quoted(['red', 'green', 'blue', 'Red', 'redder']),
    relatives: ["ENUM('red', 'green', 'blue', 'Red', 'redder')"],
  },
  { type: 'VARCHAR', values: quoted(['1', '10', '2', '3', '-1', '0.5', '1e3']), relatives: ['INTEGER', 'DOUBLE'] },
  { type: 'BLOB', values: ["''", "'\\x00'", "'\\x00\\xFF'", "'a'", "'\\xFF'", "'\\x80abc'"] },
  {
    type: 'UUID',
    values: quoted([
      '00000000-0000-0000-0000-000000000000',
      '12345678-1234-4321-8765-1234567890ab',
      'ffffffff-ffff-ffff-ffff-ffffffffffff',
    ]),
  },
  { type: "ENUM('zebra', 'ant', 'bee')", values: quoted(['zebra', 'ant', 'bee']), relatives: ['VARCHAR'] },
  { type: 'BIT', values: quoted(['0', '1', '0101', '111111111']) },
  { type: 'JSON', values: quoted(['{}', '[1, null]', '"x"', '{"a": {"b": 1}}', '12']) },
  { type: 'INTEGER[]', values: ['[]', '[NULL]', '[1]', '[1, 2, 3]', '[3, NULL, 3]', '[-5]'] },
  { type: 'VARCHAR[][]', values: ['[]', "[['a', NULL], NULL]", "[[], ['b']]"] },
  {
    type: 'STRUCT(a INTEGER, b VARCHAR)',
    values: ["{'a': 1, 'b': 'x'}", "{'a': NULL, 'b': 'y'}", "{'a': 2, 'b': NULL}", "{'a': 100, 'b': 'z'}", "{'a': -5, 'b': ''}"],
    relatives: ['STRUCT(a BIGINT, b VARCHAR)', 'STRUCT(b VARCHAR, a INTEGER)', 'STRUCT(a INTEGER)', 'STRUCT(a INTEGER, b VARCHAR, c DATE)'],
  },
  {
    type: 'STRUCT(s STRUCT(x DOUBLE, y DATE), l INTEGER[])',
    values: [
      "{'s': {'x': 1.5, 'y': '2020-01-01'}, 'l': [1]}",
      "{'s': NULL, 'l': NULL}",
      "{'s': {'x': 'nan', 'y': NULL}, 'l': []}",
      "{'s': {'x': -1, 'y': '2024-01-01'}, 'l': [2, 3]}",
    ],
  },
  { type: 'STRUCT(k INTEGER, v VARCHAR)[]', values: ['[]', "[{'k': 1, 'v': 'a'}]", "[{'k': 2, 'v': NULL}, NULL, {'k': 1, 'v': 'b'}]"] },
  { type: 'MAP(VARCHAR, INTEGER)', values: ['MAP {}', "MAP {'a': 1}", "MAP {'a': 2, 'b': NULL}", "MAP {'z': 26}"] },
]

/** The family of a type as the engine prints it. */
export function familyOf(type: string): Family {
  if (type.endsWith(']')) return 'list'
  if (type.startsWith('STRUCT')) return 'struct'
  if (type.startsWith('MAP')) return 'map'
  if (type.startsWith('DECIMAL')) return 'decimal'
  if (type.startsWith('TIMESTAMP')) return 'timestamp'
  if (/^U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)$/.test(type)) return 'integer'
  if (type === 'FLOAT' || type === 'DOUBLE') return 'real'
  if (type === 'DATE') return 'date'
  if (type === 'TIME') return 'time'
  if (type === 'INTERVAL') return 'interval'
  if (type === 'BOOLEAN') return 'boolean'
  return type === 'VARCHAR' ? 'text' : 'other'
}
