import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Access, Connection, Location, Setup, SetupOptions } from '@sluice/core'
import { type LabCredentials, startLab } from '@sluice/lab'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { setupAliyun } from '../src/aliyun/setup/index.ts'
import { setupAws } from '../src/aws/setup/index.ts'
import { setupAzure } from '../src/azure/setup/index.ts'
import { setupGcp } from '../src/gcp/setup/index.ts'
import { createClouds, createTransport } from '../src/index.ts'
import { setupS3 } from '../src/s3/setup/index.ts'
import { createTestIssuer } from './support/test-issuer.ts'
import { ALIYUN_SETUP_CASES, OSS_KEY, aliyunPlatformOf, ossConnectionOf } from './support/aliyun-setup-cases.ts'
import {
  AZURE_SETUP_CASES,
  PLATFORM as AZURE_PLATFORM,
  SUBSCRIPTION,
  blob as azureBlob,
  connectionOf as azureConnectionOf,
  folder as azureFolder,
} from './support/azure-setup-cases.ts'
import { GCP_PLATFORM, GCP_SETUP_CASES, gcpConnectionOf, gcpFolder, gcpObject } from './support/gcp-setup-cases.ts'
import { AWS, connectionOf, folder, object, platformOf, SETUP_CASES } from './support/setup-cases.ts'

/** Kept between runs: installing takes longer than everything else. */
const TOOLS = fileURLToPath(new URL('../../../node_modules/.cache/setup-tools', import.meta.url))
const PACKAGES = ['cfn-lint==1.58.0', 'python-hcl2==8.1.4']

let work = ''
beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'sluice-setup-'))
  if (existsSync(join(TOOLS, 'bin/cfn-lint'))) return
  await run('python3', ['-m', 'venv', TOOLS])
  await run(join(TOOLS, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', ...PACKAGES])
}, 300_000)
afterAll(() => rmSync(work, { recursive: true, force: true }))

interface Outcome {
  readonly status: number
  readonly out: string
  readonly error: string
}

function run(command: string, words: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(command, words, { env, maxBuffer: 64 * 1024 * 1024 }, (failure, out, error) =>
      resolve({
        status: failure === null ? 0 : typeof failure.code === 'number' ? failure.code : -1,
        out,
        error: error || (failure?.message ?? ''),
      }),
    )
  })
}

const KEY = 'arn:aws:kms:us-west-2:987654321987:key/0d7926a7-6ecc-4bf7-a9c1-a38f0faec0cd'

const AUTHS: { readonly [method in 'role' | 'oidc' | 'keys']: Connection['auth'] } = {
  role: { method: 'role', fields: {}, externalId: { kind: 'issued', value: 'sluice-0123456789abcdef0123456789abcdef' } },
  oidc: { method: 'oidc', fields: {} },
  keys: { method: 'keys', fields: { accessKeyId: '' }, secretId: '' },
}

/** Setups over everything that changes the shape of a document. */
function* matrix(): Generator<readonly [string, Setup]> {
  for (const [name, { connection, platform, options }] of Object.entries(SETUP_CASES)) yield [name, setupAws(connection, platform, options)]
  const accesses: readonly (readonly Access[])[] = [['list'], ['write'], ['list', 'read', 'write', 'delete']]
  const places: readonly (readonly Location[])[] = [
    [folder('test-bucket-123', '')],
    [folder('test-bucket-123', 'a b/c/')],
    [object('test-bucket-123', 'x.parquet'), folder('other-bucket', 'y/')],
  ]
  const settings: readonly Connection['settings'][] = [
    { region: 'us-west-2' },
    { region: 'us-west-2', kmsReadKeys: [KEY], kmsWriteKeys: [KEY, `${KEY}1`], acl: 'private' },
  ]
  const options: readonly SetupOptions[] = [
    {},
    {
      tags: { team: 'data', 'cost center': '1' },
      permissionsBoundary: 'arn:aws:iam::987654321987:policy/bounds',
      accountId: '987654321987',
    },
  ]
  let number = 0
  for (const access of accesses)
    for (const locations of places)
      for (const setting of settings)
        for (const option of options)
          for (const method of ['role', 'oidc', 'keys'] as const) {
            const one = locations.length === 1 && number % 2 === 0
            const auth = AUTHS[method]
            const createBucket = one ? { createBucket: { region: 'us-west-2', ...(number % 4 === 0 ? { kmsKeyArn: KEY } : {}) } } : {}
            const issuer = { url: number % 2 === 0 ? 'https://sluice.example.com' : 'https://example.com/sluice' }
            const platform = platformOf({ trust: number % 3 === 0 ? 'principal' : 'account' }, issuer)
            yield [
              `matrix-${number++}`,
              // What trusts our issuer names the account.
              setupAws(connectionOf({ access, locations, settings: setting, auth }), platform, {
                ...option,
                ...createBucket,
                ...(method === 'oidc' ? { accountId: '987654321987' } : {}),
              }),
            ]
          }
}

