import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LINT_RULES } from '@sluice/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../src/program.ts'
import type { Terminal } from '../src/terminal.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-policy-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** The command line on a machine that knows no server: whoever asks for one fails. */
async function sluice(words: readonly string[], stdin = '') {
  let out = ''
  let err = ''
  const terminal: Terminal = {
    stdout: { write: (text) => (out += text), isTty: false, columns: undefined, rows: undefined },
    stderr: { write: (text) => (err += text), isTty: false, columns: undefined, rows: undefined },
    stdin: { isTty: false, read: async () => stdin, readLine: async () => '', readSecret: async () => '' },
    environment: { HOME: '/nowhere' },
    fetch: () => Promise.reject(new Error('no request is expected')),
    signal: new AbortController().signal,
  }
  const exit = await run(words, terminal)
  return { exit, out, err }
}

async function file(name: string, content: unknown): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content, null, 2))
  return path
}

const policy = (...statements: readonly object[]) => ({ Version: '2012-10-17', Statement: statements })
const BUCKET = 'arn:aws:s3:::test-bucket-123'
const GOOD = policy({ Effect: 'Allow', Action: 's3:GetObject', Resource: `${BUCKET}/data/*` })
const BAD = policy({ Effect: 'Allow', Action: ['s3:ListBucket', 's3:HeadObject'], Resource: BUCKET })

describe('policy check', () => {
  it('points at the place like a compiler and exits 1', async () => {
    const path = await file('bad.json', BAD)
    const { exit, out, err } = await sluice(['policy', 'check', path])
    expect(exit).toBe(1)
    expect(out).toContain(`${path}:8:9: error: There is no action s3:HeadObject`)
    expect(out).toContain('8 │         "s3:HeadObject"\n            ^^^^^^^^^^^^^^^\n')
    expect(out).toContain('instead  Write s3:GetObject.')
    expect(err).toContain('1 error; 1 policy in 1 file')
  })

  it('exits 0 on clean policies and on warnings', async () => {
    const clean = await file('good.json', GOOD)
    expect(await sluice(['policy', 'check', clean])).toMatchObject({ exit: 0, out: '' })
    const wide = await file('wide.json', policy({ Effect: 'Allow', Action: '*', Resource: '*' }))
    const { exit, out } = await sluice(['policy', 'check', clean, wide])
    expect(exit).toBe(0)
    expect(out).toContain(': warning: * allows every action of every service. [broad-action]')
  })

  it('reads standard input, also a document on one line', async () => {
    const { exit, out } = await sluice(['policy', 'check', '-'], JSON.stringify({ ...BAD, Id: 'x'.repeat(400) }))
    expect(exit).toBe(1)
    expect(out).toContain('standard input:1:')
    const [, shown = '', mark = ''] = out.split('\n')
    expect(shown.length).toBeLessThan(170)
    expect(shown.slice(mark.indexOf('^'), mark.lastIndexOf('^') + 1)).toBe('"s3:HeadObject"')
  })

  it('prints JSON with pointers, positions and patches', async () => {
    const path = await file('bad.json', BAD)
    const { exit, out } = await sluice(['policy', 'check', path, '--json'])
    expect(exit).toBe(1)
    expect(JSON.parse(out)).toMatchObject({
      files: [
        {
          file: path,
          policies: [{ pointer: '', kind: 'identity' }],
          findings: [
            {
              rule: 'unknown-action',
              pointer: '/Statement/0/Action/1',
              position: { line: 8, column: 9, endLine: 8, endColumn: 24 },
              patch: [{ op: 'replace', path: '/Statement/0/Action/1', value: 's3:GetObject' }],
            },
          ],
        },
      ],
      errors: 1,
      warnings: 0,
      notes: 0,
    })
  })

  it('takes the kind as told, and refuses one it does not know', async () => {
    const path = await file('trust.json', policy({ Effect: 'Allow', Principal: { AWS: '123456789012' }, Action: 'sts:AssumeRole' }))
    expect((await sluice(['policy', 'check', path])).out).toContain('[missing-external-id]')
    expect((await sluice(['policy', 'check', path, '--kind', 'identity'])).out).toContain('[malformed]')
    expect((await sluice(['policy', 'check', path, '--kind', 'bucket'])).exit).toBe(2)
  })

  it('tells a file it cannot read from one that is wrong', async () => {
    expect((await sluice(['policy', 'check', join(folder, 'nothing.json')])).exit).toBe(2)
    expect((await sluice(['policy', 'check'])).exit).toBe(2)
    const broken = await file('broken.json', '{\n  "Version": "2012-10-17",\n}')
    const { exit, out } = await sluice(['policy', 'check', broken])
    expect(exit).toBe(1)
    expect(out).toContain(`${broken}:3:1: error: } stands where`)
  })

  it('lets nothing in a document reach the terminal as it is', async () => {
    const { out } = await sluice(
      ['policy', 'check', '-'],
      JSON.stringify(policy({ Effect: 'Allow', Action: 's3:\u009b31mX', Resource: '*' })),
    )
    expect(out).toContain('u009b')
    // oxlint-disable-next-line no-control-regex -- these are what must not be there
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
  })

  it('writes a SARIF log of the published form', async () => {
    const path = await file('bad.json', BAD)
    const { exit, out } = await sluice(['policy', 'check', '--sarif', path, '-'], JSON.stringify(GOOD))
    expect(exit).toBe(1)
    const log: unknown = JSON.parse(out)
    expect(violations(log, 'log', '')).toEqual([])
    expect(log).toMatchObject({
      version: '2.1.0',
      runs: [
        {
          results: [
            {
              ruleId: 'unknown-action',
              level: 'error',
              locations: [
                {
                  physicalLocation: { artifactLocation: { index: 0 }, region: { startLine: 8, startColumn: 9, endLine: 8, endColumn: 24 } },
                },
              ],
              fixes: [{ artifactChanges: [{ replacements: [{ insertedContent: { text: '"s3:GetObject"' } }] }] }],
            },
          ],
        },
      ],
    })
    const { runs } = log as { runs: [{ tool: { driver: { rules: { id: string }[] } }; results: { ruleIndex: number; ruleId: string }[] }] } // checked above
    expect(runs[0].tool.driver.rules.map(({ id }) => id)).toEqual(LINT_RULES.map(({ id }) => id))
    for (const { ruleIndex, ruleId } of runs[0].results) expect(runs[0].tool.driver.rules[ruleIndex]?.id).toBe(ruleId)
  })
})

