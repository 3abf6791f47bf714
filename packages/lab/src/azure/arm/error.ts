import { AzureError } from '../error.ts'

/** A template that Resource Manager would not begin to deploy. */
export function invalidTemplate(message: string): AzureError {
  return new AzureError(400, 'InvalidTemplate', `Deployment template validation failed: '${message}'.`)
}

/** What the lab says to a part of a template that it does not have. */
export function unknownInTemplate(what: string): AzureError {
  return new AzureError(501, 'NotImplemented', `The lab does not implement ${what} in templates.`)
}