/** The same for Alibaba Cloud. */
function* aliyunMatrix(): Generator<readonly [string, Setup]> {
  for (const [name, { connection, platform, options }] of Object.entries(ALIYUN_SETUP_CASES))
    yield [name, setupAliyun(connection, platform, options)]
  const settings: readonly Connection['settings'][] = [
    { region: 'cn-beijing' },
    { region: 'cn-beijing', kmsReadKeys: [OSS_KEY], kmsWriteKeys: [OSS_KEY], acl: 'private' },
  ]
  const auths: readonly Connection['auth'][] = [
    { method: 'role', fields: {}, externalId: { kind: 'issued', value: 'sluice-0123456789abcdef0123456789abcdef' } },
    { method: 'oidc', fields: {} },
    { method: 'keys', fields: { accessKeyId: '' }, secretId: '' },
  ]
  let number = 0
  for (const setting of settings)
    for (const auth of auths)
      for (const createBucket of [undefined, { region: 'cn-beijing' }, { region: 'cn-beijing', kmsKeyArn: OSS_KEY }]) {
        const connection = ossConnectionOf({ access: ['list', 'read', 'write', 'delete'], settings: setting, auth })
        yield [`aliyun-${number++}`, setupAliyun(connection, aliyunPlatformOf(), createBucket === undefined ? {} : { createBucket })]
      }
}

/** The same for Google Cloud. */
function* gcpMatrix(): Generator<readonly [string, Setup]> {
  for (const [name, { connection, platform, options }] of Object.entries(GCP_SETUP_CASES))
    yield [name, setupGcp(connection, platform, options)]
  const serviceAccount = 'loader@acme-data.iam.gserviceaccount.com'
  const auths: readonly Connection['auth'][] = [
    { method: 'federation', fields: {} },
    { method: 'federation', fields: { serviceAccount } },
    { method: 'grant', fields: {} },
    { method: 'grant', fields: { serviceAccount } },
    { method: 'service-account-key', fields: {} },
  ]
  const accesses: readonly (readonly Access[])[] = [['list'], ['write'], ['list', 'delete'], ['list', 'read', 'write', 'delete']]
  const places: readonly (readonly Location[])[] = [
    [gcpFolder('test-bucket-123', '')],
    [gcpFolder('test-bucket-123', 'a b/c/')],
    [gcpObject('test-bucket-123', 'x.parquet'), gcpFolder('other-bucket', 'y/')],
  ]
  let number = 0
  for (const auth of auths)
    for (const access of accesses)
      for (const locations of places)
        yield [`gcp-${number++}`, setupGcp(gcpConnectionOf({ auth, access, locations }), GCP_PLATFORM, { projectId: 'acme-data' })]
}

/** The same for Azure: every method, over everything that changes the shape of a document. Not every setup has every artifact. */
function* azureMatrix(artifact: string): Generator<readonly [string, Setup]> {
  const setups: (readonly [string, Setup])[] = Object.entries(AZURE_SETUP_CASES).map(([name, { connection, platform, options }]) => [
    name,
    setupAzure(connection, platform, options),
  ])
  const accesses: readonly (readonly Access[])[] = [['list', 'read'], ['write'], ['list', 'delete']]
  const places = [
    [azureFolder('landing', '')],
    [azureFolder('landing', 'a "b" $(c) `d`/')],
    [azureBlob('landing', 'x "1" [2] é.csv')],
    [azureFolder('landing', 'x/'), azureFolder('backups', '')],
  ]
  for (const method of ['federation', 'managed-identity', 'sas'])
    for (const access of accesses)
      for (const locations of places)
        for (const options of [{}, { subscriptionId: SUBSCRIPTION, resourceGroup: 'lake(1)' }])
          setups.push([
            `azure-${setups.length}`,
            setupAzure(azureConnectionOf({ access, locations, auth: { method, fields: {} } }), AZURE_PLATFORM, options),
          ])
  for (const [name, setup] of setups) if (setup.artifacts.some(({ id }) => id === artifact)) yield [name, setup]
}

