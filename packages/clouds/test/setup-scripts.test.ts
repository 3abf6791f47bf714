import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Connection, Setup, SetupOptions } from '@sluice/core'
import { setupAws } from '../src/aws/setup/index.ts'
import { emptyFakeState, fakeAws, type FakeAws } from './support/fake-aws.ts'
import { connectionOf, folder, platformOf } from './support/setup-cases.ts'

const ACCOUNT = '987654321987'

let work = ''
let aws: FakeAws
beforeEach(async () => {
  work = mkdtempSync(join(tmpdir(), 'sluice-setup-'))
  aws = await fakeAws(work, emptyFakeState(ACCOUNT))
})
afterEach(async () => {
  await aws.close()
  rmSync(work, { recursive: true, force: true })
})

function setupOf(changes: Partial<Connection> = {}, options: SetupOptions = {}): Setup {
  return setupAws(connectionOf(changes), platformOf({}, { url: 'https://sluice.example.com' }), options)
}

function artifactOf(setup: Setup, id: string) {
  const found = setup.artifacts.find((artifact) => artifact.id === id)
  if (found === undefined) throw new Error(`no artifact ${id}`)
  return found
}

/** Runs a script of the setup with the stand-in for the AWS CLI. */
function run(
  setup: Setup,
  id: 'aws-cli' | 'remove-script',
): Promise<{ readonly status: number; readonly out: string; readonly error: string }> {
  const file = join(work, 'script.sh')
  writeFileSync(file, artifactOf(setup, id).text)
  return new Promise((resolve) => {
    execFile('bash', [file], { cwd: work, env: { PATH: `${work}:${process.env['PATH']}`, TMPDIR: work } }, (failure, out, error) =>
      resolve({ status: failure === null ? 0 : Number(failure.code), out, error }),
    )
  })
}

describe('the CLI script', () => {
  it('makes the role with its policies, and again changes nothing, as often as one likes', async () => {
    const setup = setupOf({}, { permissionsBoundary: `arn:aws:iam::${ACCOUNT}:policy/bounds`, tags: { team: 'data' } })
    for (let time = 0; time < 7; time++) expect(await run(setup, 'aws-cli')).toMatchObject({ status: 0, error: '' })
    const policyArn = `arn:aws:iam::${ACCOUNT}:policy/sluice-lake`
    const { role, policy } = aws.state
    expect(role).toEqual({
      'lake-test': {
        path: '/',
        trust: artifactOf(setup, 'trust-policy').document,
        tags: { 'sluice:connection': connectionOf().id, team: 'data' },
        boundary: `arn:aws:iam::${ACCOUNT}:policy/bounds`,
        attached: [policyArn],
        inline: {},
        keys: [],
      },
    })
    expect(policy[policyArn]?.versions).toHaveLength(5)
    expect(policy[policyArn]?.versions[0]).toEqual({ id: 'v7', document: artifactOf(setup, 'permission-policy').document })
    expect(policy[policyArn]?.inForce).toBe('v7')
  })

  it('prints the ARN of the role and leaves no file behind', async () => {
    const { out } = await run(setupOf(), 'aws-cli')
    expect(out).toBe(`Done. Role ARN: arn:aws:iam::${ACCOUNT}:role/lake-test\n`)
    expect(readdirSync(work).sort()).toEqual(['aws', 'script.sh'])
  })

  it('stops in another account before it asks for anything else', async () => {
    aws.state = emptyFakeState('111122223333')
    expect(await run(setupOf(), 'aws-cli')).toMatchObject({ status: 1, error: expect.stringContaining('belong to account 111122223333') })
    expect(aws.state.calls).toEqual(['sts get-caller-identity'])
  })

  it('leaves a role alone that somebody else made', async () => {
    const theirs = { path: '/', trust: {}, tags: { 'sluice:connection': 'conn_other' }, attached: [], inline: {}, keys: [] }
    aws.state = { ...emptyFakeState(ACCOUNT), role: { 'lake-test': theirs } }
    for (const id of ['aws-cli', 'remove-script'] as const)
      expect(await run(setupOf(), id)).toMatchObject({ status: 1, error: expect.stringContaining('not for this connection') })
    expect(aws.state.role['lake-test']).toEqual(theirs)
  })

  it('does not take a refusal for absence', async () => {
    aws.state = { ...emptyFakeState(ACCOUNT), denied: ['iam get-role'] }
    expect(await run(setupOf(), 'aws-cli')).toMatchObject({ status: 1, error: expect.stringContaining('AccessDenied') })
    expect(aws.state.calls).not.toContain('iam create-role')
  })

  it('moves from a managed policy into the role and back, leaving one of them', async () => {
    const many = Array.from({ length: 110 }, (_, index) => folder('test-bucket-123', `tenants/t${index}/`))
    const long = setupOf({ locations: many })
    for (const setup of [setupOf(), long]) expect(await run(setup, 'aws-cli')).toMatchObject({ status: 0 })
    expect(aws.state.role['lake-test']).toMatchObject({
      attached: [],
      inline: { 'sluice-lake': artifactOf(long, 'permission-policy').document },
    })
    expect(await run(setupOf(), 'aws-cli')).toMatchObject({ status: 0 })
    expect(aws.state.role['lake-test']).toMatchObject({ attached: [expect.stringContaining('sluice-lake')], inline: {} })
  })

  it('creates the bucket closed and encrypted, once', async () => {
    const setup = setupOf({}, { createBucket: { region: 'us-west-2' } })
    for (let time = 0; time < 2; time++) expect(await run(setup, 'aws-cli')).toMatchObject({ status: 0 })
    expect(aws.state.buckets).toEqual({ 'test-bucket-123': ['create-bucket', 'put-public-access-block', 'put-bucket-encryption'] })
  })

  it('runs nothing that a name or key holds', async () => {
    const evil = '\'; touch canary; $(touch canary) `touch canary` "$(touch canary)"'
    const setup = setupOf({ name: `${evil}\ntouch canary\nJSON\ntouch canary`, locations: [folder('test-bucket-123', `${evil}/`)] })
    for (const id of ['aws-cli', 'remove-script'] as const) expect(await run(setup, id)).toMatchObject({ status: 0 })
    expect(readdirSync(work)).not.toContain('canary')
  })

  it('makes an access key once, and says so', async () => {
    const setup = setupOf({ auth: { method: 'keys', fields: { accessKeyId: '' }, secretId: '' } })
    expect((await run(setup, 'aws-cli')).out).toContain('AKIA0\tsecret')
    expect((await run(setup, 'aws-cli')).out).not.toContain('AKIA')
    expect(aws.state.user['sluice-lake']?.keys).toEqual(['AKIA0'])
  })
})

