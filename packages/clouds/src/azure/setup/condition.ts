import { type Access, type Location, accessError } from '@sluice/core'

const BLOBS = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs'
const PATH = `@Resource[${BLOBS}:path]`
const PREFIX = `@Request[${BLOBS}:prefix]`
const LISTS = `ActionMatches{'${BLOBS}/read'} AND SubOperationMatches{'Blob.List'}`
const READS = `ActionMatches{'${BLOBS}/read'} AND NOT SubOperationMatches{'Blob.List'}`

/** The data actions of a role. Looking at a blob and listing are both reading: a condition tells them apart. */
export function dataActionsOf(access: readonly Access[]): readonly string[] {
  return [
    ...(access.includes('list') || access.includes('read') ? [`${BLOBS}/read`] : []),
    ...(access.includes('write') ? [`${BLOBS}/write`] : []),
    ...(access.includes('delete') ? [`${BLOBS}/delete`] : []),
  ]
}

/** Azure takes 8 KB. https://learn.microsoft.com/azure/role-based-access-control/conditions-troubleshoot */
const LONGEST = 8_192

/**
 * The condition under which a role is given on a container: what of its data actions is not asked for, and what lies outside the locations,
 * it forbids. Undefined where there is nothing to forbid.
 * https://learn.microsoft.com/azure/role-based-access-control/conditions-format
 */
export function conditionOf(access: readonly Access[], container: string, locations: readonly Location[]): string | undefined {
  const places = locations.some(({ extent }) => extent === 'bucket') ? undefined : locations
  const clauses = [...listClauses(access, places), ...contentClauses(access, places)]
  if (clauses.length === 0) return undefined
  for (const { prefix } of locations)
    if (prefix.includes("'"))
      throw accessError('setup.location_malformed', {
        message: `A location in the container ${container} has a quotation mark, which no condition of a role can name.`,
        remedy: 'Name the folder above it instead, or use a SAS.',
        context: { container },
      })
  const condition = clauses.join('\nAND\n')
  if (condition.length > LONGEST)
    throw accessError('setup.policy_too_large', {
      message: `The condition of the role on the container ${container} would have ${condition.length} characters; Azure takes ${LONGEST}.`,
      context: { container },
    })
  return condition
}

type Places = readonly Location[] | undefined

function listClauses(access: readonly Access[], places: Places): readonly string[] {
  if (!access.includes('list')) return access.includes('read') ? [`(\n !(${LISTS})\n)`] : []
  if (places === undefined) return []
  // A single blob is looked at, not listed.
  const folders = places.filter(({ extent }) => extent === 'folder').map(({ prefix }) => `${PREFIX} StringStartsWith '${prefix}'`)
  return [clause([LISTS], folders)]
}

function contentClauses(access: readonly Access[], places: Places): readonly string[] {
  const limited = [
    ...(access.includes('read') ? [READS] : []),
    ...(['write', 'delete'] as const).filter((one) => access.includes(one)).map((one) => `ActionMatches{'${BLOBS}/${one}'}`),
  ]
  const paths = places?.map(({ prefix, extent }) => `${PATH} ${extent === 'object' ? 'StringEquals' : 'StringStartsWith'} '${prefix}'`)
  return [
    ...(access.includes('list') && !access.includes('read') ? [clause([READS], [])] : []),
    ...(paths === undefined || limited.length === 0 ? [] : [clause(limited, paths)]),
  ]
}

/** Other actions pass; these need one of the tests to hold. */
function clause(actions: readonly string[], tests: readonly string[]): string {
  const others = actions.map((action) => ` !(${action})`).join('\n AND\n')
  if (tests.length === 0) return `(\n${others}\n)`
  return ['(', ' (', others.replaceAll(/^/gm, ' '), ' )', ' OR', ' (', `  ${tests.join('\n  OR\n  ')}`, ' )', ')'].join('\n')
}
