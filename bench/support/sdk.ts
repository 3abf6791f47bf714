import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3'
import type { BenchContext } from '../row.ts'
import { BUCKET, REGION } from './installation.ts'

/** AWS's own client for the lab's S3, with a session of the customer's role: what one writes without Sluice. */
export async function withSdk<T>({ lab, roleArn }: BenchContext, work: (client: S3Client) => Promise<T>): Promise<T> {
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

/** Downloads an object into a file, uses it, and removes it. */
export async function withDownload(
  client: S3Client,
  key: string,
  folder: string,
  use: (file: string) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const file = join(folder, 'download.parquet')
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }), { abortSignal: signal })
    if (!(Body instanceof Readable)) throw new Error('The object has no body')
    await pipeline(Body, createWriteStream(file), { signal })
    await use(file)
  } finally {
    await rm(file, { force: true })
  }
}

/** Counts the objects under a prefix, page after page. */
export async function countObjects(client: S3Client, prefix: string): Promise<number> {
  let count = 0
  for await (const page of paginateListObjectsV2({ client }, { Bucket: BUCKET, Prefix: prefix })) count += page.Contents?.length ?? 0
  return count
}
