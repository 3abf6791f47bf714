import { createHash } from 'node:crypto'
import { quickCreateLink } from '@sluice/clouds'
import { accessError, type Cloud, type Connection, type Lease, type LeaseSecret, type Location } from '@sluice/core'
import type { TemplatePublisher } from '@sluice/service'

/** A bucket of the operator's that setup templates are published to. */
export interface TemplateBucket {
  readonly cloud: Cloud
  readonly name: string
  readonly region: string
  /** Where everybody finds the object of a key. */
  readonly urlOf: (key: string) => string
  readonly credentials: (signal: AbortSignal) => Promise<{ readonly secret: LeaseSecret; readonly expiresAt?: number | undefined }>
}

/**
 * Publishes setup templates to a bucket of the operator's with our own credentials. The operator lets the objects be read: the console
 * opens a template as whoever looks at the link. A template's key is its hash, so that a link never shows another template later.
 * A cloud's templates lie in its own bucket; consoles that open templates from anywhere take another's where there is none.
 */
export function createTemplatePublisher(buckets: { readonly [cloud: string]: TemplateBucket | undefined }): TemplatePublisher {
  return {
    async publish({ setup, template }, signal) {
      const bucket = buckets[setup.cloud] ?? (setup.cloud === 'aws' ? undefined : buckets['aws'])
      if (bucket === undefined)
        throw accessError('setup.no_publisher', { message: `This Sluice has no bucket to publish setup templates for ${setup.cloud} to.` })
      const hash = createHash('sha256').update(template.text).digest('hex')
      const key = `sluice/${hash}/${template.filename}`
      const location: Location = { cloud: bucket.cloud.id, bucket: bucket.name, prefix: '', extent: 'bucket' }
      const store = bucket.cloud.open(ourOwn(location, bucket.region), location, (stop) => lease(bucket, location, stop))
      await store.put(key, new TextEncoder().encode(template.text), {}, signal)
      const templateUrl = bucket.urlOf(key)
      return { templateUrl, quickCreateUrl: quickCreateLink(setup, templateUrl) }
    },
  }
}

async function lease({ credentials }: TemplateBucket, location: Location, signal: AbortSignal): Promise<Lease> {
  const { secret, expiresAt = Infinity } = await credentials(signal)
  return { id: 'platform', scope: { location, access: ['write'] }, narrowed: false, expiresAt, secret }
}

/** The connection that the platform has to its own bucket: no customer's, and in no store. */
function ourOwn(location: Location, region: string): Connection {
  return {
    id: 'platform',
    organization: 'platform',
    project: 'platform',
    name: 'platform',
    description: '',
    labels: {},
    cloud: location.cloud,
    auth: { method: 'none', fields: {} },
    locations: [location],
    purposes: ['export'],
    access: ['write'],
    settings: { region },
    state: 'ready',
    createdAt: '',
    updatedAt: '',
    version: 1,
  }
}
