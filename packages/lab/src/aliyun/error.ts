import type { XmlNode } from '../http/xml.ts'

/** What Alibaba Cloud tells about a denial by a policy, beside its code and words. */
export interface DeniedDetail {
  readonly authAction: string
  readonly policyType: 'AccountLevelIdentityBasedPolicy' | 'AssumeRolePolicy' | 'ControlPolicy' | 'ResourceBasedPolicy' | 'SessionPolicy'
  readonly noPermissionType: 'ImplicitDeny' | 'ExplicitDeny'
  readonly principalType: 'SubUser' | 'AssumedRoleUser' | 'Account'
  readonly principalName: string
  readonly principalOwner: string
}

/** An answer of Alibaba Cloud that is an error: its status, code and words, and the further elements that some codes carry. */
export class AliyunError extends Error {
  readonly status: number
  readonly code: string
  /** OSS's own number of the cause. */
  readonly ec: string | undefined
  /** Elements beside Code and Message, as OSS writes them. */
  readonly details: readonly XmlNode[]
  readonly headers: { readonly [name: string]: string }
  readonly denied: DeniedDetail | undefined

  constructor(
    status: number,
    code: string,
    message: string,
    more: {
      readonly ec?: string
      readonly details?: readonly XmlNode[]
      readonly headers?: { readonly [name: string]: string }
      readonly denied?: DeniedDetail
    } = {},
  ) {
    super(message)
    this.name = 'AliyunError'
    this.status = status
    this.code = code
    this.ec = more.ec
    this.details = more.details ?? []
    this.headers = more.headers ?? {}
    this.denied = more.denied
  }
}

/** What the lab says to an operation it does not have. */
export function notImplemented(operation: string): AliyunError {
  return new AliyunError(501, 'NotImplemented', `The lab does not implement ${operation}.`)
}
