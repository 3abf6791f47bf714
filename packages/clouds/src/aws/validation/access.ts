import type { Session, StoreAccess } from '../../s3-protocol/validation/context.ts'

/** Who a credential is, from GetCallerIdentity, which needs no permission. */
export interface CallerIdentity {
  readonly arn: string
  readonly accountId: string
}

/** What the checks ask of AWS beside the store. */
export interface AwsAccess extends StoreAccess {
  /** Our own identity; for keys, the identity of the keys. */
  identity(signal: AbortSignal): Promise<CallerIdentity>
  /** Assumes the connection's role with this external id, or with none. */
  assume(externalId: string | undefined, signal: AbortSignal): Promise<Session>
}
