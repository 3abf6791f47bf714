import type { Bench } from '../row.ts'
import { ossPlace } from '../support/oss-place.ts'
import { listPlace } from './listing.ts'
import { queryPlace } from './parquet.ts'

/** What is measured on S3, measured on OSS: a preview, throughput, and a listing. */
export const oss: Bench = {
  name: 'oss',
  async run(context) {
    const place = await ossPlace(context)
    return [...(await queryPlace(context, place, ['preview', 'scan'])), ...(await listPlace(context, place, ['flat']))]
  },
}
