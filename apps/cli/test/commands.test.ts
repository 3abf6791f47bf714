import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CHECKS } from '@sluice/core'
import { describe, expect, it } from 'vitest'
import { CANARIES } from '@sluice/server/testing'
import { commandLine } from './terminal.ts'

const ROLE = [
  '--location',
  's3://test-bucket-123/data/',
  '--role-arn',
  'arn:aws:iam::987654321987:role/databend-test',
  '--purpose',
  'import',
]

const KEY_FILE = '{\n  "type": "service_account",\n  "private_key": "-----BEGIN PRIVATE KEY-----\\nMII\\n-----END PRIVATE KEY-----\\n"\n}\n'

async function withAcme() {
  const made = commandLine()
  await made.sluice(['connection', 'create', 'acme', ...ROLE])
  return made
}

describe('connection create', () => {
  it('shows the external id and what to do next', async () => {
    const { sluice } = commandLine()
    const { exit, out, err } = await sluice(['connection', 'create', 'acme', ...ROLE])
    expect(exit).toBe(0)
    expect(out).toContain(`external id  ${CANARIES.externalId} (issued)`)
    expect(out).toContain('s3://test-bucket-123/data/')
    expect(err).toContain('sluice connection setup acme')
  })

  it('takes the name before or after the flags, and --flag=value', async () => {
    const { sluice } = commandLine()
    expect(
      (await sluice(['connection', 'create', '--role-arn=arn:aws:iam::987654321987:role/a', '--location', 's3://b/', 'one'])).exit,
    ).toBe(0)
    expect((await sluice(['connection', 'create', '--location', 's3://b/', 'two', '--account-id', '987654321987'])).exit).toBe(0)
    const { out } = await sluice(['connection', 'list', '--json'])
    expect(JSON.parse(out)).toMatchObject({ connections: [{ name: 'one' }, { name: 'two' }] })
  })

  it('leaves it to the server to read URLs as a browser shows them', async () => {
    const { sluice } = commandLine()
    const url = 'https://test-bucket-123.s3.us-west-2.amazonaws.com/data/'
    const pasted = await sluice(['connection', 'create', 'pasted', '--location', url, '--account-id', '987654321987'])
    expect(pasted.err).toContain('is no S3 URL')
  })

  it('tells the cloud by whatever form of URL the server knows', async () => {
    const { sluice } = commandLine()
    const pasted = ['--location', 'https://storage.googleapis.com/test-bucket-123/data/', '--json']
    const { out } = await sluice(['connection', 'create', 'pasted', ...pasted, '--provider', 'projects/1/x'])
    expect(JSON.parse(out)).toMatchObject({ connection: { cloud: 'gcp', auth: { method: 'federation' } } })
    const mixed = await sluice(['connection', 'create', 'mixed', '--location', 's3://a/', '--location', 'gs://b/'])
    expect([mixed.exit, mixed.err]).toEqual([2, expect.stringContaining('several clouds')])
    const nowhere = await sluice(['connection', 'create', 'nowhere', '--provider', 'projects/1/x'])
    expect([nowhere.exit, nowhere.err]).toEqual([2, expect.stringContaining('--cloud (aws, gcp)')])
  })

  it('takes the first method that the fields complete, and names the others', async () => {
    const { sluice } = commandLine()
    const create = ['connection', 'create', '--location', 'gs://test-bucket-123/', '--service-account', 'reader@project']
    const { out, err } = await sluice([...create, 'one'])
    expect(out).toMatch(/method\s+federation/)
    expect(err).toContain('The method is federation; grant would take the same fields')
    const named = await sluice([...create, 'two', '--method', 'grant'])
    expect(named.out).toMatch(/method\s+grant/)
    expect(named.err).not.toContain('would take')
  })

  it.each([
    ['a file', (path: string) => [`@${path}`], {}],
    ['standard input', () => ['-'], { stdin: KEY_FILE }],
    ['the environment', () => [], { environment: { SLUICE_SERVICE_ACCOUNT_KEY: KEY_FILE } }],
    ['a prompt', () => [], { typed: KEY_FILE.split('\n') }],
  ])('takes a secret of several lines from %s', async (_from, words, given) => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-key-'))
    const path = join(folder, 'key.json')
    await writeFile(path, KEY_FILE)
    const { sluice, services } = commandLine()
    const value = words(path).flatMap((word) => ['--service-account-key', word])
    const create = ['connection', 'create', 'keyed', '--location', 'gs://b/', '--method', 'service-account-key']
    expect(await sluice([...create, ...value], given)).toMatchObject({ exit: 0 })
    expect([...services.vault.values()]).toEqual([{ serviceAccountKey: KEY_FILE.trim() }])
    await rm(folder, { recursive: true })
  })

  it('says which file cannot be read, and that standard input holds one value only', async () => {
    const { sluice } = commandLine()
    const create = ['connection', 'create', 'keyed', '--location', 's3://b/']
    const gone = await sluice([...create, '--access-key-id', 'AKIAIOSFODNN7EXAMPLE', '--secret-access-key', '@/nowhere/secret'])
    expect([gone.exit, gone.err]).toEqual([2, expect.stringContaining('/nowhere/secret')])
    const both = await sluice([...create, '--access-key-id', '-', '--secret-access-key', '-'], { stdin: 'x' })
    expect([both.exit, both.err]).toEqual([2, expect.stringContaining('--access-key-id and --secret-access-key')])
  })

  it('refuses a credential in a URL with the flags to give it by, or has it stored when told', async () => {
    const { sluice, services } = commandLine()
    const url = `s3://AKIAIOSFODNN7EXAMPLE:${CANARIES.secretAccessKey}@test-bucket-123/data/`
    const refused = await sluice(['connection', 'create', 'pasted', '--location', url])
    expect(refused.exit).toBe(2)
    expect(refused.err).toContain('of the method keys')
    expect(refused.err).toContain('Write --location s3://test-bucket-123/data/ and give it by --access-key-id … --secret-access-key -')
    const stored = await sluice(['connection', 'create', 'pasted', '--location', '-', '--credential-in-url', 'store'], {
      stdin: `${url}\n`,
    })
    expect(stored).toMatchObject({ exit: 0, out: expect.stringMatching(/method\s+keys/) })
    expect([...services.vault.values()]).toEqual([{ secretAccessKey: CANARIES.secretAccessKey }])
    expect(refused.out + refused.err + stored.out + stored.err).not.toContain(CANARIES.secretAccessKey)
  })

  it('makes a connection whose secret comes later, where the setup makes it', async () => {
    const { sluice, services } = commandLine()
    const { exit, err } = await sluice(['connection', 'create', 'keyed', '--method', 'keys', '--location', 's3://b/'])
    expect({ exit, err }).toMatchObject({ exit: 0 })
    expect(services.vault.size).toBe(0)
    expect(err).toContain('sluice connection update keyed --access-key-id … --secret-access-key …')
    const half = await sluice(['connection', 'create', 'half', '--access-key-id', 'AKIAIOSFODNN7EXAMPLE', '--location', 's3://b/'])
    expect(half).toMatchObject({ exit: 2, err: expect.stringContaining('--secret-access-key is missing') })
  })

  it('lists the fields when a flag is unknown', async () => {
    const { sluice } = commandLine()
    const { exit, err } = await sluice(['connection', 'create', 'acme', ...ROLE, '--colour', 'red'])
    expect(exit).toBe(2)
    expect(err).toContain('Unknown flag --colour')
    expect(err).toContain('--role-arn, --account-id')
    expect(err).toContain('--access-key-id, --secret-access-key')
  })

  it('refuses a purpose or a setting it does not know, and says which there are', async () => {
    const { sluice } = commandLine()
    const { exit, err } = await sluice(['connection', 'create', 'acme', '--purpose', 'imports'])
    expect(exit).toBe(2)
    expect(err).toContain('import, export, backup, logs, purge')
  })

  it.each([
    ['standard input', ['--secret-access-key', '-'], { stdin: `${CANARIES.secretAccessKey}\n` }],
    ['the environment', [], { environment: { SLUICE_SECRET_ACCESS_KEY: CANARIES.secretAccessKey } }],
    ['a prompt', [], { typed: [CANARIES.secretAccessKey] }],
  ])('takes a secret from %s and shows it nowhere', async (_from, words, given) => {
    const { sluice, services, lines } = commandLine()
    const create = ['connection', 'create', 'keyed', '--location', 's3://b/', '--access-key-id', 'AKIAIOSFODNN7EXAMPLE']
    const ran = await sluice([...create, ...words], given)
    expect(ran).toMatchObject({ exit: 0 })
    expect([...services.vault.values()]).toEqual([{ secretAccessKey: CANARIES.secretAccessKey }])
    expect(ran.out + ran.err + lines.join('')).not.toContain(CANARIES.secretAccessKey)
    expect(ran.out).toContain('********')
  })

  it('refuses a secret on the command line, without repeating it', async () => {
    const { sluice, services } = commandLine()
    const create = ['connection', 'create', 'keyed', '--location', 's3://b/', '--access-key-id', 'AKIAIOSFODNN7EXAMPLE']
    const { exit, err } = await sluice([...create, '--secret-access-key', CANARIES.secretAccessKey])
    expect(exit).toBe(2)
    expect(err).toContain('--secret-access-key -')
    expect(err).not.toContain(CANARIES.secretAccessKey)
    expect(services.vault.size).toBe(0)
  })

  it('asks for nothing with --no-input', async () => {
    const { sluice, prompts } = commandLine()
    const create = ['connection', 'create', 'keyed', '--location', 's3://b/', '--method', 'keys', '--access-key-id', 'AKIAIOSFODNN7EXAMPLE']
    const { exit, err } = await sluice([...create, '--no-input'], { typed: [CANARIES.secretAccessKey] })
    expect([exit, prompts]).toEqual([2, []])
    expect(err).toContain('SLUICE_SECRET_ACCESS_KEY')
  })
})

