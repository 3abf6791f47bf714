import { execFile } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Connection, JsonObject, Setup, SetupOptions } from '@sluice/core'
import { type Lab, startLab } from '@sluice/lab'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { setupAliyun } from '../src/aliyun/setup/index.ts'
import {
  ALIYUN_SETUP_CASES,
  CUSTOMER,
  OIDC_AUTH,
  OTHER,
  aliyunPlatformOf,
  ossConnectionOf,
  ossFolder,
} from './support/aliyun-setup-cases.ts'
import { type FakeAliyun, fakeAliyun } from './support/fake-aliyun.ts'

const FINGERPRINT = '0123456789abcdef0123456789abcdef01234567'
const ROLE_ARN = `acs:ram::${CUSTOMER}:role/lake-test`

let work = ''
let lab: Lab
let cli: FakeAliyun
beforeEach(async () => {
  work = mkdtempSync(join(tmpdir(), 'sluice-setup-'))
  lab = await startLab()
  cli = await fakeAliyun(work, lab, CUSTOMER)
})
afterEach(async () => {
  await cli.close()
  await lab.close()
  rmSync(work, { recursive: true, force: true })
})

function setupOf(changes: Partial<Connection> = {}, options: SetupOptions = {}): Setup {
  return setupAliyun(ossConnectionOf(changes), aliyunPlatformOf(), options)
}

function artifactOf(setup: Setup, id: string) {
  const found = setup.artifacts.find((artifact) => artifact.id === id)
  if (found === undefined) throw new Error(`no artifact ${id}`)
  return found
}

/** Runs a script of the setup with the stand-in for the aliyun CLI. */
function run(
  setup: Setup,
  id: 'aliyun-cli' | 'remove-script',
  more: { readonly [name: string]: string } = { SLUICE_ISSUER_FINGERPRINT: FINGERPRINT },
): Promise<{ readonly status: number; readonly out: string; readonly error: string }> {
  const file = join(work, 'script.sh')
  writeFileSync(file, artifactOf(setup, id).text)
  const env = { PATH: `${work}:${process.env['PATH']}`, TMPDIR: work, ...more }
  return new Promise((resolve) => {
    execFile('bash', [file], { cwd: work, env }, (failure, out, error) =>
      resolve({ status: failure === null ? 0 : Number(failure.code), out, error }),
    )
  })
}

const policyOf = (name: string): JsonObject | undefined => lab.aliyun.getPolicy(CUSTOMER, name)

