import type { JsonObject } from './json.ts'

/** One thing the cloud admin may apply: a document, template or script, complete enough to paste and run. */
export interface Artifact {
  /** Stable: `permission-policy`, `trust-policy`, `cloudformation`, `terraform`, `aws-cli`, `remove-script` … */
  readonly id: string
  readonly title: string
  readonly filename: string
  readonly language: 'json' | 'yaml' | 'hcl' | 'sh' | 'bicep' | 'text'
  readonly text: string
  /** The parsed document, where the text is one JSON policy. */
  readonly document?: JsonObject
}

/** Steps by hand, in the vendor's own words. */
export interface SetupStep {
  readonly title: string
  readonly where: string
  readonly body: string
  /** The artifact to paste at this step. */
  readonly artifact?: string
  readonly link?: string
}

/** One way to apply the setup: pick one. */
export interface SetupRoute {
  readonly id: 'template' | 'terraform' | 'cli' | 'console'
  readonly title: string
  readonly artifacts: readonly string[]
  readonly steps: readonly SetupStep[]
}

/** What the setup grants, proved by the policy evaluator before it is shown. */
export interface SetupProof {
  readonly claim: string
  readonly expected: 'allowed' | 'denied'
  readonly actual: 'allowed' | 'denied'
}

/** What the cloud admin applies. Pure data, made from a connection and the platform. */
export interface Setup {
  readonly cloud: string
  readonly method: string
  /** One sentence a person can agree to: what we will and will not be able to do. */
  readonly promise: string
  /** Values shown on top: principal, account, external id, role ARN. */
  readonly facts: readonly { readonly label: string; readonly value: string }[]
  readonly artifacts: readonly Artifact[]
  readonly routes: readonly SetupRoute[]
  readonly removal: readonly SetupStep[]
  readonly proofs: readonly SetupProof[]
  readonly warnings: readonly string[]
}

/** What the admin may choose about the objects the setup creates. A cloud refuses those that mean nothing to it. */
export interface SetupOptions {
  readonly roleName?: string
  readonly rolePath?: string
  readonly policyName?: string
  /** The user that holds the access key, for the method `keys`; it lies in `rolePath` too. */
  readonly userName?: string
  /** The account of the role or user, where the connection does not name it yet. */
  readonly accountId?: string
  readonly tags?: { readonly [key: string]: string }
  readonly permissionsBoundary?: string
  /** Create the bucket too, with Block Public Access, owner enforced and default encryption. */
  readonly createBucket?: { readonly region: string; readonly kmsKeyArn?: string }
  /** The bucket's account, when it is not the role's: a bucket-policy statement is then part of the setup. */
  readonly bucketAccountId?: string
  /** Google: the project that holds the pool, the custom role and the service account. */
  readonly projectId?: string
  /** Google: ids of the workload identity pool and its provider. */
  readonly poolId?: string
  readonly providerId?: string
  /** Google: the part before the @ of the service account to make. */
  readonly serviceAccountId?: string
  /** Google: id of the custom role. Azure: name of the role to assign, where it is not the built-in one. */
  readonly customRoleId?: string
  /** Azure */
  readonly subscriptionId?: string
  readonly resourceGroup?: string
  /** Azure: display name of the application to register. */
  readonly applicationName?: string
  /** When a key or SAS that the setup makes shall end: ISO time. */
  readonly expiresAt?: string
}