describe('connection', () => {
  it('is listed, shown, changed, disabled and enabled', async () => {
    const { sluice } = await withAcme()
    expect((await sluice(['connection', 'list'])).out).toMatch(/acme\s+waiting\s+aws\s+role\s+list read/)
    expect((await sluice(['connection', 'update', 'acme', '--description', 'flights', '--region', 'us-west-2'])).out).toContain('flights')
    const { out } = await sluice(['connection', 'show', 'acme', '--json'])
    expect(JSON.parse(out)).toMatchObject({ connection: { description: 'flights', settings: { region: 'us-west-2' }, version: 2 } })
    expect((await sluice(['connection', 'disable', 'acme'])).out).toContain('disabled')
    expect((await sluice(['connection', 'enable', 'acme'])).exit).toBe(0)
  })

  it('shows when a secret ends, and how near that is', async () => {
    const { sluice } = await withAcme()
    expect((await sluice(['connection', 'list'])).out).not.toContain('secret')
    const keys = ['--location', 's3://b/', '--access-key-id', 'AKIAIOSFODNN7EXAMPLE', '--secret-access-key', '-']
    const create = async (name: string, end: string) =>
      await sluice(['connection', 'create', name, ...keys, '--secret-expires-at', end], { stdin: CANARIES.secretAccessKey })
    expect((await create('old', '2020-01-31')).err).toMatch(
      /! The secret ended \d+ days ago\. Give a new one: sluice connection rotate old/,
    )
    expect((await create('young', '2200-01-31T12:00:00Z')).err).not.toContain('The secret')
    const { out } = await sluice(['connection', 'list'])
    expect(out).toMatch(/old +waiting +ended \d+ days ago +aws/)
    expect(out).toMatch(/young +waiting +ends in \d+ days +aws/)
    expect(out).toMatch(/acme +waiting +aws/)
    expect((await sluice(['connection', 'show', 'young'])).out).toMatch(/secret ends +2200-01-31T12:00:00Z/)
    const shown = JSON.parse((await sluice(['connection', 'show', 'old', '--json'])).out)
    expect(shown).toMatchObject({ connection: { expiry: { endsAt: '2020-01-31T00:00:00.000Z', warning: 'over' } } })
  })

  it('says so when there is nothing to change', async () => {
    const { sluice } = await withAcme()
    expect(await sluice(['connection', 'update', 'acme'])).toMatchObject({ exit: 2 })
  })

  it('is deleted only when confirmed by its name, and the plan is shown first', async () => {
    const { sluice } = await withAcme()
    const silent = await sluice(['connection', 'delete', 'acme'])
    expect(silent.exit).toBe(2)
    expect(silent.err).toContain('account 987654321987')
    expect((await sluice(['connection', 'delete', 'acme'], { typed: ['acm'] })).exit).toBe(2)
    expect((await sluice(['connection', 'show', 'acme'])).exit).toBe(0)
    expect((await sluice(['connection', 'delete', 'acme'], { typed: ['acme'] })).exit).toBe(0)
    expect((await sluice(['connection', 'show', 'acme'])).exit).toBe(5)
  })

  it('exits 6 while stages use it', async () => {
    const { sluice } = await withAcme()
    await sluice(['stage', 'create', 'flights', '--connection', 'acme', '--url', 's3://test-bucket-123/data/'])
    const { exit, err } = await sluice(['connection', 'delete', 'acme', '--yes'])
    expect(exit).toBe(6)
    expect(err).toContain('Delete what refers to it first')
  })
})