describe('the CLI script', () => {
  it('makes the role with its policy, and again changes nothing, as often as one likes', async () => {
    const setup = setupOf()
    for (let time = 0; time < 7; time++) expect(await run(setup, 'aliyun-cli')).toMatchObject({ status: 0, error: '' })
    expect(lab.aliyun.getRole(ROLE_ARN)).toMatchObject({
      trust: artifactOf(setup, 'trust-policy').document,
      attached: [{ type: 'Custom', name: 'sluice-lake' }],
    })
    expect(policyOf('sluice-lake')).toEqual(artifactOf(setup, 'permission-policy').document)
  })

  it('brings what it made up to date', async () => {
    await run(setupOf(), 'aliyun-cli')
    const auth = { method: 'role', fields: { roleArn: ROLE_ARN }, externalId: { kind: 'chosen', value: 'another-id' } } as const
    const changed = setupOf({ auth, access: ['write'] })
    expect(await run(changed, 'aliyun-cli')).toMatchObject({ status: 0, error: '' })
    expect(lab.aliyun.getRole(ROLE_ARN)?.trust).toEqual(artifactOf(changed, 'trust-policy').document)
    expect(policyOf('sluice-lake')).toEqual(artifactOf(changed, 'permission-policy').document)
  })

  it('prints the ARN of the role and leaves no file behind', async () => {
    const { out } = await run(setupOf(), 'aliyun-cli')
    expect(out).toBe(`Done. Role ARN: ${ROLE_ARN}\n`)
    expect(readdirSync(work).sort()).toEqual(['aliyun', 'script.sh'])
  })

  it('learns the account where nobody has named it', async () => {
    const auth = { method: 'oidc', fields: {} }
    const { status, out } = await run(setupOf({ auth }), 'aliyun-cli')
    expect([status, out]).toEqual([0, `Working in account ${CUSTOMER}.\nDone. Role ARN: acs:ram::${CUSTOMER}:role/sluice-lake\n`])
    expect(JSON.stringify(lab.aliyun.getRole(`acs:ram::${CUSTOMER}:role/sluice-lake`)?.trust)).toContain(
      `acs:ram::${CUSTOMER}:oidc-provider/sluice-sluice.example.com`,
    )
  })

  it('stops in another account before it asks for anything else', async () => {
    const auth = { method: 'role', fields: { roleArn: `acs:ram::${OTHER}:role/lake-test` }, externalId: { kind: 'none' } } as const
    expect(await run(setupOf({ auth }), 'aliyun-cli')).toMatchObject({
      status: 1,
      error: expect.stringContaining(`belong to account ${CUSTOMER}`),
    })
    expect(cli.calls).toEqual(['sts GetCallerIdentity'])
  })

  it('leaves a role alone that somebody else made', async () => {
    lab.aliyun.putRole(CUSTOMER, { name: 'lake-test', trust: { Version: '1', Statement: [] }, description: 'of conn_other' })
    for (const id of ['aliyun-cli', 'remove-script'] as const)
      expect(await run(setupOf(), id)).toMatchObject({ status: 1, error: expect.stringContaining('not for this connection') })
    expect(lab.aliyun.getRole(ROLE_ARN)?.trust).toEqual({ Version: '1', Statement: [] })
  })

  it('does not take a refusal for absence', async () => {
    cli.denied.add('ram GetRole')
    expect(await run(setupOf(), 'aliyun-cli')).toMatchObject({ status: 1, error: expect.stringContaining('NoPermission') })
    expect(cli.calls).not.toContain('ram CreateRole')
  })

  it('creates the bucket closed and encrypted, once', async () => {
    const setup = setupOf({}, { createBucket: { region: 'cn-beijing' } })
    for (let time = 0; time < 2; time++) expect(await run(setup, 'aliyun-cli')).toMatchObject({ status: 0 })
    expect([...cli.buckets]).toEqual([
      ['test-bucket-123', ['mb', expect.stringMatching(/^--method put --sse-algorithm AES256 --region cn-beijing$/)]],
    ])
  })

  it('runs nothing that a name or key holds', async () => {
    const evil = '\'; touch canary; $(touch canary) `touch canary` "$(touch canary)"'
    const setup = setupOf({ name: `${evil}\ntouch canary\nJSON\ntouch canary`, locations: [ossFolder('test-bucket-123', `${evil}/`)] })
    for (const id of ['aliyun-cli', 'remove-script'] as const) expect(await run(setup, id)).toMatchObject({ status: 0 })
    expect(readdirSync(work)).not.toContain('canary')
  })

  it('makes an AccessKey once, and says so', async () => {
    const setup = setupOf({ auth: { method: 'keys', fields: { accessKeyId: '' }, secretId: '' } })
    expect((await run(setup, 'aliyun-cli')).out).toMatch(/"AccessKeySecret": "[A-Za-z0-9]{30}"/)
    expect((await run(setup, 'aliyun-cli')).out).toContain('has an AccessKey already')
    expect(lab.aliyun.accessKeyIds(CUSTOMER, 'sluice-lake')).toHaveLength(1)
  })
})