describe('the identity provider of our issuer', () => {
  const PROVIDER = `arn:aws:iam::${ACCOUNT}:oidc-provider/sluice.example.com`
  const trusting = (name: string) =>
    setupOf({ id: `conn_${name}`, name, auth: { method: 'oidc', fields: { roleArn: `arn:aws:iam::${ACCOUNT}:role/${name}` } } })

  it('is made once for all connections, and goes with the last', async () => {
    const [one, two] = [trusting('one'), trusting('two')]
    for (const setup of [one, one, two]) expect(await run(setup, 'aws-cli')).toMatchObject({ status: 0, error: '' })
    expect(aws.state.providers).toEqual({
      [PROVIDER]: { clients: ['sts.amazonaws.com'], tags: { 'sluice:issuer': 'sluice.example.com' } },
    })
    expect(aws.state.role['two']?.trust).toEqual(artifactOf(two, 'trust-policy').document)
    expect(await run(one, 'remove-script')).toMatchObject({ status: 0, out: expect.stringContaining('stays: other roles trust it') })
    expect(Object.keys(aws.state.providers)).toEqual([PROVIDER])
    for (let time = 0; time < 2; time++) expect(await run(two, 'remove-script')).toMatchObject({ status: 0, error: '' })
    expect(aws.state).toMatchObject({ role: {}, policy: {}, providers: {} })
  })

  it('learns our audience where somebody else made it, and is then not ours to remove', async () => {
    aws.state.providers[PROVIDER] = { clients: ['other'], tags: {} }
    const setup = trusting('one')
    expect(await run(setup, 'aws-cli')).toMatchObject({ status: 0, error: '' })
    expect(aws.state.providers[PROVIDER].clients).toEqual(['other', 'sts.amazonaws.com'])
    expect(await run(setup, 'remove-script')).toMatchObject({ status: 0, out: expect.stringContaining('not made by a setup of ours') })
    expect(Object.keys(aws.state.providers)).toEqual([PROVIDER])
  })

  it('is told from one whose name only begins alike', async () => {
    const setup = trusting('one')
    await run(setup, 'aws-cli')
    const neighbour = { Statement: [{ Principal: { Federated: `${PROVIDER}/other` } }] }
    aws.state.role['neighbour'] = { path: '/', trust: neighbour, tags: {}, attached: [], inline: {}, keys: [] }
    expect(await run(setup, 'remove-script')).toMatchObject({ status: 0, error: '' })
    expect(aws.state.providers).toEqual({})
  })
})

describe('the removal script', () => {
  it.each([
    ['a role', {}],
    ['a user with its key', { auth: { method: 'keys', fields: { accessKeyId: '' }, secretId: '' } }],
    [
      'a role with its policy inside',
      { locations: Array.from({ length: 110 }, (_, index) => folder('test-bucket-123', `tenants/t${index}/`)) },
    ],
  ] as const)('takes %s away again, and twice is no harm', async (_name, changes) => {
    const setup = setupOf(changes)
    for (let time = 0; time < 2; time++) expect(await run(setup, 'aws-cli')).toMatchObject({ status: 0 })
    for (let time = 0; time < 2; time++) expect(await run(setup, 'remove-script')).toMatchObject({ status: 0, error: '' })
    expect(aws.state).toMatchObject({ role: {}, user: {}, policy: {} })
  })
})