/** What of the published schema of SARIF 2.1.0 matters here: members allowed, members required, and the types of values. */
const SARIF: { readonly [type: string]: { readonly [member: string]: string } } = {
  log: { '$schema': 'uri', 'version!': 'version', 'runs!': 'run[]' },
  run: { 'tool!': 'tool', 'columnKind': 'columnKind', 'artifacts': 'artifact[]', 'results': 'result[]' },
  tool: { 'driver!': 'driver' },
  driver: { 'name!': 'text', 'semanticVersion': 'text', 'rules': 'rule[]' },
  rule: { 'id!': 'text', 'shortDescription': 'message', 'fullDescription': 'message', 'help': 'message', 'defaultConfiguration': 'configuration' },
  configuration: { 'level': 'level' },
  message: { 'text!': 'text' },
  artifact: { 'location': 'artifactLocation', 'mimeType': 'text' },
  artifactLocation: { 'uri': 'uri', 'index': 'count' },
  result: { 'ruleId': 'text', 'ruleIndex': 'count', 'level': 'level', 'message!': 'message', 'locations': 'location[]', 'fixes': 'fix[]' },
  location: { 'physicalLocation': 'physicalLocation', 'logicalLocations': 'logicalLocation[]' },
  logicalLocation: { 'fullyQualifiedName': 'text' },
  physicalLocation: { 'artifactLocation': 'artifactLocation', 'region': 'region' },
  region: { 'startLine': 'place', 'startColumn': 'place', 'endLine': 'place', 'endColumn': 'place' },
  fix: { 'description': 'message', 'artifactChanges!': 'artifactChange[]' },
  artifactChange: { 'artifactLocation!': 'artifactLocation', 'replacements!': 'replacement[]' },
  replacement: { 'deletedRegion!': 'region', 'insertedContent': 'message' },
} // prettier-ignore

const VALUES: { readonly [type: string]: (value: unknown) => boolean } = {
  text: (value) => typeof value === 'string' && value !== '',
  uri: (value) => typeof value === 'string' && URL.canParse(value, 'file:///base/') && !/[\s\\]/.test(value),
  version: (value) => value === '2.1.0',
  columnKind: (value) => value === 'utf16CodeUnits',
  level: (value) => value === 'none' || value === 'note' || value === 'warning' || value === 'error',
  count: (value) => Number.isInteger(value) && Number(value) >= 0,
  place: (value) => Number.isInteger(value) && Number(value) >= 1,
}

