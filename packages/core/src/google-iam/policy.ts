/** A condition of a binding, as IAM writes it. */
export interface IamCondition {
  readonly title?: string
  readonly description?: string
  readonly expression: string
}

/** Gives a role to members, under a condition or without. */
export interface IamBinding {
  readonly role: string
  readonly members: readonly string[]
  readonly condition?: IamCondition
}

/** An allow policy of a resource. https://cloud.google.com/iam/docs/reference/rest/v1/Policy */
export interface IamPolicy {
  /** 3 where a condition is used. */
  readonly version?: number
  readonly etag?: string
  readonly bindings: readonly IamBinding[]
}

/** What an access is about, as conditions see it. */
export interface GoogleResource {
  /** `projects/_/buckets/b/objects/k` */
  readonly name: string
  /** `storage.googleapis.com/Object` */
  readonly type: string
  /** `storage.googleapis.com` */
  readonly service: string
}

/** A bucket, or an object in it. Listing is about the bucket. */
export function storageResource(bucket: string, key?: string): GoogleResource {
  const name = `projects/_/buckets/${bucket}`
  const service = 'storage.googleapis.com'
  return key === undefined
    ? { name, type: `${service}/Bucket`, service }
    : { name: `${name}/objects/${key}`, type: `${service}/Object`, service }
}
