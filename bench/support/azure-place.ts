import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { StorageSharedKeyCredential } from '@azure/storage-blob'
import { blobService } from '../../packages/lab/test/azure-client.ts'
import type { BenchContext } from '../row.ts'
import type { Place } from './place.ts'

const ACCOUNT = 'acmelake'
const CONTAINER = 'lake'
const CONNECTION = 'lake_azure'
const HOST = `${ACCOUNT}.blob.core.windows.net`

/** A container of Azure, connected by the setup's own template, beside Azure's own client. */
export async function azurePlace({ lab, installation, signal }: BenchContext): Promise<Place> {
  const { connections, setups, caller, folder } = installation
  const key = await lab.call('createContainer', ACCOUNT, CONTAINER)
  const url = `azure://${HOST}/${CONTAINER}/data/`
  await connections.create(caller, {
    name: CONNECTION,
    cloud: 'azure',
    method: 'managed-identity',
    auth: {},
    locations: [url],
    purposes: ['import', 'backup'],
  })
  const { artifacts } = await setups.forConnection(caller, CONNECTION, {})
  await lab.call('deployTemplate', artifacts.find(({ id }) => id === 'arm-template')?.text ?? '')
  const client = blobService({ url: lab.url }, HOST, new StorageSharedKeyCredential(ACCOUNT, key)).getContainerClient(CONTAINER)
  return {
    prefix: 'azure-',
    where: ' on Azure',
    connection: CONNECTION,
    location: { cloud: 'azure', account: ACCOUNT, bucket: CONTAINER, prefix: 'data/', extent: 'folder' },
    url,
    client: "Azure's SDK",
    otherwise: { pageKeys: 5_000, fromAnyKey: false, readsEnds: false },
    putFile: (name, file) => lab.call('putBlobFile', ACCOUNT, CONTAINER, name, file),
    putText: (name, text) => lab.call('putBlobText', ACCOUNT, CONTAINER, name, text),
    fill: (prefix, layout, count) => lab.call('fillContainer', ACCOUNT, CONTAINER, prefix, layout, count),
    async countObjects(prefix) {
      let count = 0
      for await (const page of client.listBlobsFlat({ prefix }).byPage()) count += page.segment.blobItems.length
      return count
    },
    async withDownload(name, use) {
      const file = join(folder, 'download.parquet')
      try {
        const { readableStreamBody: body } = await client.getBlobClient(name).download(0, undefined, { abortSignal: signal })
        if (body === undefined) throw new Error('The blob has no body')
        await pipeline(body, createWriteStream(file), { signal })
        await use(file)
      } finally {
        await rm(file, { force: true })
      }
    },
  }
}
