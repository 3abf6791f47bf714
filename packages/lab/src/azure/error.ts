import type { XmlNode } from '../http/xml.ts'

/** An answer of Azure Storage that is an error: its status, code and words, and the elements that some codes carry beside them. */
export class AzureError extends Error {
  readonly status: number
  readonly code: string
  readonly details: readonly XmlNode[]
  readonly headers: { readonly [name: string]: string }

  constructor(
    status: number,
    code: string,
    message: string,
    more: { readonly details?: readonly XmlNode[]; readonly headers?: { readonly [name: string]: string } } = {},
  ) {
    super(message)
    this.name = 'AzureError'
    this.status = status
    this.code = code
    this.details = more.details ?? []
    this.headers = more.headers ?? {}
  }
}

/** What the lab says to an operation it does not have. */
export function notImplemented(what: string): AzureError {
  return new AzureError(501, 'NotImplemented', `The lab does not implement ${what}.`)
}

/** A credential that does not hold, with the detail that Azure gives for it. */
export function authenticationFailed(detail: string): AzureError {
  return new AzureError(
    403,
    'AuthenticationFailed',
    'Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.',
    { details: [['AuthenticationErrorDetail', detail]] },
  )
}

/** A refusal without a reason: of firewalls, and of service SAS where containers themselves are asked about. */
export function authorizationFailure(): AzureError {
  return new AzureError(403, 'AuthorizationFailure', 'This request is not authorized to perform this operation.')
}

/** A refusal that names the part that kept the request out. */
export function authorizationMismatch(part: 'Permission' | 'Service' | 'ResourceType' | 'Protocol' | 'SourceIP', address = ''): AzureError {
  const words = {
    Permission: 'permission',
    Service: 'service',
    ResourceType: 'resource type',
    Protocol: 'protocol',
    SourceIP: `source IP ${address}`,
  }
  const message = `This request is not authorized to perform this operation using this ${words[part]}.`
  return new AzureError(403, `Authorization${part}Mismatch`, message, {
    details: part === 'SourceIP' ? [['SourceIP', address]] : [],
  })
}

export function containerNotFound(): AzureError {
  return new AzureError(404, 'ContainerNotFound', 'The specified container does not exist.')
}

export function blobNotFound(): AzureError {
  return new AzureError(404, 'BlobNotFound', 'The specified blob does not exist.')
}

export function conditionNotMet(): AzureError {
  return new AzureError(412, 'ConditionNotMet', 'The condition specified using HTTP conditional header(s) is not met.')
}

export function invalidHeader(name: string, value: string): AzureError {
  return new AzureError(400, 'InvalidHeaderValue', 'The value for one of the HTTP headers is not in the correct format.', {
    details: [
      ['HeaderName', name],
      ['HeaderValue', value],
    ],
  })
}

export function invalidQuery(name: string, value: string, reason: string): AzureError {
  return new AzureError(
    400,
    'InvalidQueryParameterValue',
    'Value for one of the query parameters specified in the request URI is invalid.',
    {
      details: [
        ['QueryParameterName', name],
        ['QueryParameterValue', value],
        ['Reason', reason],
      ],
    },
  )
}

export function invalidXml(): AzureError {
  return new AzureError(400, 'InvalidXmlDocument', 'XML specified is not syntactically valid.')
}
