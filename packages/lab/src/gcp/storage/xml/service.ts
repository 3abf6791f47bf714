import type { Answer } from '../../../http/answer.ts'
import type { LabRequest } from '../../../http/request.ts'
import type { Call, Identified } from '../../call.ts'
import { notImplemented } from '../../error.ts'
import { demandBucket, storageCaller, type BucketCall, type StorageCall } from '../context.ts'
import { deleteObject } from '../delete.ts'
import { getXmlObject, putXmlObject } from './objects.ts'
import { refuseXml } from './refuse.ts'
import { routeXml } from './route.ts'
import { isSignedUrl, verifySignedUrl } from './signature.ts'

const OPERATIONS: { readonly [operation: string]: (call: BucketCall) => Promise<Answer> } = {
  GetObject: getXmlObject,
  HeadObject: getXmlObject,
  PutObject: putXmlObject,
  DeleteObject: deleteObject,
}

/** The Cloud Storage XML API, as far as signed URLs need it. https://cloud.google.com/storage/docs/xml-api/overview */
export function identifyXml(request: LabRequest): Identified {
  const { operation, bucket, key } = routeXml(request)
  return {
    operation: `gcs.${operation}`,
    ...(bucket === undefined ? {} : { bucket }),
    ...(key === undefined ? {} : { key }),
    refuse: refuseXml,
    run: async (call) => {
      const run = OPERATIONS[operation]
      if (!run || bucket === undefined || key === undefined) throw notImplemented(`${request.method} ${request.rawPath}`)
      return run(demandBucket(xmlCall(call), bucket, key))
    },
  }
}

function xmlCall(call: Call): StorageCall {
  if (!isSignedUrl(call.request)) return { ...call, caller: storageCaller(call) }
  const caller = verifySignedUrl(call.state, call.request)
  call.identified(caller.name)
  return { ...call, caller }
}
