import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Setup } from '@sluice/core'
import { fakeGcloud } from '../packages/clouds/test/support/fake-gcloud.ts'
import { PLATFORM_GCP_ACCOUNT, startInstallation } from './support/installation.ts'
import { type Fault, type Way, testWholeWay } from './support/whole-way.ts'

const PROJECT = 'acme-data'
const NUMBER = '123456789012'
const BUCKET = 'acme-lake'
const POOL = `projects/${NUMBER}/locations/global/workloadIdentityPools/sluice-acme`
const ACCOUNT = `sluice-acme@${PROJECT}.iam.gserviceaccount.com`
const ROLE = `projects/${PROJECT}/roles/sluice_acme`

/** A customer with a bucket, and nothing that lets us into it. Whatever is applied is applied by the script of the setup. */
async function begin(method: string, authOf: (lab: Lab) => { readonly [field: string]: string }): Promise<Way> {
  const installation = await startInstallation()
  const { gcp } = installation.lab
  gcp.createProject(PROJECT, NUMBER)
  gcp.addBinding({ on: { project: PROJECT }, role: 'roles/owner', member: 'user:admin@acme.example' })
  gcp.createBucket(PROJECT, { name: BUCKET, location: 'EUROPE-WEST3' })
  gcp.addBinding({ on: { bucket: BUCKET }, role: 'roles/storage.admin', member: 'user:admin@acme.example' })
  gcp.putObject(BUCKET, 'other/secret.csv', { body: 'not for us\n' })
  return {
    installation,
    draft: {
      name: 'acme',
      cloud: 'gcp',
      method,
      auth: authOf(installation.lab),
      locations: [`gs://${BUCKET}/data/`],
      purposes: ['import', 'backup'],
    },
    folder: 'data/',
    owner: {
      put: (key, body) => void gcp.putObject(BUCKET, key, { body }),
      get: (key) => gcp.getObject(BUCKET, key),
    },
    apply: async (setup) => learned(await runScript(installation.lab, setup, 'gcloud')),
    remove: async (setup) => void (await runScript(installation.lab, setup, 'remove-script')),
  }
}

type Lab = Way['installation']['lab']