describe('the identity provider of our issuer', () => {
  const trusting = (name: string) =>
    setupOf({
      id: `conn_${name}`,
      name,
      auth: { ...OIDC_AUTH, fields: { ...OIDC_AUTH.fields, roleArn: `acs:ram::${CUSTOMER}:role/${name}` } },
    })
  const exists = async () => (await run(trusting('probe'), 'aliyun-cli', {})).status === 0

  it('is made once for all connections, and goes with the last', async () => {
    const [one, two] = [trusting('one'), trusting('two')]
    for (const setup of [one, one, two]) expect(await run(setup, 'aliyun-cli')).toMatchObject({ status: 0, error: '' })
    expect(cli.calls.filter((call) => call === 'ims CreateOIDCProvider')).toHaveLength(1)
    expect(lab.aliyun.getRole(`acs:ram::${CUSTOMER}:role/two`)?.trust).toEqual(artifactOf(two, 'trust-policy').document)
    expect(await run(one, 'remove-script')).toMatchObject({ status: 0, out: expect.stringContaining('stays: other roles trust it') })
    expect(cli.calls).not.toContain('ims DeleteOIDCProvider')
    for (let time = 0; time < 2; time++) expect(await run(two, 'remove-script')).toMatchObject({ status: 0, error: '' })
    expect(cli.calls.filter((call) => call === 'ims DeleteOIDCProvider')).toHaveLength(1)
  })

  it('learns our client id where somebody else made it, and is then not ours to remove', async () => {
    const issuer = 'https://sluice.example.com'
    lab.aliyun.putOidcProvider(CUSTOMER, { name: 'sluice-sluice.example.com', issuer, clientIds: ['other'], fingerprints: [FINGERPRINT] })
    const setup = trusting('one')
    expect(await run(setup, 'aliyun-cli')).toMatchObject({ status: 0, error: '' })
    expect(cli.calls).toContain('ims AddClientIdToOIDCProvider')
    expect(await run(setup, 'remove-script')).toMatchObject({ status: 0, out: expect.stringContaining('not made by a setup of ours') })
    expect(await exists()).toBe(true)
  })

  it('is not taken for ours where it is that of another issuer', async () => {
    const issuer = 'https://other.example.com'
    lab.aliyun.putOidcProvider(CUSTOMER, { name: 'sluice-sluice.example.com', issuer, clientIds: ['other'], fingerprints: [FINGERPRINT] })
    expect(await run(trusting('one'), 'aliyun-cli')).toMatchObject({ status: 1, error: expect.stringContaining('for another issuer') })
    expect(cli.calls).not.toContain('ram CreateRole')
  })

  it('is told from one whose name only begins alike', async () => {
    const setup = trusting('one')
    await run(setup, 'aliyun-cli')
    const federated = `acs:ram::${CUSTOMER}:oidc-provider/sluice-sluice.example.com.other`
    const trust = { Version: '1', Statement: [{ Effect: 'Allow', Principal: { Federated: [federated] }, Action: 'sts:AssumeRole' }] }
    lab.aliyun.putRole(CUSTOMER, { name: 'neighbour', trust })
    expect(await run(setup, 'remove-script')).toMatchObject({ status: 0, error: '' })
    expect(cli.calls).toContain('ims DeleteOIDCProvider')
  })

  it('gets the fingerprint of the authority, the last of the chain', async () => {
    const openssl = [
      '#!/usr/bin/env bash',
      'if [ "$1" = s_client ]; then',
      '  for name in OURS AUTHORITY; do printf -- "-----BEGIN CERTIFICATE-----\\n$name\\n-----END CERTIFICATE-----\\n"; done',
      '  echo "Verification: OK"',
      'elif [ "$(cat)" = "$(printf -- "-----BEGIN CERTIFICATE-----\\nAUTHORITY\\n-----END CERTIFICATE-----")" ]; then',
      `  echo 'sha1 Fingerprint=${FINGERPRINT.toUpperCase().replaceAll(/..(?!$)/g, '$&:')}'`,
      'fi',
    ]
    writeFileSync(join(work, 'openssl'), openssl.join('\n'))
    chmodSync(join(work, 'openssl'), 0o755)
    expect(await run(trusting('one'), 'aliyun-cli', {})).toMatchObject({ status: 0, error: '' })
    const made = lab.requests.entries().filter(({ operation }) => operation === 'ims.CreateOIDCProvider')
    expect(made.map(({ status }) => status)).toEqual([200])
  })

  it('asks for the fingerprint where the certificate cannot be read', async () => {
    writeFileSync(join(work, 'openssl'), '#!/bin/sh\nexit 1\n')
    chmodSync(join(work, 'openssl'), 0o755)
    expect(await run(trusting('one'), 'aliyun-cli', {})).toMatchObject({
      status: 1,
      error: expect.stringContaining('Set SLUICE_ISSUER_FINGERPRINT'),
    })
    expect(cli.calls).not.toContain('ram CreateRole')
  })
})

describe('the ROS template', () => {
  it.each(Object.entries(ALIYUN_SETUP_CASES))('of %s makes what its documents say', async (_name, { connection, platform, options }) => {
    const setup = setupAliyun(connection, platform, options)
    const parameters = connection.auth.method === 'oidc' ? { IssuerFingerprints: FINGERPRINT } : {}
    const outputs = lab.aliyun.applyTemplate(CUSTOMER, artifactOf(setup, 'ros').text, parameters, 'cn-beijing')
    const name = setup.facts.find(({ label }) => label === 'Policy name')?.value ?? ''
    expect(policyOf(name)).toEqual(artifactOf(setup, 'permission-policy').document)
    if (connection.auth.method === 'keys') return
    const trust: JsonObject = JSON.parse(artifactOf(setup, 'trust-policy').text.replaceAll('ACCOUNT_ID', CUSTOMER))
    expect(lab.aliyun.getRole(outputs['RoleArn'] ?? '')).toMatchObject({ trust, attached: [{ type: 'Custom', name }] })
  })
})

describe('the removal script', () => {
  it.each([
    ['a role', {}],
    ['a role that trusts our issuer', { auth: OIDC_AUTH }],
    ['a user with its AccessKey', { auth: { method: 'keys', fields: { accessKeyId: '' }, secretId: '' } }],
  ] as const)('takes %s away again, and twice is no harm', async (_name, changes) => {
    const setup = setupOf(changes)
    for (let time = 0; time < 3; time++) expect(await run(setup, 'aliyun-cli')).toMatchObject({ status: 0 })
    for (let time = 0; time < 2; time++) expect(await run(setup, 'remove-script')).toMatchObject({ status: 0, error: '' })
    expect(lab.aliyun.getRole(ROLE_ARN)).toBeUndefined()
    expect(lab.aliyun.accessKeyIds(CUSTOMER, 'sluice-lake')).toEqual([])
    expect(policyOf('sluice-lake')).toBeUndefined()
  })
})