function violations(value: unknown, type: string, at: string): readonly string[] {
  if (type.endsWith('[]'))
    return Array.isArray(value)
      ? value.flatMap((item, index) => violations(item, type.slice(0, -2), `${at}/${index}`))
      : [`${at} is no list`]
  const test = VALUES[type]
  if (test) return test(value) ? [] : [`${at} is no ${type}`]
  if (typeof value !== 'object' || value === null) return [`${at} is no ${type}`]
  const members = SARIF[type] ?? {}
  const missing = Object.keys(members).filter((name) => name.endsWith('!') && !(name.slice(0, -1) in value))
  return [
    ...missing.map((name) => `${at} has no ${name}`),
    ...Object.entries(value).flatMap(([name, member]) => {
      const wanted = members[name] ?? members[`${name}!`]
      return wanted === undefined ? [`${at} has a member ${name}`] : violations(member, wanted, `${at}/${name}`)
    }),
  ]
}

describe('policy simulate', () => {
  const who = ['--principal', 'arn:aws:iam::987654321987:role/lake-test']
  const get = ['policy', 'simulate', ...who, '--call', 'GetObject', '--bucket', 'test-bucket-123']

  it('says which statement allows, and exits 0', async () => {
    const role = await file(
      'role.json',
      policy({ Sid: 'List', Effect: 'Allow', Action: 's3:ListBucket', Resource: BUCKET }, { Sid: 'Read', ...GOOD.Statement[0] }),
    )
    const { exit, out, err } = await sluice([...get, '--key', 'data/a.parquet', '--identity', role])
    expect(exit).toBe(0)
    expect(out).toContain('✓ allowed  GetObject s3://test-bucket-123/data/a.parquet')
    expect(out).toContain('statement 2 (Read)')
    expect(out).toContain('· statement 1 (List): Allow: s3:GetObject does not match s3:ListBucket')
    expect(err).toContain('no bucket policy')
  })

  it('exits 4 when a key is missing from the role, and says what AWS would', async () => {
    const key = 'arn:aws:kms:us-west-2:987654321987:key/0d7926a7-6ecc-4bf7-a9c1-a38f0faec0cd'
    const role = await file('role.json', GOOD)
    const keyPolicy = await file(
      'key.json',
      policy({ Effect: 'Allow', Principal: { AWS: '987654321987' }, Action: 'kms:*', Resource: '*' }),
    )
    const words = [...get, '--key', 'data/a.parquet', '--identity', role, '--kms-key', key]
    const { exit, out } = await sluice([...words, '--key-policy', keyPolicy])
    expect(exit).toBe(4)
    expect(out).toContain('✓ allowed  s3:GetObject')
    expect(out).toContain('✗ denied  kms:Decrypt')
    expect(out).toContain('because no identity-based policy allows the kms:Decrypt action')
    // Without the policy of the key nothing certain can be said.
    expect(await sluice(words)).toMatchObject({ exit: 2, err: expect.stringContaining('--key-policy') })
  })

  it('explains a Deny in the bucket policy by the values that made it', async () => {
    const role = await file('role.json', GOOD)
    const bucket = await file(
      'bucket.json',
      policy({
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [BUCKET, `${BUCKET}/*`],
        Condition: { NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
      }),
    )
    const words = [...get, '--key', 'data/a', '--identity', role, '--resource', bucket]
    const denied = await sluice([...words, '--json'])
    expect(denied.exit).toBe(4)
    expect(JSON.parse(denied.out)).toMatchObject({
      allowed: false,
      needs: [{ action: 's3:GetObject', effect: 'explicit-deny', layer: 'resource', decidedBy: { policy: bucket, index: 0 } }],
      absentKeys: ['aws:SourceIp'],
    })
    const allowed = await sluice([...words, '--context', 'aws:SourceIp=203.0.113.9'])
    expect(allowed.exit).toBe(0)
    expect(allowed.out).toContain('NotIpAddress does not hold for aws:SourceIp 203.0.113.9; wanted: 203.0.113.0/24')
    expect(allowed.err).not.toContain('taken as absent')
  })

  it('takes every level of the organization, boundary and session', async () => {
    const all = await file('all.json', policy({ Effect: 'Allow', Action: '*', Resource: '*' }))
    const none = await file('none.json', policy({ Effect: 'Allow', Action: 'ec2:*', Resource: '*' }))
    const perimeter = await file(
      'rcp.json',
      policy({
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: '*',
        Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } },
      }),
    )
    const words = [...get, '--key', 'data/a', '--identity', await file('role.json', GOOD)]
    const layerOf = async (more: readonly string[]) => {
      const { needs } = JSON.parse((await sluice([...words, ...more, '--json'])).out) as { needs: [{ allowed: boolean; layer?: string }] } // the form just tested
      return needs[0].allowed ? 'allowed' : needs[0].layer
    }
    expect(await layerOf(['--scp', all, '--scp', none])).toBe('scp')
    expect(await layerOf(['--scp', `${all},${none}`, '--boundary', all, '--session', all])).toBe('allowed')
    expect(await layerOf(['--boundary', none])).toBe('boundary')
    expect(await layerOf(['--session', none])).toBe('session')
    expect(await layerOf(['--rcp', perimeter])).toBe('rcp')
    expect(await layerOf(['--rcp', perimeter, '--context', 'aws:PrincipalOrgID=o-1'])).toBe('allowed')
    expect(await layerOf(['--bucket-owner', '123456789012'])).toBe('resource')
  })

  it('expands a copy into reading and writing, and several deletions into each', async () => {
    const role = await file(
      'copy.json',
      policy({ Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], Resource: `${BUCKET}/data/*` }),
    )
    const rest = [...who, '--bucket', 'test-bucket-123', '--identity', role]
    const copy = await sluice([
      'policy',
      'simulate',
      ...rest,
      '--call',
      'CopyObject',
      '--key',
      'data/b',
      '--source',
      's3://test-bucket-123/logs/a',
    ])
    expect(copy.exit).toBe(4)
    expect(copy.out).toContain(`✗ denied  s3:GetObject on ${BUCKET}/logs/a`)
    expect(copy.out).toContain(`✓ allowed  s3:PutObject on ${BUCKET}/data/b`)
    const deletion = await sluice(['policy', 'simulate', ...rest, '--call', 'DeleteObjects', '--key', 'data/a', '--key', 'logs/b'])
    expect(deletion.exit).toBe(4)
    expect(deletion.out.match(/(allowed|denied) {2}s3:DeleteObject on/g)).toHaveLength(2)
  })

  it('knows sessions, users, services, root and nobody', async () => {
    const bucket = await file(
      'open.json',
      policy({ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 's3:GetObject', Resource: `${BUCKET}/*` }),
    )
    const call = [
      '--call',
      'GetObject',
      '--bucket',
      'test-bucket-123',
      '--key',
      'a',
      '--bucket-owner',
      '987654321987',
      '--resource',
      bucket,
    ]
    const exitFor = async (principal: string) => (await sluice(['policy', 'simulate', '--principal', principal, ...call])).exit
    expect(await exitFor('lambda.amazonaws.com')).toBe(0)
    expect(await exitFor('anonymous')).toBe(4)
    expect(await exitFor('arn:aws:iam::987654321987:root')).toBe(0)
    expect(await exitFor('arn:aws:iam::987654321987:user/alice')).toBe(4)
    expect(await exitFor('arn:aws:sts::987654321987:assumed-role/lake-test/me')).toBe(4)
    expect(await exitFor('alice')).toBe(2)
  })

  it.each([
    ['no principal', ['--call', 'GetObject', '--bucket', 'b', '--key', 'k']],
    ['no call', [...who, '--bucket', 'b']],
    ['a call that does not exist', [...who, '--call', 'FetchObject', '--bucket', 'b']],
    ['no bucket', [...who, '--call', 'GetObject', '--key', 'k']],
    ['no key', [...who, '--call', 'GetObject', '--bucket', 'b']],
    ['a key of a listing', [...who, '--call', 'ListObjectsV2', '--bucket', 'b', '--key', 'k']],
    ['a copy of nothing', [...who, '--call', 'CopyObject', '--bucket', 'b', '--key', 'k']],
    ['a context without a value', [...who, '--call', 'ListObjectsV2', '--bucket', 'b', '--context', 'aws:SourceIp']],
    ['a file that is not there', [...who, '--call', 'ListObjectsV2', '--bucket', 'b', '--identity', '/nowhere/x.json']],
    ['an account that is none', [...who, '--call', 'ListObjectsV2', '--bucket', 'b', '--bucket-owner', 'mine']],
  ])('exits 2 for %s', async (_what, words) => {
    expect(await sluice(['policy', 'simulate', ...words])).toMatchObject({ exit: 2, out: '' })
  })

  it('refuses a policy that AWS would refuse', async () => {
    const path = await file('odd.json', { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'GetObject', Resource: '*' }] })
    const { exit, err } = await sluice([...get, '--key', 'k', '--identity', path])
    expect(exit).toBe(2)
    expect(err).toContain('malformed')
  })
})
