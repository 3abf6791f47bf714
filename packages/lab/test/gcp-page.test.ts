import { generateKeyPairSync } from 'node:crypto'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startLab, type GcpSeed } from '../src/index.ts'
import { BUCKET, google, ISSUER, objectsUrl, PROJECT, startGcpWorld, type GcpWorld } from './gcp-world.ts'
import { send } from './raw.ts'

let world: GcpWorld
beforeEach(async () => {
  world = await startGcpWorld()
})
afterEach(() => world.lab.close())

it('the page’s state shows what Google Cloud holds, and no secret', async () => {
  const { gcp } = world.lab
  gcp.putObject(BUCKET, 'secret-file', { body: 'secret bytes' })
  const key = gcp.createKey(world.reader)
  const token = gcp.issueToken({ kind: 'service-account', email: world.reader })
  gcp.setIamDelay(60_000)
  gcp.putCustomRole(PROJECT, { id: 'sluiceReader', permissions: ['storage.objects.get'] })
  gcp.addBinding({ on: { bucket: BUCKET }, role: `projects/${PROJECT}/roles/sluiceReader`, member: 'allUsers' })
  const { text } = await send(world.lab, { path: '/_lab/state.json' })
  const { gcp: shown } = JSON.parse(text)
  expect(shown).toMatchObject({
    projects: [{ id: PROJECT, number: '123456789012' }],
    buckets: [{ name: BUCKET, objects: 1, location: 'EUROPE-WEST3' }],
    serviceAccounts: [{ email: world.reader, disabled: false, keys: [{ id: key.private_key_id, manager: 'USER_MANAGED' }] }],
    pools: [{ name: world.pool, providers: [{ id: 'sluice', issuerUri: ISSUER }] }],
    roles: [{ name: `projects/${PROJECT}/roles/sluiceReader`, visible: false }],
  })
  expect(shown.policies).toContainEqual(expect.objectContaining({ on: `projects/_/buckets/${BUCKET}`, visible: false }))
  expect(shown.policies).toContainEqual(expect.objectContaining({ on: `projects/${PROJECT}`, visible: true }))
  for (const hidden of [key.private_key.slice(40, 80), 'PRIVATE KEY', token, 'secret bytes']) expect(text).not.toContain(hidden)
})

it('faults of Google’s operations and the delay of its policies are switched on the page', async () => {
  const post = (body: object) =>
    send(world.lab, { method: 'POST', path: '/_lab/faults', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  expect((await post({ operation: 'gcs.objects.list', effect: { kind: 'error', status: 429, code: 'rateLimitExceeded' } })).status).toBe(
    201,
  )
  expect((await post({ operation: 'gcs..list', effect: { kind: 'reset' } })).status).toBe(400)
  expect((await google(world.lab, objectsUrl())).status).toBe(429)
  await post({ iamDelayMs: 5000 })
  world.lab.gcp.addBinding({ on: { bucket: BUCKET }, role: 'roles/storage.objectViewer', member: 'allUsers' })
  await post({ clear: true })
  expect((await google(world.lab, objectsUrl())).status).toBe(401)
})

it('a seed begins a Google Cloud, its policies after what they name', async () => {
  const privateKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const seed: GcpSeed = {
    projects: [
      {
        id: 'acme-data',
        number: '42',
        bindings: [{ role: 'roles/owner', member: 'user:admin@acme.example' }],
        roles: [{ id: 'reader', permissions: ['storage.objects.list'] }],
        buckets: [
          {
            name: 'acme-lake',
            location: 'eu',
            objects: [
              { key: 'a', text: 'hello', contentType: 'text/plain' },
              { key: 'b', base64: 'aGVsbG8=' },
              { key: 'c', file: import.meta.filename },
            ],
            bindings: [
              { role: 'projects/acme-data/roles/reader', member: 'serviceAccount:sluice-reader@acme-data.iam.gserviceaccount.com' },
            ],
          },
        ],
        serviceAccounts: [
          {
            id: 'sluice-reader',
            keys: [{ privateKey }],
            bindings: [{ role: 'roles/iam.serviceAccountUser', member: 'user:ann@acme.example' }],
          },
        ],
        pools: [{ id: 'sluice', providers: [{ id: 'sluice', issuerUri: ISSUER }] }],
      },
    ],
  }
  const lab = await startLab({ seed: { accounts: [], gcp: JSON.parse(JSON.stringify(seed)) } })
  const token = lab.gcp.issueToken({ kind: 'service-account', email: 'sluice-reader@acme-data.iam.gserviceaccount.com' })
  const { items } = (await google(lab, objectsUrl(), { token })).json
  expect(items).toMatchObject([{ name: 'a', size: '5', contentType: 'text/plain' }, { name: 'b', size: '5' }, { name: 'c' }])
  expect(lab.gcp.getPolicy({ serviceAccount: 'sluice-reader@acme-data.iam.gserviceaccount.com' }).bindings).toHaveLength(1)
  await lab.close()
})
