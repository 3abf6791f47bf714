import { createHash, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { ApiError, Storage, type Bucket } from '@google-cloud/storage'
import { DownscopedClient, ExternalAccountClient, GoogleAuth, Impersonated, JWT, type AuthClient } from 'google-auth-library'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Lab } from '../src/index.ts'
import { send } from './raw.ts'
import { BUCKET, goodClaims, issuer, PROJECT, SCOPE, startGcpWorld, type GcpWorld } from './gcp-world.ts'

let world: GcpWorld
beforeEach(async () => {
  world = await startGcpWorld()
  world.lab.gcp.putObject(BUCKET, 'in/a.csv', { body: 'a,b\n1,2\n', contentType: 'text/csv' })
  world.lab.gcp.putObject(BUCKET, 'out/b.csv', { body: 'secret' })
})
afterEach(() => world.lab.close())

/** What a route does: the request for one of Google's hosts goes to the lab. */
function labFetch(lab: Lab): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init)
    const { host, pathname, search } = new URL(request.url)
    if (!host.endsWith('.googleapis.com')) return fetch(request)
    const { status, headers, bytes } = await send(lab, {
      method: request.method,
      host,
      path: pathname + search,
      headers: Object.fromEntries(request.headers),
      body: Buffer.from(await request.arrayBuffer()),
    })
    return new Response(bytes, { status, headers: { 'content-type': String(headers['content-type']) } })
  }
}

const transporterOptions = () => ({ fetchImplementation: labFetch(world.lab) })

/** Google's own client against the lab's own address. */
function bucketOf(authClient: AuthClient): Bucket {
  const storage = new Storage({
    apiEndpoint: world.lab.url,
    useAuthWithCustomEndpoint: true,
    authClient,
    projectId: PROJECT,
    retryOptions: { autoRetry: false },
  })
  return storage.bucket(BUCKET)
}

function accountClient(...roles: readonly string[]): { readonly client: JWT; readonly email: string } {
  const email = world.lab.gcp.putServiceAccount(PROJECT, { id: 'client' })
  for (const role of roles) world.lab.gcp.addBinding({ on: { bucket: BUCKET }, role, member: `serviceAccount:${email}` })
  const key = world.lab.gcp.createKey(email)
  const client = new JWT({
    email,
    key: key.private_key,
    keyId: key.private_key_id,
    scopes: [SCOPE],
    transporterOptions: transporterOptions(),
  })
  return { client, email }
}

async function refusal(
  call: Promise<unknown>,
): Promise<{ readonly code: number | undefined; readonly message: string; readonly reason: string | undefined }> {
  try {
    await call
  } catch (error) {
    if (error instanceof ApiError) return { code: error.code, message: error.message, reason: error.errors?.[0]?.reason }
    throw error
  }
  throw new Error('The call was expected to be refused')
}

