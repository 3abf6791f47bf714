import { createHash } from 'node:crypto'
import { quickCreateLink, type AwsCredentials } from '@sluice/clouds'
import type { AwsPlatform, Cloud, Connection, Lease, Location } from '@sluice/core'
import type { TemplatePublisher } from '@sluice/service'

const SUFFIX: { readonly [partition in AwsPlatform['partition']]: string } = {
  aws: 'amazonaws.com',
  'aws-us-gov': 'amazonaws.com',
  'aws-cn': 'amazonaws.com.cn',
}

/**
 * Publishes setup templates to the operator's bucket with our own credentials. The operator lets the objects be read: CloudFormation
 * opens a template as whoever looks at the link. A template's key is its hash, so that a link never shows another template later.
 */
export function createTemplatePublisher(deps: {
  readonly cloud: Cloud
  readonly bucket: NonNullable<AwsPlatform['templateBucket']>
  readonly partition: AwsPlatform['partition']
  readonly credentials: (signal: AbortSignal) => Promise<AwsCredentials>
}): TemplatePublisher {
  const { cloud, bucket, partition, credentials } = deps
  const location: Location = { cloud: 'aws', bucket: bucket.name, prefix: '', extent: 'bucket' }
  const lease = async (signal: AbortSignal): Promise<Lease> => {
    const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = await credentials(signal)
    return {
      id: 'platform',
      scope: { location, access: ['write'] },
      narrowed: false,
      expiresAt: expiresAt ?? Infinity,
      secret: { kind: 'aws', accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    }
  }
  return {
    async publish({ setup, template }, signal) {
      const hash = createHash('sha256').update(template.text).digest('hex')
      const key = `sluice/${hash}/${template.filename}`
      const store = cloud.open(ourOwn(location, bucket.region), location, lease)
      await store.put(key, new TextEncoder().encode(template.text), {}, signal)
      const host = `${bucket.name.includes('.') ? '' : `${bucket.name}.`}s3.${bucket.region}.${SUFFIX[partition]}`
      const path = bucket.name.includes('.') ? `${bucket.name}/${key}` : key
      const templateUrl = `https://${host}/${path}`
      return { templateUrl, quickCreateUrl: quickCreateLink(setup, templateUrl) }
    },
  }
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
    cloud: 'aws',
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