describe('connection setup', () => {
  it('prints promise, facts and documents, and what the evaluator proved', async () => {
    const { sluice } = await withAcme()
    const { out } = await sluice(['connection', 'setup', 'acme', '--role-name', 'reader'])
    expect(out).toContain('We will be able to list and read')
    expect(out).toMatch(/Role name\s+reader/)
    expect(out).toContain('{"Version":"2012-10-17"}')
    expect(out).toContain('1 claims about what this allows and denies hold')
  })

  it('takes the options of every cloud, a date as a time', async () => {
    const { sluice, services } = await withAcme()
    const google = ['--project-id', 'acme-prod', '--pool-id', 'sluice', '--custom-role-id', 'reader']
    await sluice(['connection', 'setup', 'acme', ...google, '--resource-group', 'rg', '--expires-at', '2030-01-31'])
    expect(services.setupOptions).toEqual([
      { projectId: 'acme-prod', poolId: 'sluice', customRoleId: 'reader', resourceGroup: 'rg', expiresAt: '2030-01-31T00:00:00.000Z' },
    ])
    const bad = await sluice(['connection', 'setup', 'acme', '--expires-at', 'tomorrow'])
    expect([bad.exit, bad.err]).toEqual([2, expect.stringContaining('2030-01-31')])
  })

  it('prints one artifact, and nothing else, to standard output', async () => {
    const { sluice } = await withAcme()
    expect(await sluice(['connection', 'setup', 'acme', '--artifact', 'permission-policy'])).toEqual({
      exit: 0,
      out: '{"Version":"2012-10-17"}\n',
      err: '',
    })
    const unknown = await sluice(['connection', 'setup', 'acme', '--artifact', 'nothing'])
    expect(unknown).toMatchObject({ exit: 2, out: '' })
    expect(unknown.err).toContain('permission-policy, terraform')
  })

  it('writes all artifacts into a folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-setup-'))
    const { sluice } = await withAcme()
    const { out } = await sluice(['connection', 'setup', 'acme', '--output', join(folder, 'new'), '--tag', 'team=a', '--json'])
    expect(JSON.parse(out)).toMatchObject({
      files: [
        expect.stringContaining('permission-policy.json'),
        expect.stringContaining('sluice.tf'),
        expect.stringContaining('README.md'),
      ],
    })
    expect(await readdir(join(folder, 'new'))).toEqual(['README.md', 'permission-policy.json', 'sluice.tf'])
    expect(await readFile(join(folder, 'new', 'sluice.tf'), 'utf8')).toBe('{"team":"a"}\n')
    await rm(folder, { recursive: true })
  })

  it('prints the published link alone', async () => {
    const { sluice } = await withAcme()
    expect((await sluice(['setup', 'publish', 'acme'])).out).toBe('https://console.example/quick\n')
  })
})