describe('@google-cloud/storage with a key file', () => {
  it('uploads, lists, reads and deletes', async () => {
    const bucket = bucketOf(accountClient('roles/storage.objectAdmin', 'roles/storage.legacyBucketReader').client)
    const file = bucket.file('dir/ä b+c%.csv')
    await file.save('x,y\n', { resumable: false, contentType: 'text/csv', metadata: { metadata: { job: '7' } } })
    const [metadata] = await file.getMetadata()
    expect(metadata).toMatchObject({ contentType: 'text/csv', size: '4', metadata: { job: '7' } })
    expect((await file.download())[0].toString()).toBe('x,y\n')
    expect((await file.download({ start: 2, end: 2 }))[0].toString()).toBe('y')
    const [files] = await bucket.getFiles({ prefix: 'dir/' })
    expect(files.map(({ name }) => name)).toEqual(['dir/ä b+c%.csv'])
    const [, , response] = await bucket.getFiles({ delimiter: '/', autoPaginate: false })
    expect(response).toMatchObject({ prefixes: ['dir/', 'in/', 'out/'] })
    await file.delete()
    expect(await file.exists()).toEqual([false])
    expect((await bucket.getMetadata())[0]).toMatchObject({ location: 'EUROPE-WEST3' })
  })

  it('pages through a listing', async () => {
    for (let index = 0; index < 25; index++) world.lab.gcp.putObject(BUCKET, `many/${String(index).padStart(2, '0')}`, { body: 'x' })
    const bucket = bucketOf(accountClient('roles/storage.objectViewer').client)
    const names: string[] = []
    let query: object | null = { prefix: 'many/', maxResults: 7, autoPaginate: false }
    while (query !== null) {
      const [files, next]: [readonly { readonly name: string }[], object | null, ...unknown[]] = await bucket.getFiles(query)
      names.push(...files.map(({ name }) => name))
      query = next
    }
    expect(names).toEqual(world.lab.gcp.listKeys(BUCKET, 'many/'))
    expect(world.lab.requests.entries().filter(({ operation }) => operation === 'gcs.objects.list')).toHaveLength(4)
  })

  it.each([
    ['in one piece', undefined],
    ['in several', 256 * 1024],
  ])('uploads resumably %s, and verifies the checksum', async (_, chunkSize) => {
    const bucket = bucketOf(accountClient('roles/storage.objectAdmin').client)
    const bytes = randomBytes(900_001)
    // Left to itself, the client begins an upload at an endpoint of one's own without its token.
    const [uri] = await bucket.file('big').createResumableUpload()
    await bucket.file('big').save(bytes, { resumable: true, uri, validation: 'crc32c', ...(chunkSize === undefined ? {} : { chunkSize }) })
    const [back] = await bucket.file('big').download({ validation: 'crc32c' })
    expect(createHash('sha256').update(back).digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'))
  })

  it('writes only where nothing is', async () => {
    const bucket = bucketOf(accountClient('roles/storage.objectCreator').client)
    const save = (): Promise<void> => bucket.file('new').save('x', { resumable: false, preconditionOpts: { ifGenerationMatch: 0 } })
    await save()
    expect(await refusal(save())).toMatchObject({ code: 412, reason: 'conditionNotMet' })
  })

  it('is refused in words that name the permission', async () => {
    const { client, email } = accountClient('roles/storage.objectCreator')
    const bucket = bucketOf(client)
    const words = (permission: string, what: string): string =>
      `${email} does not have ${permission} access to the Google Cloud Storage ${what}. Permission '${permission}' denied on resource (or it may not exist).`
    expect(await refusal(bucket.getFiles())).toEqual({ code: 403, reason: 'forbidden', message: words('storage.objects.list', 'bucket') })
    expect((await refusal(bucket.file('in/a.csv').save('x', { resumable: false }))).message).toBe(words('storage.objects.delete', 'object'))
    expect((await bucket.iam.testPermissions(['storage.objects.create', 'storage.objects.get']))[0]).toEqual({
      'storage.objects.create': true,
      'storage.objects.get': false,
    })
  })

  it('is told that its key is gone', async () => {
    const { client, email } = accountClient('roles/storage.objectViewer')
    world.lab.gcp.deleteKey(email, client.keyId ?? '')
    await expect(bucketOf(client).getFiles()).rejects.toThrow('invalid_grant')
  })
})

describe('google-auth-library', () => {
  /** Serves the issuer's tokens the way a file with url as source asks for them. */
  async function serveToken(): Promise<{ readonly url: string; readonly close: () => void }> {
    const server = createServer((_, response) => {
      void issuer.sign(goodClaims(world)).then((token) => response.end(JSON.stringify({ token })))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('no TCP address')
    return { url: `http://127.0.0.1:${address.port}/token`, close: () => server.close() }
  }

  async function externalAccount(impersonated?: string): Promise<AuthClient> {
    const source = await serveToken()
    const client = ExternalAccountClient.fromJSON({
      type: 'external_account',
      audience: world.audience,
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: `${world.lab.url}/v1/token`,
      credential_source: { url: source.url, format: { type: 'json', subject_token_field_name: 'token' } },
      scopes: [SCOPE],
      ...(impersonated === undefined
        ? {}
        : {
            service_account_impersonation_url: `${world.lab.url}/v1/projects/-/serviceAccounts/${impersonated}:generateAccessToken`,
          }),
    })
    if (!client) throw new Error('the file is no external account')
    await client.getAccessToken().finally(() => source.close())
    return client
  }

  it('comes in through a pool, as itself', async () => {
    world.lab.gcp.addBinding({ on: { bucket: BUCKET }, role: 'roles/storage.objectViewer', member: world.principal })
    const [bytes] = await bucketOf(await externalAccount())
      .file('in/a.csv')
      .download()
    expect(bytes.toString()).toBe('a,b\n1,2\n')
  })

  it('comes in through a pool, as a service account', async () => {
    await expect(externalAccount(world.reader)).rejects.toThrow("Permission 'iam.serviceAccounts.getAccessToken' denied on resource")
    world.lab.gcp.addBinding({ on: { serviceAccount: world.reader }, role: 'roles/iam.workloadIdentityUser', member: world.principal })
    const [bytes] = await bucketOf(await externalAccount(world.reader))
      .file('in/a.csv')
      .download()
    expect(bytes.toString()).toBe('a,b\n1,2\n')
    expect(world.lab.requests.entries().at(-1)?.principal).toBe(world.reader)
  })

  it('impersonates from a key', async () => {
    const { client, email } = accountClient()
    world.lab.gcp.addBinding({
      on: { serviceAccount: world.reader },
      role: 'roles/iam.serviceAccountTokenCreator',
      member: `serviceAccount:${email}`,
    })
    const impersonated = new Impersonated({
      sourceClient: client,
      targetPrincipal: world.reader,
      targetScopes: [SCOPE],
      lifetime: 600,
      transporterOptions: transporterOptions(),
    })
    const [files] = await bucketOf(impersonated).getFiles()
    expect(files).toHaveLength(2)
    const { signedBlob, keyId } = await impersonated.sign('blob')
    expect(keyId).toMatch(/^[0-9a-f]{40}$/)
    expect(Buffer.from(signedBlob, 'base64')).toHaveLength(256)
  })

  it('narrows a token by an access boundary', async () => {
    const { client } = accountClient('roles/storage.objectAdmin')
    const downscoped = new DownscopedClient({
      authClient: client,
      transporterOptions: transporterOptions(),
      credentialAccessBoundary: {
        accessBoundary: {
          accessBoundaryRules: [
            {
              availableResource: `//storage.googleapis.com/projects/_/buckets/${BUCKET}`,
              availablePermissions: ['inRole:roles/storage.objectViewer'],
              availabilityCondition: { expression: `resource.name.startsWith('projects/_/buckets/${BUCKET}/objects/in/')` },
            },
          ],
        },
      },
    })
    // Its exchange goes past the transporter that it is given: the library makes another for it.
    const exchanger: unknown = Reflect.get(downscoped, 'stsCredential')
    if (typeof exchanger !== 'object' || exchanger === null) throw new Error('the library has changed')
    Reflect.set(exchanger, 'transporter', downscoped.transporter)
    const bucket = bucketOf(downscoped)
    expect((await bucket.file('in/a.csv').download())[0].toString()).toBe('a,b\n1,2\n')
    expect(await refusal(bucket.file('out/b.csv').download())).toMatchObject({ code: 403 })
    expect(await refusal(bucket.file('in/new').save('x', { resumable: false }))).toMatchObject({ code: 403 })
  })

  it('reads a key file as an application does', async () => {
    const auth = new GoogleAuth({
      credentials: world.lab.gcp.createKey(world.reader),
      scopes: [SCOPE],
      clientOptions: { transporterOptions: transporterOptions() },
    })
    expect(await auth.getAccessToken()).toMatch(/^ya29\./)
  })
})
