import type { Text } from '../cause.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import type { Slot } from '../memo.ts'
import { OPENED, said } from '../said.ts'
import { speechOf } from '../speech.ts'
import { aclGaps } from './acl-gaps.ts'
import { credentialOf, type Credential } from './credential.ts'
import { gapWriter, type Gaps } from './gaps.ts'
import { blobOperation, operationName } from './operations.ts'
import { judgeDenials, judgeRoles, opensByRole, roleQuestion, rolePatch, rolesHeld } from './roles.ts'
import { faultOfAccess, faultOfOperation, generalFault } from './sas-judge.ts'
import { shownSas } from './sas-token.ts'
import { accountSettings } from './settings.ts'
import { policyFault } from './stored-policies.ts'

const SLOT: Slot<Gaps> = { name: 'azure.authorization' }

/** Why Azure Storage refused what the credential that it took asked for. */
export function authorizationGaps(failure: Failure, facts: Facts): Gaps {
  return facts.memo(SLOT, failure, () => {
    switch (failure.clue.code) {
      case 'AuthorizationPermissionMismatch':
        return permissionGaps(failure, facts)
      case 'AuthorizationResourceTypeMismatch':
        return sasGap('azure.sas.srt', failure, facts)
      case 'AuthorizationServiceMismatch':
        return sasGap('azure.sas.ss', failure, facts)
      case 'AuthorizationFailure':
        return failureGaps(failure, facts)
      case 'UnauthorizedBlobOverwrite':
        return sasGap('azure.sas.perm', failure, facts)
      default:
        return isSilent(failure) ? silentGaps(failure, facts) : {}
    }
  })
}

/** What the answer names; with the token at hand, what the token shows. */
function sasGap(code: 'azure.sas.srt' | 'azure.sas.ss' | 'azure.sas.perm', failure: Failure, facts: Facts): Gaps {
  const { named, proved } = gapWriter(failure, facts)
  const fault = sasFault(failure, facts)
  if (fault?.gap === code) return proved(code, fault.evidence, fault.values === undefined ? {} : { values: fault.values })
  return named(code, said('The answer names it.', '响应提到了它。'))
}

function sasFault(failure: Failure, facts: Facts) {
  const shown = shownSas(facts)
  if (shown === undefined) return undefined
  const { observation, clue, capability } = failure
  const operation = blobOperation(observation, clue)
  // Nobody made it: then it is the access as a whole that is judged.
  if (observation.index < 0 && capability !== undefined && capability !== 'assume') return faultOfAccess(shown, capability, facts)
  return operation === undefined ? undefined : faultOfOperation(shown, operation)
}

/** "using this permission": the letters of a SAS, the roles of an identity, or the ACLs of a path. */
function permissionGaps(failure: Failure, facts: Facts): Gaps {
  const { proved, possible } = gapWriter(failure, facts)
  const credential = credentialOf(facts)
  const shown = shownSas(facts)
  const fault = sasFault(failure, facts)
  if (fault?.gap === 'azure.sas.perm')
    return proved('azure.sas.perm', fault.evidence, fault.values === undefined ? {} : { values: fault.values })
  const stored = shown === undefined ? undefined : policyFault(shown, blobOperation(failure.observation, failure.clue), facts)
  if (stored !== undefined) return proved('azure.sas.policy', stored)
  const identity = identityGaps(failure, facts, credential)
  if (credential === 'identity') return identity
  const evidence = said('The answer says “using this permission”.', '响应为 “using this permission”。')
  const holdsLetters = shown !== undefined && shown.fields.has('si') && !shown.fields.has('sp')
  const policy =
    shown === undefined || shown.fields.has('si') ? possible('azure.sas.policy', evidence, { likelihood: holdsLetters ? 4 : 0 }) : {}
  const letters = possible('azure.sas.perm', evidence, { likelihood: 3 })
  // A SAS that is signed for an identity can do no more than the identity.
  if (credential === 'delegation-sas')
    return { ...(shown?.sas === undefined || blobOperation(failure.observation, failure.clue) === undefined ? letters : {}), ...identity }
  if (credential === 'sas') return { ...letters, ...policy, ...(shown === undefined ? identity : {}) }
  return credential === 'unknown' ? { ...letters, ...policy, ...identity } : {}
}

