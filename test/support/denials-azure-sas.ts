import { createHmac } from 'node:crypto'
import {
  AccountSASPermissions,
  type AccountSASSignatureValues,
  type BlobSASSignatureValues,
  ContainerSASPermissions,
  generateAccountSASQueryParameters,
  generateBlobSASQueryParameters,
  SASProtocol,
  StorageSharedKeyCredential,
  type UserDelegationKey,
} from '@azure/storage-blob'
import type { Clock } from '@sluice/core'
import type { Lab } from '@sluice/lab'
import { blobService } from '../../packages/lab/test/azure-client.ts'
import { ACCOUNT, CONTAINER, HOST } from './denials-azure-requests.ts'
import { AZURE_TENANT } from './installation.ts'

const DAY = 24 * 3_600_000

/** Makes SAS as the customer would, signed with a key of the account, or with one of an identity's own. */
export interface SasMaker {
  containerSas(change?: Partial<BlobSASSignatureValues>): string
  accountSas(change?: Partial<AccountSASSignatureValues>): string
  /** A SAS for the container of an identity's own key, for a user that access control lists are asked about (suoid). */
  delegationSas(principalId: string, userId: string): Promise<string>
}

export function sasMaker({ azure, ...lab }: Lab, clock: Clock): SasMaker {
  const key = () => new StorageSharedKeyCredential(ACCOUNT, azure.accountKeys(ACCOUNT)[0])
  const inDays = (days: number) => new Date(clock.now() + days * DAY)
  return {
    containerSas: (change = {}) => {
      // What a stored access policy holds must not stand in the token as well.
      const own = change.identifier === undefined ? { permissions: ContainerSASPermissions.parse('rwdl'), expiresOn: inDays(180) } : {}
      return generateBlobSASQueryParameters({ containerName: CONTAINER, protocol: SASProtocol.Https, ...own, ...change }, key()).toString()
    },
    accountSas: (change = {}) => {
      const permissions = AccountSASPermissions.parse('rwdl')
      const own = { services: 'b', resourceTypes: 'co', permissions, protocol: SASProtocol.Https, expiresOn: inDays(180) }
      return generateAccountSASQueryParameters({ ...own, ...change }, key()).toString()
    },
    async delegationSas(principalId, userId) {
      const token = { token: azure.issueAccessToken({ principalId, tenantId: AZURE_TENANT }), expiresOnTimestamp: Infinity }
      const delegated = await blobService(lab, HOST, { getToken: () => Promise.resolve(token) }).getUserDelegationKey(inDays(0), inDays(6))
      return signedForUser(delegated, userId, inDays(6))
    },
  }
}

const SAS_VERSION = '2022-11-02'

/**
 * Signs a SAS of an identity's own key that names a user besides, which `@azure/storage-blob` does not.
 * https://learn.microsoft.com/rest/api/storageservices/create-user-delegation-sas#version-2020-12-06-and-later
 */
function signedForUser(key: UserDelegationKey, userId: string, end: Date): string {
  const iso = (time: Date): string => time.toISOString().replace('.000Z', 'Z')
  const [se, skt, ske] = [end, key.signedStartsOn, key.signedExpiresOn].map(iso)
  const { signedObjectId: skoid, signedTenantId: sktid, signedService: sks, signedVersion: skv } = key
  const name = `/blob/${ACCOUNT}/${CONTAINER}`
  const own = ['rwdl', '', se, name, skoid, sktid, skt, ske, sks, skv, '', userId, '', '', 'https', SAS_VERSION, 'c', '', '']
  const text = [...own, '', '', '', '', ''].join('\n')
  const sig = createHmac('sha256', Buffer.from(key.value, 'base64')).update(text).digest('base64')
  const fields = { sv: SAS_VERSION, sr: 'c', sp: 'rwdl', se, spr: 'https', skoid, sktid, skt, ske, sks, skv, suoid: userId, sig }
  return Object.entries(fields)
    .map(([field, value]) => `${field}=${encodeURIComponent(value ?? '')}`)
    .join('&')
}
