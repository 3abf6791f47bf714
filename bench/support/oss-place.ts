import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import OSS from 'ali-oss'
import type { BenchContext } from '../row.ts'
import { ALIYUN_CUSTOMER } from './installation.ts'
import type { Place } from './place.ts'

const BUCKET = 'acme-lake'
const REGION = 'cn-beijing'
const CONNECTION = 'lake_oss'
const PAGE = 1_000

/** A bucket of OSS, connected by the setup's own template, beside Alibaba's own client. */
export async function ossPlace({ lab, installation }: BenchContext): Promise<Place> {
  const { connections, setups, caller, folder } = installation
  await lab.call('createOssBucket', ALIYUN_CUSTOMER, BUCKET, REGION)
  const url = `oss://${BUCKET}/data/`
  await connections.create(caller, {
    name: CONNECTION,
    cloud: 'aliyun',
    method: 'role',
    auth: { accountId: ALIYUN_CUSTOMER },
    locations: [url],
    purposes: ['import', 'backup'],
  })
  const { artifacts } = await setups.forConnection(caller, CONNECTION, {})
  await lab.call('applyRos', ALIYUN_CUSTOMER, artifacts.find(({ id }) => id === 'ros')?.text ?? '')
  const key = await lab.call('createRootAccessKey', ALIYUN_CUSTOMER)
  const client = new OSS({ ...key, bucket: BUCKET, region: `oss-${REGION}`, endpoint: lab.url, authorizationV4: true, timeout: 600_000 })
  return {
    prefix: 'oss-',
    where: ' on OSS',
    connection: CONNECTION,
    location: { cloud: 'aliyun', bucket: BUCKET, prefix: 'data/', extent: 'folder' },
    url,
    client: "Alibaba's SDK",
    putFile: (name, file) => lab.call('putFile', 'aliyun', BUCKET, name, file),
    putText: (name, text) => lab.call('putText', 'aliyun', BUCKET, name, text),
    fill: (prefix, layout, count) => lab.call('fillBucket', 'aliyun', BUCKET, prefix, layout, count),
    async countObjects(prefix) {
      let count = 0
      for (let token: string | undefined, isTruncated = true; isTruncated;) {
        const page = await client.listV2(
          { prefix, 'max-keys': String(PAGE), ...(token === undefined ? {} : { 'continuation-token': token }) },
          {},
        )
        count += page.objects?.length ?? 0
        isTruncated = page.isTruncated
        token = page.nextContinuationToken
      }
      return count
    },
    async withDownload(name, use) {
      const file = join(folder, 'download.parquet')
      try {
        await client.get(name, file)
        await use(file)
      } finally {
        await rm(file, { force: true })
      }
    },
  }
}