describe('connection history', () => {
  it('says what to do where there is none, and lists what there is', async () => {
    const { sluice } = await withAcme()
    expect((await sluice(['connection', 'history', 'acme'])).err).toContain('sluice connection validate acme')
    await sluice(['connection', 'validate', 'acme'])
    const { exit, out } = await sluice(['connection', 'history', 'acme'])
    expect([exit, out.split('\n')[0]]).toEqual([0, expect.stringMatching(/^at +verdict +what does not hold +ms$/)])
    expect(out).toMatch(/passed +–/)
    expect(JSON.parse((await sluice(['connection', 'history', 'acme', '--json'])).out)).toMatchObject({ verdict: 'passed' })
  })
})

describe('connection diagnose', () => {
  it('prints what was found for people and for programs, and exits 1', async () => {
    const { sluice } = await withAcme()
    const { exit, out, err } = await sluice(['connection', 'diagnose', 'acme'])
    expect(exit).toBe(1)
    expect(err).toBe('… what a job would\n')
    expect(out).toMatch(/The temporary credential has expired +aws\.cred\.expired · the cloud says so/)
    const { out: json } = await sluice(['connection', 'diagnose', 'acme', '--json'])
    expect(JSON.parse(json)).toMatchObject({ verdict: 'blocked', findings: [{ cause: 'aws.cred.expired', certainty: 'strong' }] })
  })
})

