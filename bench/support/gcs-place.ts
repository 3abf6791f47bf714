import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Storage } from '@google-cloud/storage'
import { OAuth2Client } from 'google-auth-library'
import type { BenchContext } from '../row.ts'
import { GCP_ACCOUNT } from './installation.ts'
import type { Place } from './place.ts'

const PROJECT = 'acme-data'
const BUCKET = 'acme-lake'
const CONNECTION = 'lake_gcs'

/** A bucket of Google Cloud Storage, granted to our service account as the setup has it, beside Google's own client. */
export async function gcsPlace({ lab, installation, signal }: BenchContext): Promise<Place> {
  const { connections, setups, caller, folder } = installation
  await lab.call('createGcsBucket', PROJECT, BUCKET, 'EUROPE-WEST3')
  const url = `gs://${BUCKET}/data/`
  await connections.create(caller, {
    name: CONNECTION,
    cloud: 'gcp',
    method: 'grant',
    auth: {},
    locations: [url],
    purposes: ['import', 'backup'],
  })
  const { artifacts } = await setups.forConnection(caller, CONNECTION, {})
  const document = (id: string) => JSON.parse(artifacts.find((artifact) => artifact.id === id)?.text ?? '')
  const role = await lab.call('putCustomRole', PROJECT, 'sluice', document('custom-role').includedPermissions)
  await lab.call('addBinding', { on: { bucket: BUCKET }, role, member: `serviceAccount:${GCP_ACCOUNT}`, condition: document('condition') })

  const authClient = new OAuth2Client()
  authClient.setCredentials({ access_token: await lab.call('issueGoogleToken', GCP_ACCOUNT) })
  const storage = new Storage({ apiEndpoint: lab.url, useAuthWithCustomEndpoint: true, projectId: PROJECT, authClient })
  const bucket = storage.bucket(BUCKET)
  return {
    prefix: 'gcs-',
    where: ' on Google Cloud Storage',
    connection: CONNECTION,
    location: { cloud: 'gcp', bucket: BUCKET, prefix: 'data/', extent: 'folder' },
    url,
    client: 'Google’s client',
    putFile: (name, file) => lab.call('putFile', 'gcp', BUCKET, name, file),
    putText: (name, text) => lab.call('putText', 'gcp', BUCKET, name, text),
    fill: (prefix, layout, count) => lab.call('fillBucket', 'gcp', BUCKET, prefix, layout, count),
    async countObjects(prefix) {
      const [files] = await bucket.getFiles({ prefix })
      return files.length
    },
    async withDownload(name, use) {
      const file = join(folder, 'download.parquet')
      try {
        // The lab knows no checksum of a large file.
        await pipeline(bucket.file(name).createReadStream({ validation: false }), createWriteStream(file), { signal })
        await use(file)
      } finally {
        await rm(file, { force: true })
      }
    },
  }
}
