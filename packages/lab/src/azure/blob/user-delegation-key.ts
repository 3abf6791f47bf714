import { parseSasTime } from '@sluice/core'
import { xmlAnswer, type Answer } from '../../http/answer.ts'
import { childText } from '../../http/xml.ts'
import { delegationKeyValue } from '../auth/delegation-key.ts'
import { AzureError } from '../error.ts'
import { receiveXml } from './body.ts'
import { versionOf, type BlobCall } from './call.ts'
import { isoSeconds } from '../../state/iso-seconds.ts'

const WEEK_MS = 7 * 24 * 60 * 60 * 1000

/** Gives an identity a key to sign SAS with, for seven days at most. */
export async function getUserDelegationKey(call: BlobCall): Promise<Answer> {
  const { account, caller, request, state } = call
  const info = await receiveXml(call, 'KeyInfo')
  const now = state.clock.now()
  const start = timeOf(childText(info, 'Start') ?? new Date(now).toISOString())
  const expiry = timeOf(childText(info, 'Expiry') ?? '')
  if (start > now + WEEK_MS || expiry <= start || expiry <= now || expiry > now + WEEK_MS) throw invalidTime()
  const key = {
    objectId: caller.kind === 'identity' ? caller.objectId : '',
    tenantId: account.tenantId,
    start: isoSeconds(start),
    expiry: isoSeconds(expiry),
    service: 'b',
    version: versionOf(request),
  }
  return xmlAnswer([
    'UserDelegationKey',
    [
      ['SignedOid', key.objectId],
      ['SignedTid', key.tenantId],
      ['SignedStart', key.start],
      ['SignedExpiry', key.expiry],
      ['SignedService', key.service],
      ['SignedVersion', key.version],
      ['Value', delegationKeyValue(account, key)],
    ],
  ])
}

function timeOf(text: string): number {
  const time = parseSasTime(text)
  if (time === undefined) throw invalidTime()
  return time
}

function invalidTime(): AzureError {
  return new AzureError(400, 'InvalidXmlNodeValue', 'The value for one of the XML nodes is not in the correct format.')
}
