import type { IamCondition, Location } from '@sluice/core'
import { celText } from '../cel.ts'
import type { SetupPlan } from './plan.ts'

/** One grant on one bucket. Of a bucket with very many folders there are several, each with some of them. */
export interface BucketGrant {
  readonly bucket: string
  readonly condition: IamCondition | undefined
}

/** Google takes 12 logical operators in a condition. https://cloud.google.com/iam/docs/conditions-overview#limitations */
const MOST_NAMES = 12

/** The grants that cover the locations and nothing else. A condition on names of objects says nothing of the bucket itself, whose names can be listed. */
export function bucketGrants(plan: SetupPlan): readonly BucketGrant[] {
  const byBucket = [...Map.groupBy(plan.locations, (location) => location.bucket)]
  return byBucket.flatMap(([bucket, locations]): readonly BucketGrant[] => {
    const named = plan.access.some((access) => access !== 'list')
    if (!named || locations.some(({ extent }) => extent === 'bucket')) return [{ bucket, condition: undefined }]
    const pieces = chunks(locations, MOST_NAMES)
    return pieces.map((piece, index) => ({
      bucket,
      condition: {
        title: pieces.length === 1 ? 'sluice' : `sluice-${index + 1}`,
        description: `Sluice connection ${plan.connection.id}`,
        expression: ["resource.type == 'storage.googleapis.com/Bucket'", ...piece.map(nameTest)].join(' || '),
      },
    }))
  })
}

function nameTest({ bucket, prefix, extent }: Location): string {
  const name = celText(`projects/_/buckets/${bucket}/objects/${prefix}`)
  return extent === 'object' ? `resource.name == ${name}` : `resource.name.startsWith(${name})`
}

function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size))
}
