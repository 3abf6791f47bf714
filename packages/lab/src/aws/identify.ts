import { queryValue, type LabRequest } from '../http/request.ts'
import { readSignature } from './auth/read-signature.ts'
import type { Identified } from './call.ts'
import { identifyQuery } from './query/service.ts'
import { identifyS3 } from './s3/service.ts'
import { isStsHost, STS } from './sts/service.ts'

/**
 * Finds the service and operation of a request: by its host where that is one of AWS's,
 * else by the service the signature is made for. An unsigned request to the lab's own address is S3's.
 */
export async function identify(request: LabRequest): Promise<Identified> {
  switch (serviceOf(request)) {
    case 'sts':
      return identifyQuery(STS, request)
    default:
      return identifyS3(request)
  }
}

function serviceOf(request: LabRequest): string {
  if (isStsHost(request.host)) return 'sts'
  if (!request.direct) return /^(iam|kms)\b/.exec(request.host)?.[1] ?? 's3'
  const reading = readSignature(request)
  if (reading.kind === 'signed') return reading.signature.scope.service
  // GetCallerIdentity and the like may be asked unsigned, to be told what is missing.
  return queryValue(request, 'Action') === undefined ? 's3' : 'sts'
}