/** Runs a script of the setup as the customer's admin, with a gcloud that speaks to the lab. */
async function runScript(lab: Lab, setup: Setup, id: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-gcloud-'))
  const token = lab.gcp.issueToken({ kind: 'user', email: 'admin@acme.example' })
  const gcloud = await fakeGcloud(folder, { url: lab.url, token, project: PROJECT })
  try {
    const script = join(folder, 'script.sh')
    writeFileSync(script, setup.artifacts.find((artifact) => artifact.id === id)?.text ?? '')
    return await new Promise<string>((resolve, reject) => {
      const env = { PATH: `${folder}:${process.env['PATH']}`, TMPDIR: folder }
      execFile('bash', [script], { cwd: folder, env }, (failure, out, error) =>
        failure === null ? resolve(out) : reject(new Error(`${id} failed: ${error}`)),
      )
    })
  } finally {
    await gcloud.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What the script says at its end is what Sluice is told. */
function learned(out: string): { readonly [field: string]: string } | undefined {
  const provider = /^Done\. Workload identity provider: (.+)$/m.exec(out)?.[1]
  return provider === undefined ? undefined : { provider }
}

/** The setup with a document of its script written otherwise. */
const rewritten =
  (from: string, to: string) =>
  (setup: Setup): Setup => ({
    ...setup,
    artifacts: setup.artifacts.map((artifact) => {
      if (artifact.id !== 'gcloud') return artifact
      const text = artifact.text.replaceAll(from, to)
      if (text === artifact.text) throw new Error(`nothing to replace: ${from}`)
      return { ...artifact, text }
    }),
  })

const withoutPermission = (permission: string) => rewritten(`    "${permission}",\n`, '')

const setRole = ({ installation }: Way, permissions: readonly string[]) =>
  void installation.lab.gcp.putCustomRole(PROJECT, { id: 'sluice_acme', permissions })

const ALL = ['storage.buckets.get', 'storage.objects.list', 'storage.objects.get', 'storage.objects.create', 'storage.objects.delete']

/** Faults of permissions and of the bucket, the same by whatever method we come. */
const PERMISSION_FAULTS: readonly Fault<Way>[] = [
  {
    title: 'the role does not hold the permission to list',
    setup: withoutPermission('storage.objects.list'),
    fails: 'permissions-granted',
    reason: 'permissions.missing',
    remedy: /--add-permissions=storage\.objects\.list/,
  },
  {
    title: 'the role does not hold the permission to read',
    setup: withoutPermission('storage.objects.get'),
    fails: 'permissions-granted',
    reason: 'permissions.missing',
    remedy: /--add-permissions=storage\.objects\.get/,
  },
  {
    title: 'the role holds neither the permission to write nor that to delete',
    after: (way) => setRole(way, ALL.slice(0, 3)),
    fails: 'permissions-granted',
    reason: 'permissions.missing',
    remedy: /storage\.objects\.create, storage\.objects\.delete/,
  },
  {
    title: 'the condition covers another folder',
    setup: rewritten('/objects/data/', '/objects/other/'),
    fails: 'permissions-granted',
    reason: 'permissions.conditional',
    remedy: /condition of the grant cover gs:\/\/acme-lake\/data\//,
  },
  {
    title: 'the bucket grants nothing',
    after: ({ installation }) => installation.lab.gcp.setPolicy({ bucket: BUCKET }, { bindings: [] }),
    fails: 'permissions-granted',
    reason: 'permissions.missing',
    remedy: /gcloud storage buckets add-iam-policy-binding gs:\/\/acme-lake/,
  },
  {
    title: 'the bucket is gone',
    after: ({ installation }) => installation.lab.gcp.deleteBucket(BUCKET),
    fails: 'bucket-is-the-expected-one',
    reason: 'bucket.missing',
    remedy: /gcloud storage buckets describe gs:\/\/acme-lake/,
  },
  {
    title: 'the bucket bills whoever asks',
    after: ({ installation }) => installation.lab.gcp.configureBucket(BUCKET, { requesterPays: true }),
    fails: 'bucket-is-the-expected-one',
    reason: 'gcp.requester_pays',
    remedy: /--requester-pays/,
  },
  {
    title: 'the bucket has a key that its service agent may not use',
    after: ({ installation }) => {
      const defaultKmsKeyName = installation.lab.gcp.putKmsKey(PROJECT, { location: 'europe-west3', keyRing: 'ring', id: 'key' })
      installation.lab.gcp.configureBucket(BUCKET, { defaultKmsKeyName })
    },
    fails: 'encryption-key-usable',
    reason: 'encryption.key_refuses',
    remedy: /gcloud storage service-agent --project=/,
  },
  {
    title: 'a retention policy keeps what is written',
    after: ({ installation }) => installation.lab.gcp.configureBucket(BUCKET, { retentionSeconds: 86_400 }),
    fails: 'deletes-object',
    reason: 'gcp.retention',
    remedy: /--clear-retention-period/,
  },
]

/** What stands in the way of acting as the customer's account. */
const ACTING_FAULTS: readonly Fault<Way>[] = [
  {
    title: 'the account does not let us act as it',
    after: ({ installation }) => installation.lab.gcp.setPolicy({ serviceAccount: ACCOUNT }, { bindings: [] }),
    fails: 'trust-accepts-us',
    reason: 'trust.refused',
    remedy: /gcloud iam service-accounts add-iam-policy-binding sluice-acme@acme-data/,
  },
  {
    title: 'the account is disabled',
    after: ({ installation }) => installation.lab.gcp.setServiceAccountDisabled(ACCOUNT, true),
    fails: 'trust-accepts-us',
    reason: 'trust.refused',
    remedy: /exists and is enabled/,
  },
]

testWholeWay('by federation, as the principal itself', () => begin('federation', () => ({})), [
  ...PERMISSION_FAULTS,
  {
    title: 'the pool is gone',
    after: ({ installation }) => installation.lab.gcp.deletePool(POOL),
    fails: 'trust-accepts-us',
    reason: 'trust.refused',
    remedy: /workload-identity-pools providers describe sluice/,
  },
  {
    title: 'the provider trusts another issuer',
    setup: rewritten('--issuer-uri=https://sluice.example.com', '--issuer-uri=https://other.example.com'),
    fails: 'trust-accepts-us',
    reason: 'trust.refused',
    remedy: /--issuer-uri=https:\/\/sluice\.example\.com/,
  },
  {
    title: 'the provider expects another audience',
    setup: rewritten('--attribute-mapping=', '--allowed-audiences=https://elsewhere.example --attribute-mapping='),
    fails: 'trust-accepts-us',
    reason: 'trust.refused',
    remedy: /--allowed-audiences=''/,
  },
  {
    title: 'the condition names another connection',
    setup: rewritten("'assertion.sub == '\\''", "'assertion.sub == '\\''another-"),
    fails: 'trust-accepts-us',
    reason: 'trust.refused',
    remedy: /assertion\.sub == /,
  },
  {
    title: 'the provider lets in every connection, and the bucket grants the whole pool',
    after: ({ installation }) => {
      const { gcp } = installation.lab
      gcp.putProvider(POOL, { id: 'sluice', issuerUri: 'https://sluice.example.com' })
      gcp.addBinding({ on: { bucket: BUCKET }, role: ROLE, member: `principalSet://iam.googleapis.com/${POOL}/*` })
    },
    fails: 'trust-refuses-wrong-subject',
    reason: 'trust.open_to_strangers',
    remedy: /--attribute-condition=/,
  },
  {
    title: 'the provider takes tokens that are for others too',
    after: ({ installation }) =>
      void installation.lab.gcp.putProvider(POOL, {
        id: 'sluice',
        issuerUri: 'https://sluice.example.com',
        attributeCondition: "assertion.sub.startsWith('organization:org:project:project:connection:') && google.subject != ''",
        allowedAudiences: [`//iam.googleapis.com/${POOL}/providers/sluice`, 'urn:sluice:nobody'],
      }),
    fails: 'trust-refuses-wrong-audience',
    reason: 'trust.open_to_other_audiences',
    remedy: /--allowed-audiences=''/,
  },
])

testWholeWay(
  'by federation, as an account of the customer',
  () => begin('federation', () => ({ projectNumber: NUMBER, serviceAccount: ACCOUNT })),
  [
    ...ACTING_FAULTS,
    ...PERMISSION_FAULTS.slice(0, 2),
    {
      title: 'the provider lets in every connection, and all of them may act as the account',
      after: ({ installation }) => {
        const { gcp } = installation.lab
        gcp.putProvider(POOL, { id: 'sluice', issuerUri: 'https://sluice.example.com' })
        gcp.addBinding({
          on: { serviceAccount: ACCOUNT },
          role: 'roles/iam.workloadIdentityUser',
          member: `principalSet://iam.googleapis.com/${POOL}/*`,
        })
      },
      fails: 'trust-refuses-wrong-subject',
      reason: 'trust.open_to_strangers',
      remedy: /principalSet/,
    },
  ],
)

testWholeWay('by a grant to our own account', () => begin('grant', () => ({})), [
  ...PERMISSION_FAULTS,
  {
    title: 'our own account is disabled',
    after: ({ installation }) => installation.lab.gcp.setServiceAccountDisabled(PLATFORM_GCP_ACCOUNT, true),
    fails: 'platform-identity-works',
    reason: 'identity.rejected',
    remedy: /sluice server doctor/,
  },
])

testWholeWay('by a grant that lets us act as an account of the customer', () => begin('grant', () => ({ serviceAccount: ACCOUNT })), [
  ...ACTING_FAULTS,
  ...PERMISSION_FAULTS.slice(0, 2),
])

/** An account that the customer has, and its key. */
function keyOf({ gcp }: Lab): { readonly key: string } {
  gcp.putServiceAccount(PROJECT, { id: 'sluice-acme' })
  return { key: JSON.stringify(gcp.createKey(ACCOUNT)) }
}

const keyId = ({ draft }: Way): string => {
  const file: { readonly private_key_id: string } = JSON.parse(draft.auth['key'] ?? '{}')
  return file.private_key_id
}

testWholeWay('by the key of a service account', () => begin('service-account-key', keyOf), [
  ...PERMISSION_FAULTS.slice(0, 4),
  {
    title: 'the key was deleted',
    after: (way) => way.installation.lab.gcp.deleteKey(ACCOUNT, keyId(way)),
    fails: 'trust-accepts-us',
    reason: 'identity.rejected',
    remedy: /gcloud iam service-accounts keys create/,
  },
  {
    title: 'the account is gone',
    after: ({ installation }) => installation.lab.gcp.deleteServiceAccount(ACCOUNT),
    fails: 'trust-accepts-us',
    reason: 'identity.rejected',
    remedy: /account is enabled/,
  },
])
