/** A refusal of Entra's: the number after AADSTS says which. */
export class EntraError extends Error {
  readonly status: number
  readonly error:
    | 'invalid_client'
    | 'invalid_grant'
    | 'invalid_request'
    | 'invalid_resource'
    | 'invalid_scope'
    | 'unauthorized_client'
    | 'unsupported_grant_type'
  readonly number: number

  constructor(status: number, error: EntraError['error'], number: number, message: string) {
    super(message)
    this.name = 'EntraError'
    this.status = status
    this.error = error
    this.number = number
  }
}