describe('connection validate', () => {
  it('exits 0 when all holds, with one line for each check in their order', async () => {
    const { sluice } = await withAcme()
    const { exit, out } = await sluice(['connection', 'validate', 'acme'])
    expect(exit).toBe(0)
    const lines = out.split('\n')
    expect(lines[0]).toMatch(/^✓ passed\s+Configuration is well formed\s+1 ms$/)
    expect(lines.filter((line) => line.startsWith('✓'))).toHaveLength(18)
    const shown = lines.slice(0, 18).map((line) => CHECKS.findIndex((check) => line.includes(check.title)))
    expect(shown).toEqual(shown.toSorted((a, b) => a - b))
    expect(new Set(shown).size).toBe(18)
    expect(out).toContain('18 of 18 hold')
  })

  it('exits 1 and says what to change when one does not', async () => {
    const { sluice } = commandLine()
    await sluice(['connection', 'create', 'broken', ...ROLE])
    const { exit, out } = await sluice(['connection', 'validate', 'broken'])
    expect(exit).toBe(1)
    expect(out).toMatch(/✗ failed\s+Trust accepts us\s+12 ms {2}aws\.sts\.denied/)
    expect(out).toContain('3 of 18 hold · 1 failed · 14 skipped')
    for (const text of [
      'The role refused us',
      'trust relationships',
      'Write the external id',
      'aws iam update-assume-role-policy',
      'Validate again.',
      'aws-request-1',
    ])
      expect(out).toContain(text)
  })

  it('prints the report for programs', async () => {
    const { sluice } = await withAcme()
    const { exit, out } = await sluice(['connection', 'validate', 'acme', '--json'])
    expect([exit, JSON.parse(out)]).toMatchObject([0, { verdict: 'passed', connection: 'acme' }])
  })

  it('draws rows in place on a terminal, each at its line, none wider than it', async () => {
    const { sluice } = await withAcme()
    const { out } = await sluice(['connection', 'validate', 'acme'], { columns: 60 })
    const frames = out.split('\u001b[18A')
    expect(frames.length).toBeGreaterThan(18)
    for (const frame of frames.slice(1, -1)) expect(frame.split('\n').filter((line) => line.includes('\u001b[K'))).toHaveLength(18)
    for (const line of out.split('\n')) expect(line.replaceAll(/\u001b\[\d*[A-Z]|\r/g, '').length).toBeLessThan(60)
  })

  it('is interrupted with 130, and the checks are cancelled', async () => {
    const { sluice, services } = commandLine()
    await sluice(['connection', 'create', 'slow', ...ROLE])
    const interrupt = new AbortController()
    const ran = sluice(['connection', 'validate', 'slow'], { signal: interrupt.signal })
    while (services.work.length === 0) await new Promise((resolve) => setImmediate(resolve))
    interrupt.abort()
    expect((await ran).exit).toBe(130)
    expect(services.work[0]?.aborted).toBe(true)
  })
})

describe('connection rotate', () => {
  const NEW = ['--access-key-id', 'AKIAI44QH8DHBEXAMPLE', '--secret-access-key', '-']
  const keyed = async (name: string) => {
    const made = commandLine()
    const keys = ['--location', 's3://b/', '--access-key-id', 'AKIAIOSFODNN7EXAMPLE', '--secret-access-key', '-']
    await made.sluice(['connection', 'create', name, ...keys], { stdin: 'old' })
    return made
  }

  it('shows the checks as they go, and says that the new secret is in use', async () => {
    const { sluice } = await keyed('legacy')
    const { exit, out, err } = await sluice(['connection', 'rotate', 'legacy', ...NEW], { stdin: CANARIES.secretAccessKey })
    expect(exit).toBe(0)
    expect(out).toMatch(/✓ passed\s+Configuration is well formed/)
    expect(out).toContain('✓ legacy uses the new secret')
    expect(out + err).not.toContain(CANARIES.secretAccessKey)
    expect((await sluice(['connection', 'show', 'legacy'])).out).toContain('AKIAI44QH8DHBEXAMPLE')
  })

  it('exits 1 and keeps the present secret when the new one fails; then tries it again or drops it', async () => {
    const { sluice } = await keyed('broken')
    const failed = await sluice(['connection', 'rotate', 'broken', ...NEW], { stdin: 'new' })
    expect(failed.exit).toBe(1)
    expect(failed.out).toContain('broken goes on with its present secret')
    expect((await sluice(['connection', 'show', 'broken'])).out).toMatch(/new secret\s+added 2026-01-01T00:00:00Z, not tried yet/)
    const again = await sluice(['connection', 'rotate', 'broken', '--json'])
    expect([again.exit, JSON.parse(again.out)]).toMatchObject([
      1,
      { outcome: 'kept', connection: { next: { auth: { secret: '********' } } } },
    ])
    expect((await sluice(['connection', 'rotate', 'broken', '--abandon'])).out).toContain('dropped')
    expect((await sluice(['connection', 'rotate', 'broken', '--abandon'])).exit).toBe(5)
  })

  it('asks for the secret alone, and refuses one on the command line', async () => {
    const { sluice, prompts } = await keyed('legacy')
    expect((await sluice(['connection', 'rotate', 'legacy'], { typed: ['new'] })).exit).toBe(0)
    expect(prompts).toEqual(['Secret access key'])
    expect((await sluice(['connection', 'rotate', 'legacy', '--secret-access-key', 'new'])).exit).toBe(2)
  })
})

describe('lease create', () => {
  it('prints variables that a shell can take', async () => {
    const { sluice } = await withAcme()
    const { out } = await sluice(['lease', 'create', 'acme'])
    expect(out.split('\n').slice(0, 3)).toEqual([
      "export AWS_ACCESS_KEY_ID='ASIAEXAMPLE'",
      "export AWS_SECRET_ACCESS_KEY='handed-out'",
      "export AWS_SESSION_TOKEN='session'",
    ])
  })

  it('prints what AWS tools take, and JSON', async () => {
    const { sluice } = await withAcme()
    const process = JSON.parse((await sluice(['lease', 'create', 'acme', '--format', 'credential_process'])).out)
    expect(process).toEqual({
      Version: 1,
      AccessKeyId: 'ASIAEXAMPLE',
      SecretAccessKey: 'handed-out',
      SessionToken: 'session',
      Expiration: '2030-01-01T00:00:00.000Z',
    })
    const json = JSON.parse((await sluice(['lease', 'create', 'acme', '--json', '--access', 'write', '--access', 'read'])).out)
    expect(json).toMatchObject({ access: ['read', 'write'], narrowed: true })
  })
})

describe('stage', () => {
  it('is created, listed, shown, looked into and deleted', async () => {
    const { sluice } = await withAcme()
    const create = ['stage', 'create', 'flights', '--connection', 'acme', '--url', 's3://test-bucket-123/data/', '--format', 'csv']
    expect((await sluice([...create, '--skip-header', '1'])).out).toMatch(/format\s+csv, compression auto/)
    expect((await sluice(create)).exit).toBe(6)
    expect((await sluice([...create, '--if-not-exists'])).exit).toBe(0)
    expect((await sluice(['stage', 'list'])).out).toContain('s3://test-bucket-123/data/')
    expect((await sluice(['stage', 'show', 'flights'])).out).toMatch(/format skipHeader\s+1/)
    const files = await sluice(['stage', 'files', 'flights'])
    expect(files.out).toMatch(/data\/a\.parquet\s+1\.2 kB/)
    expect(JSON.parse((await sluice(['stage', 'files', 'flights', '--limit', '1', '--json'])).out)).toMatchObject({
      more: true,
      files: [{ key: 'data/a.parquet' }],
    })
    expect((await sluice(['stage', 'delete', 'flights'])).exit).toBe(0)
    expect((await sluice(['stage', 'delete', 'flights'])).exit).toBe(5)
    expect((await sluice(['stage', 'delete', 'flights', '--if-exists'])).exit).toBe(0)
  })
})

describe('sql', () => {
  it('draws a table with numbers to the right, NULL marked and figures below', async () => {
    const { sluice } = commandLine()
    const { exit, out, err } = await sluice(['sql', 'SELECT 1'])
    expect(exit).toBe(0)
    expect(out).toBe(['origin  delay  note', '──────  ─────  ────', 'LAX        12  NULL', '東京       -3  late', ''].join('\n'))
    expect(err).toBe('2 rows · 7 ms · 2.0 kB of 5.0 MB fetched\n')
  })

  it('reads a file, standard input and several statements, one JSON object a line', async () => {
    const { sluice } = commandLine()
    const folder = await mkdtemp(join(tmpdir(), 'sluice-sql-'))
    await writeFile(join(folder, 'a.sql'), 'CREATE STAGE s; SELECT 2')
    for (const ran of [
      await sluice(['sql', '-f', join(folder, 'a.sql'), '--json']),
      await sluice(['sql', '-', '--json'], { stdin: 'CREATE STAGE s; SELECT 2' }),
    ]) {
      const kinds = ran.out
        .trim()
        .split('\n')
        .map((line): unknown => JSON.parse(line))
      expect(kinds).toMatchObject([
        { kind: 'done', message: 'Stage created.' },
        { kind: 'rows', statement: 'SELECT 2' },
      ])
    }
    expect((await sluice(['sql', '-f', join(folder, 'none.sql')])).exit).toBe(2)
    await rm(folder, { recursive: true })
  })

  it('underlines the place of an error and exits 1', async () => {
    const { sluice } = commandLine()
    const { exit, err } = await sluice(['sql', 'SELECT 1 FROMM t'])
    expect(exit).toBe(1)
    expect(err).toContain('1 │ SELECT 1 FROMM t\n             ^^^^^\n')
    expect(err).toContain('sql.syntax')
    const json = await sluice(['sql', 'SELECT 1 FROMM t', '--json'])
    expect(JSON.parse(json.out)).toMatchObject({ error: { reason: 'sql.syntax', context: { line: 1, column: 10 } } })
  })

  it('says that a defect is one, with the request id to quote', async () => {
    const { sluice } = commandLine()
    const { exit, err } = await sluice(['sql', 'CRASH'])
    expect(exit).toBe(1)
    expect(err).toMatch(/request id\s+req_/)
    expect(err).not.toContain(CANARIES.cause)
  })
})

describe('finding a server', () => {
  it('exits 3 with the command that starts one when there is none', async () => {
    const { sluice } = commandLine()
    const { exit, err } = await sluice(['platform', 'show'], { environment: { SLUICE_SERVER_URL: '', SLUICE_TOKEN: '' } })
    expect(exit).toBe(3)
    expect(err).toContain('sluice server start')
  })

  it('reads the context file, and gives its token to no other server', async () => {
    const { sluice } = commandLine()
    const folder = await mkdtemp(join(tmpdir(), 'sluice-context-'))
    await writeFile(
      join(folder, 'context.json'),
      JSON.stringify({ server: 'http://sluice.test', token: 'sluice_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' }),
    )
    const environment = { SLUICE_SERVER_URL: '', SLUICE_TOKEN: '', SLUICE_DATA_DIR: folder }
    expect((await sluice(['platform', 'show'], { environment })).exit).toBe(0)
    expect((await sluice(['platform', 'show', '--server', 'http://sluice.test/'], { environment })).exit).toBe(0)
    expect((await sluice(['platform', 'show', '--server', 'http://other.test'], { environment })).exit).toBe(3)
    await writeFile(join(folder, 'context.json'), '{"server":"http://sluice.test","token":')
    const broken = await sluice(['platform', 'show'], { environment })
    expect(broken.exit).toBe(2)
    expect(broken.err).toContain('context.json')
    await rm(folder, { recursive: true })
  })

  it('exits 3 on a token nobody issued, and 2 on an address that is none', async () => {
    const { sluice } = commandLine()
    expect((await sluice(['cloud', 'list'], { environment: { SLUICE_TOKEN: 'sluice_wrong' } })).exit).toBe(3)
    expect((await sluice(['cloud', 'list', '--server', 'localhost'])).exit).toBe(2)
  })
})

describe('the rest', () => {
  it('shows the platform, the clouds and the audit', async () => {
    const { sluice } = await withAcme()
    expect((await sluice(['platform', 'show'])).out).toContain('arn:aws:iam::123456789012:role/sluice')
    expect((await sluice(['cloud', 'list'])).out).toMatch(/aws\s+role\s+none\s+narrowed\s+list read write delete\s+template cli\n/)
    expect(JSON.parse((await sluice(['cloud', 'list', '--json'])).out)).toMatchObject({
      clouds: [{ id: 'aws', methods: [{ id: 'role' }, { id: 'keys' }] }, { id: 'gcp' }],
    })
    expect((await sluice(['audit', 'list'])).out).toMatch(/connection\.create\s+acme\s+ok\s+token:project_one/)
    const [first] = (await sluice(['audit', 'list', '--json', '--action', 'connection.create'])).out.trim().split('\n')
    expect(JSON.parse(first ?? '')).toMatchObject({ action: 'connection.create', target: 'acme' })
  })

  it('shows one cloud with the fields of its methods, and says which there are', async () => {
    const { sluice } = commandLine()
    const { out } = await sluice(['cloud', 'show', 'aws'])
    expect(out).toMatch(/in SQL\s+STORAGE_TYPE = 's3'/)
    expect(out).toMatch(/can\s+presigned URLs, writes that never overwrite, uploads in parts/)
    expect(out).toMatch(/--secret-access-key\s+Secret access key\. Required\. A secret\./)
    expect(JSON.parse((await sluice(['cloud', 'show', 'aws', '--json'])).out)).toMatchObject({ cloud: { id: 'aws' } })
    const unknown = await sluice(['cloud', 'show', 'moon'])
    expect([unknown.exit, unknown.err]).toEqual([2, expect.stringContaining('There are aws, gcp.')])
  })

  it('prints the OpenAPI document', async () => {
    const { sluice } = commandLine()
    expect(JSON.parse((await sluice(['openapi', 'print'])).out)).toMatchObject({ openapi: '3.1.0' })
  })

  it('tells a mistake as any other error, naming the help that explains it', async () => {
    const { sluice } = commandLine()
    const { exit, err } = await sluice(['stage', 'files', '--limit'])
    expect(exit).toBe(2)
    expect(err).toMatch(/^✗ Option '--limit <n>' argument missing\.\n {2}what to do +See sluice stage files --help\.\n$/)
    const json = await sluice(['conection', 'list', '--json'])
    expect(json.err).toBe('')
    expect(JSON.parse(json.out)).toMatchObject({
      error: {
        reason: 'cli.usage',
        message: "Unknown command 'conection'. Did you mean connection?",
        remedy: expect.stringContaining('sluice --help'),
      },
    })
  })

  it('tells a newcomer where to begin', async () => {
    const { sluice } = commandLine()
    const { out } = await sluice(['--help'])
    expect(out).toMatch(/Begin here:\n {2}sluice demo/)
    expect(out).toMatch(/connection\s+Access to a customer's bucket: create, list/)
  })

  it('exits 2 on a mistake, with a suggestion, and 0 on --help', async () => {
    const { sluice } = commandLine()
    const typo = await sluice(['connection', 'lst'])
    expect(typo.exit).toBe(2)
    expect(typo.err).toContain('list')
    expect((await sluice(['sql', 'SELECT 1', 'SELECT 2'])).exit).toBe(2)
    expect((await sluice(['connection', 'show'])).exit).toBe(2)
    expect((await sluice(['stage', 'list', '--limits', '3'])).exit).toBe(2)
    const help = await sluice(['connection', 'create', '--help'])
    expect(help.exit).toBe(0)
    expect(help.out).toContain('sluice cloud show')
  })
})
