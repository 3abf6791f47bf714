import type { Bench } from '../row.ts'
import { azurePlace } from '../support/azure-place.ts'
import { listPlace } from './listing.ts'
import { queryPlace } from './parquet.ts'

/** What is measured on S3, measured on Azure: a preview, throughput, and a listing. */
export const azure: Bench = {
  name: 'azure',
  async run(context) {
    const place = await azurePlace(context)
    return [...(await queryPlace(context, place, ['preview', 'scan'])), ...(await listPlace(context, place, ['flat']))]
  },
}