/** Writes one artifact of every setup of a matrix, and gives the files. */
function written(id: string, extension: string, setups: Iterable<readonly [string, Setup]> = matrix(), into = id): readonly string[] {
  mkdirSync(join(work, into), { recursive: true })
  return [...setups].map(([name, setup]) => {
    const file = join(work, into, `${name}.${extension}`)
    writeFileSync(file, artifactText(setup, id))
    return file
  })
}

function artifactText(setup: Setup, id: string): string {
  const found = setup.artifacts.find((artifact) => artifact.id === id)
  if (found === undefined) throw new Error(`no artifact ${id}`)
  return found.text
}

describe('what others think of the documents', () => {
  it('cfn-lint finds nothing in the CloudFormation templates', async () => {
    const files = written('cloudformation', 'json')
    expect(files.length).toBeGreaterThan(50)
    expect(await run(join(TOOLS, 'bin/cfn-lint'), files)).toEqual({ status: 0, out: '', error: '' })
  }, 300_000)

  it('cfn-lint does find a mistake', async () => {
    const text = artifactText(setupAws(connectionOf(), platformOf(), {}), 'cloudformation')
    const broken = join(work, 'broken.json')
    writeFileSync(broken, text.replace('"MaxSessionDuration"', '"MaxSessionDurations"'))
    expect((await run(join(TOOLS, 'bin/cfn-lint'), [broken])).status).not.toBe(0)
  })

  it('an HCL parser reads the Terraform configurations', async () => {
    const files = [
      ...written('terraform', 'tf'),
      ...written('terraform', 'tf', aliyunMatrix(), 'aliyun-terraform'),
      ...written('terraform', 'tf', gcpMatrix(), 'gcp-terraform'),
      ...written('terraform', 'tf', azureMatrix('terraform'), 'azure-terraform'),
    ]
    const program = 'import hcl2, sys\nfor name in sys.argv[1:]:\n  with open(name) as file: assert "terraform" in hcl2.load(file)'
    expect(await run(join(TOOLS, 'bin/python'), ['-c', program, ...files])).toEqual({ status: 0, out: '', error: '' })
  }, 300_000)

  it('shellcheck finds nothing in the scripts', async () => {
    const store = setupS3(
      connectionOf({
        cloud: 's3',
        auth: { method: 'keys', fields: { accessKeyId: '' }, secretId: '' },
        locations: [folder('raw', 'data/')].map((one) => ({ ...one, cloud: 's3' })),
        settings: { endpoint: 'https://minio.example.com' },
      }),
      { regions: [], egressAddresses: [] },
      {},
    )
    const minio = ['minio-cli', 'remove-script'].map((id) => {
      writeFileSync(join(work, `s3-${id}.sh`), artifactText(store, id))
      return join(work, `s3-${id}.sh`)
    })
    const aliyun = ['aliyun-cli', 'remove-script'].flatMap((id) => written(id, 'sh', aliyunMatrix(), `aliyun-${id}`))
    const gcp = ['gcloud', 'remove-script'].flatMap((id) => written(id, 'sh', gcpMatrix(), `gcp-${id}`))
    const aws = ['aws-cli', 'remove-script'].flatMap((id) => written(id, 'sh'))
    const azure = ['azure-cli', 'remove-script'].flatMap((id) => written(id, 'sh', azureMatrix(id), `azure-${id}`))
    expect(await run('shellcheck', [...aws, ...aliyun, ...gcp, ...azure, ...minio])).toEqual({ status: 0, out: '', error: '' })
  }, 300_000)
})

describe('the CLI script with the AWS CLI', () => {
  it('makes a role that we can assume with its external id, and only with it', async () => {
    await using lab = await closing()
    const customer = lab.admin('987654321987')
    const us = lab.platform()
    const setup = setupAws(connectionOf(), platformOf(), {})
    const script = join(work, 'setup.sh')
    writeFileSync(script, artifactText(setup, 'aws-cli'))
    expect(await run('bash', [script], lab.env(customer))).toMatchObject({
      status: 0,
      out: 'Done. Role ARN: arn:aws:iam::987654321987:role/lake-test\n',
    })
    const assume = (...words: readonly string[]): Promise<Outcome> =>
      run(
        'aws',
        ['sts', 'assume-role', '--role-arn', 'arn:aws:iam::987654321987:role/lake-test', '--role-session-name', 'test', ...words],
        lab.env(us),
      )
    expect(await assume('--external-id', 'my-external-id-123')).toMatchObject({ status: 0 })
    for (const refused of [await assume('--external-id', 'my-external-id-124'), await assume()]) {
      expect(refused.status).not.toBe(0)
      expect(refused.error).toContain('AccessDenied')
    }
  })
})