/** What keeps an identity out: the roles and, with a hierarchical namespace, the ACLs. */
function identityGaps(failure: Failure, facts: Facts, credential: Credential): Gaps {
  const { proved, named, possible } = gapWriter(failure, facts)
  const { isHnsEnabled } = accountSettings(facts.documents)
  const acl = aclGaps(failure, facts)
  const hasAcls = Object.values(acl).some(({ fits }) => fits !== 'possible')
  if (hasAcls) return acl
  const question = roleQuestion(failure, facts)
  const denial = question === undefined ? undefined : judgeDenials(question, facts)
  if (denial !== undefined && denial !== 'none') {
    const name = denial.name ?? denial.scope
    return proved(
      'azure.rbac.deny',
      said(
        `The deny assignment ${name} keeps the caller from it, whatever its roles give.`,
        `拒绝分配 ${name} 阻止了调用方,无论其角色如何。`,
      ),
    )
  }
  const orDenied = (evidence: Text, likelihood = 0): Gaps =>
    denial === 'none' ? {} : possible('azure.rbac.deny', evidence, { likelihood })
  const decision = question === undefined ? undefined : judgeRoles(question, facts.documents)
  const evidence = said(
    'The answer says “using this permission” to an identity of Entra ID.',
    '对 Entra ID 身份返回 “using this permission”。',
  )
  const showsAcls = Object.values(acl).some(({ likelihood = 0 }) => likelihood > 2)
  if (question === undefined || decision === undefined || showsAcls) {
    const likelihood = credential === 'identity' ? 2 : 1
    return {
      ...possible('azure.rbac.data_role', evidence, { likelihood }),
      ...acl,
      ...orDenied(evidence, -1),
    }
  }
  if (decision.outcome === 'allowed') {
    const given = said(
      'The roles that were shown allow it: they may not have reached the account yet.',
      '所提供的角色已允许该操作:可能尚未在账户生效。',
    )
    const late = denial === 'none' ? possible('azure.propagation', given, { likelihood: 2 }) : {}
    return { ...possible('azure.rbac.data_role', given, { likelihood: 1 }), ...orDenied(given), ...late }
  }
  if (decision.outcome === 'unknown')
    return { ...possible('azure.rbac.data_role', evidence, { likelihood: 1 }), ...acl, ...orDenied(evidence) }
  // With a hierarchical namespace nobody needs a role where an ACL lets him in: that one is missing may be meant so.
  if (isHnsEnabled === true && Object.keys(acl).length > 0)
    return { ...possible('azure.rbac.data_role', evidence, { likelihood: 5 }), ...acl, ...orDenied(evidence, -1) }
  const held = rolesHeld(facts, question.principalIds)
  const missing = said(
    `${held.length === 0 ? 'No role that was shown is the caller’s' : `The caller has ${held.join(', ')}`}: none allows ${decision.needed.map(({ name }) => name).join(' or ')} here.`,
    `${held.length === 0 ? '所提供的角色都不属于调用方' : `调用方拥有 ${held.join('、')}`}:均未在此允许 ${decision.needed.map(({ name }) => name).join(' 或 ')}。`,
  )
  const patch = rolePatch(question, facts)
  const isProved = patch?.steps !== undefined && opensByRole(question, facts, patch.steps)
  return (isProved ? proved : named)('azure.rbac.data_role', missing, {
    ...(isProved ? { for: [OPENED] } : {}),
    values: { role: patch?.role ?? 'Storage Blob Data Reader', principal: question.principalIds[0] ?? '' },
    ...(patch === undefined ? {} : { command: patch.command, terraform: patch.terraform, snippet: patch.snippet }),
    ...(patch?.steps === undefined ? {} : { patch: { document: 'documents.roles', steps: patch.steps } }),
  })
}

