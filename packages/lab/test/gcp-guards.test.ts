import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  accountToken,
  ADMIN,
  BUCKET,
  google,
  objectsUrl,
  objectUrl,
  PROJECT,
  startGcpWorld,
  storageError,
  uploadUrl,
  type GcpWorld,
  type GoogleAnswer,
  type GoogleRequest,
} from './gcp-world.ts'

const BUCKETS = 'https://storage.googleapis.com/storage/v1/b'

let world: GcpWorld
let member: string
let token: string
beforeEach(async () => {
  world = await startGcpWorld()
  world.lab.gcp.putObject(BUCKET, 'in/a.csv', { body: 'a,b\n' })
  const email = world.lab.gcp.putServiceAccount(PROJECT, { id: 'loader' })
  member = `serviceAccount:${email}`
  world.lab.gcp.addBinding({ on: { bucket: BUCKET }, role: 'roles/storage.admin', member })
  token = accountToken(world, email)
})
afterEach(() => world.lab.close())

const ask = (url: string, request: GoogleRequest = {}): Promise<GoogleAnswer> => google(world.lab, url, { token, ...request })
const read = (key = 'in/a.csv'): Promise<GoogleAnswer> => ask(`${objectUrl(key)}?alt=media`)
const list = (): Promise<GoogleAnswer> => ask(objectsUrl())
const write = (query = ''): Promise<GoogleAnswer> => ask(uploadUrl('in/b.csv') + query, { method: 'POST', body: 'b\n' })

describe('a deny policy', () => {
  const rule = { deniedPrincipals: ['principalSet://goog/public:all'], deniedPermissions: ['storage.googleapis.com/objects.get'] }

  it('takes away what a role gives, in the words of a role that is missing', async () => {
    world.lab.gcp.guardProject(PROJECT, { denyRules: [rule] })
    const who = 'loader@acme-data.iam.gserviceaccount.com'
    expect(await read()).toMatchObject(
      storageError(
        `${who} does not have storage.objects.get access to the Google Cloud Storage object. Permission 'storage.objects.get' denied on resource (or it may not exist).`,
      ),
    )
    expect((await list()).status).toBe(200)
  })

  it('is told by what one may', async () => {
    world.lab.gcp.guardProject(PROJECT, { denyRules: [rule] })
    const asked = ['storage.objects.get', 'storage.objects.list'].map((permission) => `permissions=${permission}`).join('&')
    expect((await ask(`${BUCKETS}/${BUCKET}/iam/testPermissions?${asked}`)).json['permissions']).toEqual(['storage.objects.list'])
  })

  it('lets its exceptions be', async () => {
    const exceptionPrincipals = ['principal://iam.googleapis.com/projects/-/serviceAccounts/loader@acme-data.iam.gserviceaccount.com']
    world.lab.gcp.guardProject(PROJECT, { denyRules: [{ ...rule, exceptionPrincipals }] })
    expect((await read()).status).toBe(200)
  })
})

it('a boundary of principals leaves them nothing in other projects', async () => {
  world.lab.gcp.setPrincipalBoundaries([{ principalsOf: PROJECT, projects: ['acme-other'] }])
  expect((await list()).status).toBe(403)
  world.lab.gcp.setPrincipalBoundaries([{ principalsOf: PROJECT, projects: ['acme-other', PROJECT] }])
  expect((await list()).status).toBe(200)
  world.lab.gcp.setPrincipalBoundaries([{ principalsOf: 'acme-other', projects: [] }])
  expect((await list()).status).toBe(200)
})

