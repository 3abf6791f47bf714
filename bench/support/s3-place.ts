import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3'
import type { BenchContext } from '../row.ts'
import { BUCKET, REGION } from './installation.ts'
import type { Place } from './place.ts'

/** The bucket of the connection `lake`, beside AWS's own client. */
export function s3Place(context: BenchContext): Place {
  const { lab, installation, signal } = context
  return {
    prefix: '',
    where: '',
    connection: 'lake',
    location: { cloud: 'aws', bucket: BUCKET, prefix: 'data/', extent: 'folder' },
    url: `s3://${BUCKET}/data/`,
    client: 'the AWS SDK',
    putFile: (key, file) => lab.call('putFile', 'aws', BUCKET, key, file),
    putText: (key, text) => lab.call('putText', 'aws', BUCKET, key, text),
    fill: (prefix, layout, count) => lab.call('fillBucket', 'aws', BUCKET, prefix, layout, count),
    countObjects: (prefix) =>
      withSdk(context, async (client) => {
        let count = 0
        for await (const page of paginateListObjectsV2({ client }, { Bucket: BUCKET, Prefix: prefix })) count += page.Contents?.length ?? 0
        return count
      }),
    async withDownload(key, use) {
      const file = join(installation.folder, 'download.parquet')
      try {
        await withSdk(context, async (client) => {
          const { Body } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }), { abortSignal: signal })
          if (!(Body instanceof Readable)) throw new Error('The object has no body')
          await pipeline(Body, createWriteStream(file), { signal })
        })
        await use(file)
      } finally {
        await rm(file, { force: true })
      }
    },
  }
}

/** AWS's own client for the lab's S3, with a session of the customer's role: what one writes without Sluice. */
async function withSdk<T>({ lab, roleArn }: BenchContext, work: (client: S3Client) => Promise<T>): Promise<T> {
  const { accessKeyId, secretAccessKey, sessionToken } = await lab.call('issueSession', roleArn)
  const client = new S3Client({
    region: REGION,
    endpoint: lab.url,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
  })
  try {
    return await work(client)
  } finally {
    client.destroy()
  }
}