/** "not authorized to perform this operation", and no more: the firewall's words, and those for a SAS that never reaches an operation. */
function failureGaps(failure: Failure, facts: Facts): Gaps {
  const { named, proved, possible } = gapWriter(failure, facts)
  const fault = sasFault(failure, facts)
  if (fault?.gap === 'azure.sas.sr')
    return proved('azure.sas.sr', fault.evidence, fault.values === undefined ? {} : { values: fault.values })
  const { network } = accountSettings(facts.documents)
  if (network === 'closed')
    return named('azure.net.firewall', said('The account’s settings let nobody in from the internet.', '账户设置不允许来自互联网的访问。'))
  if (network === 'listed')
    return named('azure.net.firewall', said('The account’s settings let in only who is on its lists.', '账户设置只允许列表中的来源。'))
  const evidence = said(
    'The answer says “not authorized to perform this operation”, and no more.',
    '响应只有 “not authorized to perform this operation”。',
  )
  // Without the words beside it, the code may be Azurite's for a credential that does not hold.
  const shown = shownSas(facts)
  const broken = shown === undefined || /not authorized to perform/i.test(speechOf(failure)) ? undefined : generalFault(shown, facts)
  if (broken !== undefined)
    return { ...possible('azure.net.firewall', evidence), ...possible(broken.gap, broken.evidence, { likelihood: 1 }) }
  const operation = operationName(failure.observation, failure.clue)
  const credential = credentialOf(facts)
  const bySas = credential !== 'identity' && credential !== 'account-key' && shownSas(facts)?.fields.has('ss') !== true
  // Containers themselves are beyond every SAS that is for one of them, and listing is beyond one for a blob.
  const isAboutContainer = operation === '' || /container|filesystem/.test(operation) || operation.startsWith('list')
  const small =
    bySas && isAboutContainer
      ? possible('azure.sas.sr', evidence, { likelihood: servedData(facts) || /container/.test(operation) ? 3 : 0 })
      : {}
  if (network === 'open') return Object.keys(small).length > 0 ? small : possible('azure.net.firewall', evidence)
  // A firewall that serves one request serves them all.
  if (servedData(facts) && isAboutContainer && Object.keys(small).length > 0) return small
  return { ...small, ...(Object.keys(small).length === 0 ? named : possible)('azure.net.firewall', evidence, { likelihood: 1 }) }
}

/** Whether a request for blobs of the account was served. */
function servedData({ successes }: Facts): boolean {
  return successes.some((one) => {
    const operation = blobOperation(one, { fields: {} })
    return operation !== undefined && operation !== 'GetUserDelegationKey'
  })
}

/** A 403 whose code nobody kept: HEAD has none in its body, tools drop headers, and texts are cut off. */
function isSilent({ clue }: Failure): boolean {
  if (clue.code === undefined && /not authorized to perform/i.test(clue.text ?? '')) return true
  return clue.status === 403 && (clue.code === undefined || /^(403|Forbidden|AccessDenied)$/i.test(clue.code))
}

function silentGaps(failure: Failure, facts: Facts): Gaps {
  const { possible } = gapWriter(failure, facts)
  const evidence = said('The answer is 403 and has no code.', '响应为 403,没有错误码。')
  const open = (code: string, likelihood = 0): Gaps => possible(code, evidence, { likelihood })
  const credential = credentialOf(facts)
  const firewall = open('azure.net.firewall', 1)
  if (credential === 'identity') return { ...open('azure.rbac.data_role', 2), ...aclGaps(failure, facts), ...firewall }
  if (credential === 'account-key')
    return { ...open('azure.key', 2), ...open('azure.sharedkey_off', 1), ...open('azure.clock'), ...firewall }
  const fault = sasFault(failure, facts)
  if (fault !== undefined) {
    const { proved } = gapWriter(failure, facts)
    return proved(fault.gap, fault.evidence, fault.values === undefined ? {} : { values: fault.values })
  }
  return {
    ...open('azure.sas.perm', 3),
    ...open('azure.sas.time', 2),
    ...open('azure.sas.sig_key', 2),
    ...open('azure.sas.sig_encoding'),
    ...open('azure.sharedkey_off'),
    ...(credential === 'unknown' ? { ...open('azure.rbac.data_role'), ...open('azure.key') } : {}),
    ...firewall,
  }
}
