import { locationOf } from '../../diagnosis/azure/place.ts'
import { said } from '../../diagnosis/said.ts'
import type { EvidencePlan } from '../cloud-evidence.ts'
import type { EvidenceRead, FurtherReads } from '../read.ts'
import type { EvidenceSubject } from '../subject.ts'

const OUTPUT = '--output=json'

const CALLER: EvidenceRead = {
  id: 'caller',
  command: ['az', 'account', 'show', '--query={id:id,tenantId:tenantId,user:user.name}', OUTPUT],
  tells: said('in whose name, and in which subscription, this reads', '以谁的身份、在哪个订阅中读取'),
  needs: 'none',
  signsIn: true,
}

const ASSIGNMENT =
  '--query=[].{principalId:principalId,principalType:principalType,roleDefinitionId:roleDefinitionId,roleDefinitionName:roleDefinitionName,scope:scope,condition:condition,conditionVersion:conditionVersion}'

const ROLE: FurtherReads = {
  each: 'role',
  of: { kind: 'text', name: 'roleDefinitionName' },
  reads: [
    {
      id: 'custom-role',
      command: [
        'az',
        'role',
        'definition',
        'list',
        '--name={role}',
        '--custom-role-only=true',
        '--query=[].{name:name,roleName:roleName,permissions:permissions}',
        OUTPUT,
      ],
      tells: said('what the role lets do, where it is one of your own', '该角色包含的权限(如为自定义角色)'),
      needs: 'Microsoft.Authorization/roleDefinitions/read',
    },
  ],
}

/** The roles of one identity, with those of its groups, at the container and above it. */
function assignments(identity: 'identity' | 'principal'): EvidenceRead {
  return {
    id: 'role-assignments',
    command: [
      'az',
      'role',
      'assignment',
      'list',
      `--assignee={${identity}}`,
      '--scope={id}/blobServices/default/containers/{container}',
      '--include-inherited',
      '--include-groups',
      ASSIGNMENT,
      OUTPUT,
    ],
    tells: said(
      'the roles of the identity on the container and above it, by its groups too',
      '该身份在容器及其上级的角色(包括通过组获得的)',
    ),
    needs: 'Microsoft.Authorization/roleAssignments/read',
    next: [ROLE],
  }
}

/** The object that roles and lists name: not the application, but what stands for it in the tenant. */
const APPLICATION: EvidenceRead = {
  id: 'application',
  command: ['az', 'ad', 'sp', 'show', '--id={client}', '--query={identity:id,appId:appId}', OUTPUT],
  tells: said('the object id of the application in your tenant, which roles and lists name', '该应用在您租户中的对象 ID,角色与列表使用它'),
  needs: 'Application.Read.All',
  next: [{ each: 'identity', of: { kind: 'text', name: 'identity' }, reads: [assignments('identity')] }],
}

/** https://learn.microsoft.com/azure/role-based-access-control/deny-assignments-rest */
const DENIALS: EvidenceRead = {
  id: 'deny-assignments',
  command: [
    'az',
    'rest',
    '--method=get',
    '--url={id}/blobServices/default/containers/{container}/providers/Microsoft.Authorization/denyAssignments?api-version=2022-04-01',
    OUTPUT,
  ],
  tells: said('what is denied on the container whatever roles give', '无论角色如何,容器上被拒绝的操作'),
  needs: 'Microsoft.Authorization/denyAssignments/read',
}

function acl(depth: number): EvidenceRead {
  return {
    id: 'path-acl',
    command: [
      'az',
      'storage',
      'fs',
      'access',
      'show',
      '--account-name={lake}',
      '--file-system={container}',
      `--path={path${depth}}`,
      '--auth-mode=login',
      '--query={acl:acl,owner:owner,group:group}',
      OUTPUT,
    ],
    tells: said('the access control list on the way to the folder', '通往该目录的访问控制列表'),
    needs: 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read',
  }
}

/** The account; with its id its roles, and where it has folders with lists of their own, those. */
function account(roles: readonly EvidenceRead[], depths: number): EvidenceRead {
  return {
    id: 'account',
    command: [
      'az',
      'storage',
      'account',
      'show',
      '--name={account}',
      '--query={id:id,allowSharedKeyAccess:allowSharedKeyAccess,allowBlobPublicAccess:allowBlobPublicAccess,isHnsEnabled:isHnsEnabled,lake:isHnsEnabled && name,publicNetworkAccess:publicNetworkAccess,networkRuleSet:networkRuleSet,keyCreationTime:keyCreationTime}',
      OUTPUT,
    ],
    tells: said('the settings of the account that decide who gets in', '决定谁可以访问的账户设置'),
    needs: 'Microsoft.Storage/storageAccounts/read',
    next: [
      ...(roles.length === 0
        ? []
        : [{ each: 'id', of: { kind: 'text', name: 'id', startsWith: '/subscriptions/' } as const, reads: roles }]),
      {
        each: 'lake',
        of: { kind: 'text', name: 'lake' },
        reads: Array.from({ length: depths }, (_, depth) => acl(depth)),
      },
    ],
  }
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** Deeper folders are as good as the last of these. */
const MOST_FOLDERS = 12

/** What there is to read of a connection to Blob Storage. */
export function azurePlan({ principal, clientId, location }: EvidenceSubject): EvidencePlan {
  const place = locationOf({ connection: location === undefined ? {} : { location } })
  const object = GUID.exec(principal?.trim() ?? '')?.[0]
  const client = GUID.exec(clientId?.trim() ?? '')?.[0]
  const paths = foldersOf(place?.path ?? '')
  const known = place?.account !== undefined && /^[\w$-]+$/.test(place.container) && !paths.some((path) => /\p{Cc}/u.test(path))
  const roles = object === undefined ? (client === undefined ? [] : [APPLICATION, DENIALS]) : [assignments('principal'), DENIALS]
  return {
    values: {
      ...(place?.account === undefined ? {} : { account: place.account }),
      ...(place === undefined || place.container === '' ? {} : { container: place.container }),
      ...(object === undefined ? {} : { principal: object }),
      ...(client === undefined ? {} : { client }),
      ...Object.fromEntries(paths.map((path, depth) => [`path${depth}`, path])),
    },
    reads: [CALLER, ...(known ? [account(roles, paths.length)] : [])],
  }
}

/** The root, and each folder on the way down; of an object also itself. */
function foldersOf(path: string): readonly string[] {
  const parts = path.split('/').filter((part) => part !== '')
  return ['/', ...parts.map((_, index) => parts.slice(0, index + 1).join('/'))].slice(0, MOST_FOLDERS)
}
