import { isObject } from '../../policy/shapes.ts'
import type { Facts } from '../facts.ts'
import { parsedJson } from '../json-text.ts'
import { operationName } from './operations.ts'

/** Whether IAM's description of the role or user says that it has no permissions boundary, and not merely that nobody asked. */
export function hasNoBoundary({ successes, connection }: Pick<Facts, 'successes' | 'connection'>): boolean {
  const arn = (connection.roleArn ?? connection.principal)?.trim()
  return successes.some((one) => {
    const operation = operationName(one)
    if (arn === undefined || (operation !== 'getrole' && operation !== 'getuser')) return false
    const answer = parsedJson(one.message)
    const inner = isObject(answer) ? (answer['Role'] ?? answer['User'] ?? answer) : undefined
    if (!isObject(inner) || inner['Arn'] !== arn) return false
    // A whole answer leaves out what is not there; one that was asked for parts of it names the part.
    const isWhole = inner['RoleId'] !== undefined || inner['UserId'] !== undefined
    return inner['PermissionsBoundary'] === null || (isWhole && inner['PermissionsBoundary'] === undefined)
  })
}