it('a service perimeter lets in whom its ingress names, and tells others its identifier', async () => {
  world.lab.gcp.guardProject(PROJECT, { perimeter: { ingress: [] } })
  expect((await list()).text).toContain('"reason":"vpcServiceControls"')
  expect((await list()).text).toMatch(/prohibited by organization's policy\. vpcServiceControlsUniqueIdentifier: [\w-]{20,}/)
  world.lab.gcp.guardProject(PROJECT, { perimeter: { ingress: [member] } })
  expect((await list()).status).toBe(200)
})

it('a project without a billing account serves nothing', async () => {
  world.lab.gcp.guardProject(PROJECT, { billing: 'absent' })
  expect(await read()).toMatchObject(
    storageError('The billing account for the owning project is disabled in state absent', 403, 'accountDisabled'),
  )
})

it('a filter of addresses goes by where a request comes from, and is kept with the bucket', async () => {
  const ipFilter = { mode: 'Enabled', publicNetworkSource: { allowedIpCidrRanges: ['203.0.113.0/24', '2001:db8::/32'] } }
  expect((await ask(`${BUCKETS}/${BUCKET}`, { method: 'PATCH', json: { ipFilter } })).json['ipFilter']).toEqual(ipFilter)
  expect((await list()).text).toContain('There is an IP filtering condition that is preventing access to the resource.')
  for (const address of ['203.0.113.9', '2001:db8::9']) {
    world.lab.gcp.setCallerAddress(address)
    expect((await list()).status).toBe(200)
  }
})

describe('a constraint of the organization', () => {
  const violation = (constraint: string) => `Request violates constraint 'constraints/${constraint}'`

  it('on services refuses all of them', async () => {
    world.lab.gcp.guardProject(PROJECT, { constraints: { 'gcp.restrictServiceUsage': ['storage.googleapis.com'] } })
    expect((await list()).text).toContain(
      "Request is disallowed by organization's constraints/gcp.restrictServiceUsage constraint for 'projects/123456789012' attempting to use service 'storage.googleapis.com'.",
    )
  })

  it('on keys refuses what would be kept without one', async () => {
    world.lab.gcp.guardProject(PROJECT, { constraints: { 'gcp.restrictNonCmekServices': ['storage.googleapis.com'] } })
    expect(await write()).toMatchObject(storageError(violation('gcp.restrictNonCmekServices'), 412, 'conditionNotMet'))
    expect((await read()).status).toBe(200)
  })

  it('on buckets refuses what they would become', async () => {
    world.lab.gcp.guardProject(PROJECT, {
      constraints: {
        'storage.uniformBucketLevelAccess': true,
        'storage.retentionPolicySeconds': [86_400],
        'storage.publicAccessPrevention': true,
      },
    })
    const patch = (json: unknown): Promise<GoogleAnswer> => ask(`${BUCKETS}/${BUCKET}`, { method: 'PATCH', json })
    expect((await patch({ iamConfiguration: { uniformBucketLevelAccess: { enabled: false } } })).text).toContain(
      violation('storage.uniformBucketLevelAccess'),
    )
    expect((await patch({ retentionPolicy: { retentionPeriod: '60' } })).text).toContain(violation('storage.retentionPolicySeconds'))
    expect((await patch({ retentionPolicy: { retentionPeriod: '86400' } })).status).toBe(200)
    const bindings = [{ role: 'roles/storage.objectViewer', members: ['allUsers'] }]
    const published = await ask(`${BUCKETS}/${BUCKET}/iam`, { method: 'PUT', json: { bindings } })
    expect(published.text).toContain(violation('storage.publicAccessPrevention'))
  })
})

it('a bucket with uniform access takes no ACL of an object', async () => {
  const message =
    'Cannot insert legacy ACL for an object when uniform bucket-level access is enabled. Read more at https://cloud.google.com/storage/docs/uniform-bucket-level-access'
  expect(await write('&predefinedAcl=publicRead')).toMatchObject(storageError(message, 400, 'invalid'))
})

it('a managed folder gives what lies in it, and no more', async () => {
  const email = world.lab.gcp.putServiceAccount(PROJECT, { id: 'visitor' })
  world.lab.gcp.putObject(BUCKET, 'out/a.csv', { body: 'a,b\n' })
  world.lab.gcp.addBinding({
    on: { bucket: BUCKET, managedFolder: 'in/' },
    role: 'roles/storage.objectViewer',
    member: `serviceAccount:${email}`,
  })
  token = accountToken(world, email)
  expect((await read('in/a.csv')).status).toBe(200)
  expect((await read('out/a.csv')).status).toBe(403)
  expect((await ask(`${objectsUrl()}?prefix=in/`)).status).toBe(200)
  expect((await list()).status).toBe(403)
  const asked = await ask(`${BUCKETS}/${BUCKET}/iam/testPermissions?permissions=storage.objects.get`)
  expect(asked.json['permissions']).toBeUndefined()
})

it('a token whose account is disabled is told so where it is not for storage', async () => {
  const url = `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${world.reader}:generateAccessToken`
  world.lab.gcp.setServiceAccountDisabled(`loader@${PROJECT}.iam.gserviceaccount.com`, true)
  const refused = await ask(url, { json: { scope: ['https://www.googleapis.com/auth/cloud-platform'] } })
  expect(refused.status).toBe(401)
  expect(JSON.stringify(refused.json)).toContain('ACCOUNT_STATE_INVALID')
  const unknown = await ask(url, { json: {}, token: 'ya29.nothing' })
  expect(unknown.status).toBe(401)
  expect(JSON.stringify(unknown.json)).not.toContain('ACCOUNT_STATE_INVALID')
})

it('the API for credentials is that of the project that a caller belongs to', async () => {
  world.lab.gcp.guardProject(PROJECT, { disabledServices: ['iamcredentials.googleapis.com'] })
  const url = `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${world.reader}:generateAccessToken`
  const request = { json: { scope: ['https://www.googleapis.com/auth/cloud-platform'] } }
  const refused = await ask(url, request)
  expect(refused.status).toBe(403)
  expect(refused.text).toContain('IAM Service Account Credentials API has not been used in project 123456789012 before or it is disabled.')
  expect(JSON.stringify(refused.json)).toContain('SERVICE_DISABLED')
  world.lab.gcp.addBinding({
    on: { serviceAccount: world.reader },
    role: 'roles/iam.serviceAccountTokenCreator',
    member: 'user:admin@acme.example',
  })
  expect((await ask(url, { ...request, token: world.lab.gcp.issueToken(ADMIN) })).status).toBe(200)
})
