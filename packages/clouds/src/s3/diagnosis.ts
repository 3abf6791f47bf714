import type { CloudDiagnostics } from '@sluice/core'
import type { CloudDeps } from '../deps.ts'
import { configurationProbe, propertiesProbe, wholeListing } from '../s3-protocol/probes.ts'
import { s3Bucket } from './open-store.ts'

/** What a diagnosis asks of a store that speaks the S3 protocol: what every one of them has. */
export function diagnoseS3(deps: CloudDeps): CloudDiagnostics {
  return {
    documents: () => ({}),
    probes: (subject) => {
      const { connection, location, lease } = subject
      const bucket = s3Bucket(deps, connection, location, () => Promise.resolve(lease))
      return {
        ...propertiesProbe(bucket, subject),
        ...(location.prefix === '' || bucket.listing?.version === 1 ? {} : { 'list-without-prefix': wholeListing(bucket) }),
        'bucket-policy': configurationProbe(bucket, 'GetBucketPolicy', 'policy'),
      }
    },
  }
}
