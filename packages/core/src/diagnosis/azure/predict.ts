import type { Undecided } from '../cloud-diagnosis.ts'
import type { Clue } from '../clue.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import type { Capability } from '../report.ts'
import { said } from '../said.ts'
import { credentialOf } from './credential.ts'
import { azureCapability } from './operations.ts'
import { locationOf } from './place.ts'
import { judgeRoles, opensToGroups, roleQuestion } from './roles.ts'
import { faultOfAccess, generalFault } from './sas-judge.ts'
import { shownSas } from './sas-token.ts'
import { accountSettings } from './settings.ts'
import type { Access } from '../../access.ts'

const OPERATIONS = { list: 'ListBlobs', read: 'GetBlob', write: 'PutBlob', delete: 'DeleteBlob' } as const

/** What Azure would answer to a SAS with a fault. */
const CODES = {
  'azure.sas.time': 'AuthenticationFailed',
  'azure.sas.sig_encoding': 'AuthenticationFailed',
  'azure.sas.sig_key': 'AuthenticationFailed',
  'azure.sas.version': 'AuthenticationFailed',
  'azure.sas.perm': 'AuthorizationPermissionMismatch',
  'azure.sas.ss': 'AuthorizationServiceMismatch',
  'azure.sas.srt': 'AuthorizationResourceTypeMismatch',
  'azure.sas.sr': 'AuthorizationFailure',
} as const

/** What the documents alone refuse, of what the connection is for and nobody has observed. */
export function predictAzure(facts: Facts): readonly Failure[] {
  const served = facts.successes.flatMap((one) => azureCapability(one, { fields: {} }, facts.connection) ?? [])
  const seen = new Set<Capability | undefined>([...facts.failures.map(({ capability }) => capability), ...served])
  const isServed = served.some((capability) => capability !== 'assume')
  const { access = [] } = facts.connection
  const open = access.filter((one) => !seen.has(one))
  // A SAS by itself says what it is not good for, whatever the connection is for.
  const asked = open.length > 0 || access.length > 0 ? open : seen.size === 0 ? (['read'] as const) : []
  return asked.flatMap((one): readonly Failure[] => {
    const code = codeFor(one, facts, isServed, access.length > 0)
    return code === undefined ? [] : [predicted(one, code, facts)]
  })
}

/** What roles do not give, and ACLs might: of an account with a hierarchical namespace neither decides alone. */
export function undecidedAzure(facts: Facts): readonly Undecided[] {
  if (accountSettings(facts.documents).isHnsEnabled !== true || credentialOf(facts) !== 'identity') return []
  const served = facts.successes.some((one) => ['list', 'read'].includes(azureCapability(one, { fields: {} }, facts.connection) ?? ''))
  const open = (facts.connection.access ?? ['read']).some((access) => {
    const question = roleQuestion(predicted(access, 'AuthorizationPermissionMismatch', facts), facts)
    return question !== undefined && judgeRoles(question, facts.documents)?.outcome === 'denied'
  })
  if (served || !open) return []
  return [
    {
      causes: ['azure.rbac.data_role', 'azure.hns.acl'],
      because: said(
        'The roles that were shown do not let the identity in; the access control lists of the account may.',
        '所提供的角色不允许该身份访问;账户的访问控制列表可能允许。',
      ),
      settle: {
        read: 'the ACL of the path and of every directory above it',
        by: 'data-owner',
        command: 'az storage fs access show --path PATH --file-system CONTAINER --account-name ACCOUNT --auth-mode login',
      },
    },
  ]
}

function codeFor(access: Access, facts: Facts, isServed: boolean, isAsked: boolean): string | undefined {
  const settings = accountSettings(facts.documents)
  const credential = credentialOf(facts)
  const shown = shownSas(facts)
  if (!isServed) {
    if (settings.allowSharedKeyAccess === false && (credential === 'sas' || credential === 'account-key'))
      return 'KeyBasedAuthenticationNotPermitted'
    // Its times, its form and its place are signed.
    if (shown !== undefined && generalFault(shown, facts) !== undefined) return 'AuthenticationFailed'
    if (settings.network === 'closed') return 'AuthorizationFailure'
  }
  const fault = shown === undefined || !isAsked ? undefined : faultOfAccess(shown, access, facts)
  if (fault !== undefined) return CODES[fault.gap]
  if (credential !== 'identity' && credential !== 'delegation-sas') return undefined
  const failure = predicted(access, 'AuthorizationPermissionMismatch', facts)
  const question = roleQuestion(failure, facts)
  if (question === undefined || opensToGroups(question, facts.documents)) return undefined
  const outcome = judgeRoles(question, facts.documents)?.outcome
  // With a hierarchical namespace an ACL may let in whom no role does.
  return outcome === 'denied' && settings.isHnsEnabled !== true ? 'AuthorizationPermissionMismatch' : undefined
}

/** A request that nobody made: the documents say how it would end. */
function predicted(access: Access, code: string, facts: Facts): Failure {
  const place = locationOf(facts)
  const target = place === undefined ? undefined : (facts.connection.location ?? '').split('?')[0]
  const clue: Clue = { code, fields: {} }
  return {
    observation: { index: -1, operation: OPERATIONS[access], ok: false, headers: {}, ...(target === undefined ? {} : { target }) },
    clue,
    capability: access,
  }
}
