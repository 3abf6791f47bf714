import type { Bench } from '../row.ts'
import { gcsPlace } from '../support/gcs-place.ts'
import { listPlace } from './listing.ts'
import { queryPlace } from './parquet.ts'
import { validatePlace } from './validation.ts'

/** What is measured on S3, measured on Google Cloud Storage: a preview, throughput, listings and a validation. */
export const gcs: Bench = {
  name: 'gcs',
  async run(context) {
    const place = await gcsPlace(context)
    return [
      ...(await queryPlace(context, place, ['preview', 'scan'])),
      ...(await listPlace(context, place, ['flat', 'folders'])),
      ...(await validatePlace(context, place)),
    ]
  },
}