/** What each method's connection knows before and after its setup was applied. */
const ROLE = 'arn:aws:iam::987654321987:role/lake-test'
const CONNECTIONS: { readonly [method: string]: Connection['auth'] } = {
  role: { method: 'role', fields: { roleArn: ROLE }, externalId: { kind: 'chosen', value: 'my-external-id-123' } },
  oidc: { method: 'oidc', fields: { roleArn: ROLE } },
  keys: { method: 'keys', fields: {} },
}

describe('the scripts with the AWS CLI', () => {
  it.each(['role', 'oidc', 'keys'])(
    'make all that a validation by %s needs, and take it away again',
    async (method) => {
      await using lab = await closing()
      // IAM refuses to trust an account that does not exist.
      const us = lab.platform()
      const admin = lab.env(lab.admin('987654321987'))
      const issuer = await createTestIssuer()
      lab.lab.trustIssuer(issuer.url, issuer.keys)
      lab.lab.aws.createBucket('987654321987', { name: 'test-bucket-123', region: 'us-west-2' })
      lab.lab.aws.putObject('test-bucket-123', 'data/a.csv', { body: 'a' })
      const draft = connectionOf({ auth: CONNECTIONS[method] ?? { method, fields: {} }, access: ['list', 'read', 'write', 'delete'] })
      const platform = platformOf({}, { url: issuer.url })
      const setup = setupAws(draft, platform, {})
      const script = async (id: string) => {
        const file = join(work, `${method}-${id}.sh`)
        writeFileSync(file, artifactText(setup, id))
        const { status, out, error } = await run('bash', [file], admin)
        expect({ status, error }).toEqual({ status: 0, error: '' })
        return out
      }
      const said = await script('aws-cli')
      const [, accessKeyId = '', secretAccessKey = ''] = /^(AKIA\w+)\s+(\S+)$/m.exec(said) ?? []
      const connection = method === 'keys' ? { ...draft, auth: { method, fields: { accessKeyId }, secretId: 's' } } : draft
      const transport = createTransport({ routes: lab.lab.routes })
      const aws = createClouds({
        transport,
        clock: { now: () => Date.now(), sleep: () => Promise.resolve() },
        random: { bytes: (length) => new Uint8Array(randomBytes(length)), fraction: () => 0 },
        platform: () => platform,
        platformCredentials: { aws: async () => us },
        issuer: issuer.issue,
      }).find(({ id }) => id === 'aws')
      const { locations } = connection
      const validation = aws?.validation({ connection, locations, ...(method === 'keys' ? { secret: { secretAccessKey } } : {}) })
      const signal = new AbortController().signal
      const outcomes = await Promise.all((validation?.checks ?? []).map(async (plan) => ({ name: plan.name, ...(await plan.run(signal)) })))
      transport.close()
      expect(outcomes.length).toBeGreaterThan(12)
      expect(outcomes.filter(({ status }) => status !== 'passed' && status !== 'skipped')).toEqual([])

      await script('aws-cli')
      await script('remove-script')
      expect(lab.lab.aws.getRole(ROLE)).toBeUndefined()
      expect((await run('aws', ['iam', 'list-open-id-connect-providers', '--query', 'OpenIDConnectProviderList'], admin)).out).toBe('[]\n')
    },
    300_000,
  )
})

/** A lab with an admin of the customer and our own role, closed at the end. */
async function closing() {
  const lab = await startLab()
  const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
  return {
    lab,
    admin(account: string): LabCredentials {
      lab.aws.createAccount(account)
      lab.aws.putUser(account, { name: 'admin', policies: { everything } })
      return lab.aws.createAccessKey(account, 'admin')
    },
    platform(): LabCredentials {
      lab.aws.createAccount(AWS.accountId)
      const trust = {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      }
      const name = AWS.principalArn.slice(AWS.principalArn.lastIndexOf('/') + 1)
      const path = AWS.principalArn.slice(AWS.principalArn.indexOf('/'), AWS.principalArn.lastIndexOf('/') + 1)
      return lab.aws.issueSession(lab.aws.putRole(AWS.accountId, { name, path, trust, policies: { everything } }))
    },
    env: (credentials: LabCredentials): NodeJS.ProcessEnv => ({
      PATH: process.env['PATH'],
      HOME: work,
      AWS_ENDPOINT_URL: lab.url,
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      ...(credentials.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: credentials.sessionToken }),
    }),
    [Symbol.asyncDispose]: () => lab.close(),
  }
}
