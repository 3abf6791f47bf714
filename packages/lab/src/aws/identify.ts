import { queryValue, type LabRequest } from '../http/request.ts'
import { readSignature } from './auth/read-signature.ts'
import { xmlAnswer } from '../http/answer.ts'
import type { Identified } from './call.ts'
import { notImplemented } from './error.ts'
import { isS3Host } from './s3/route.ts'
import { IAM } from './iam/service.ts'
import { identifyKms, isKmsHost } from './kms/service.ts'
import { identifyQuery } from './query/service.ts'
import { identifyDirectory, isDirectoryHost } from './s3/directory.ts'
import { identifyS3, refuseS3 } from './s3/service.ts'
import { isStsHost } from './sts/region.ts'
import { STS } from './sts/service.ts'

/**
 * Finds the service and operation of a request: by its host where that is one of AWS's,
 * else by the service the signature is made for. An unsigned request to the lab's own address is S3's.
 */
export async function identify(request: LabRequest): Promise<Identified> {
  switch (serviceOf(request)) {
    case 'sts':
      return identifyQuery(STS, request)
    case 'iam':
      return identifyQuery(IAM, request)
    case 'kms':
      return identifyKms(request)
    case 's3':
      return identifyS3(request)
    case 's3express':
      return identifyDirectory(request, (error) => refuseS3(error, request, {}))
    default:
      return unknownService(request)
  }
}

function unknownService(request: LabRequest): Identified {
  return {
    operation: 'unknown',
    run: async () => {
      throw notImplemented(`the service at ${request.host}`)
    },
    refuse: (error) => ({
      ...xmlAnswer(
        [
          'Error',
          [
            ['Code', error.code],
            ['Message', error.message],
            ['RequestId', request.id],
          ],
        ],
        {},
        error.status,
      ),
      code: error.code,
    }),
  }
}

function serviceOf(request: LabRequest): string {
  if (isStsHost(request.host)) return 'sts'
  if (/^iam\.(us-gov\.)?amazonaws\.com$/.test(request.host)) return 'iam'
  if (isKmsHost(request.host)) return 'kms'
  if (isDirectoryHost(request.host)) return 's3express'
  if (!request.direct) return isS3Host(request.host) ? 's3' : request.host
  const reading = readSignature(request)
  if (reading.kind === 'signed') return reading.signature.scope.service
  // Tokens are exchanged unsigned; GetCallerIdentity and the like may be asked so, to be told what is missing.
  const isForm = request.headers.get('content-type')?.startsWith('application/x-www-form-urlencoded') ?? false
  return queryValue(request, 'Action') !== undefined || (request.rawPath === '/' && isForm) ? 'sts' : 's3'
}
