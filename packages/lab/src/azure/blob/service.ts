import { writeXml } from '../../http/xml.ts'
import type { Answer } from '../../http/answer.ts'
import { cloudOperation, type CloudCall, type CloudOperation } from '../../http/cloud.ts'
import type { LabRequest } from '../../http/request.ts'
import { authenticate } from '../auth/authenticate.ts'
import { authorize } from '../auth/authorize.ts'
import { demandKeyUsable } from './customer-key.ts'
import { AzureError, invalidHeader, notImplemented } from '../error.ts'
import type { AzureState } from '../state/types.ts'
import { versionOf } from './call.ts'
import { BLOB_HANDLERS } from './operations.ts'
import { routeBlob, type BlobTarget } from './route.ts'

/** Recognises a request to Blob Storage; undefined for a host that is none of its. */
export function identifyBlob(state: AzureState, request: LabRequest): CloudOperation | undefined {
  const target = routeBlob(request)
  if (target === undefined) return undefined
  return cloudOperation(
    {
      operation: `azure.${target.operation.replaceAll(/[^A-Za-z0-9]/g, '')}`,
      ...(target.container === undefined ? {} : { bucket: target.container }),
      ...(target.blob === undefined ? {} : { key: target.blob }),
      run: (call) => run(state, call, target),
      refuse: (error) => refuse(state, request, error),
    },
    AzureError,
    (id) => commonHeaders(request, id),
  )
}

async function run(state: AzureState, call: CloudCall, target: BlobTarget): Promise<Answer> {
  const account = state.accounts.get(target.account)
  // There is no such host: its name would not resolve, and nobody would answer.
  if (account === undefined) return hangUp(call)
  checkVersion(call.request)
  const blobRequest = { ...call, state, account, target }
  const caller = await authenticate(blobRequest)
  call.identified(caller.name)
  if (target.known === undefined) throw notImplemented(`the operation ${target.operation} of Blob Storage`)
  authorize(blobRequest, caller, target.known)
  demandKeyUsable(account.customerKey, target.known)
  const handler = BLOB_HANDLERS[target.known]
  if (!handler) throw notImplemented(`the operation ${target.operation} of Blob Storage`)
  return handler({ ...blobRequest, caller })
}

async function hangUp({ request }: CloudCall): Promise<Answer> {
  request.incoming.socket.destroy()
  return { status: 404, headers: {} }
}

/** The newest version the lab knows. */
const NEWEST_VERSION = '2026-10-06'

function checkVersion(request: LabRequest): void {
  const version = request.headers.get('x-ms-version')
  if (version !== undefined && (!/^\d{4}-\d{2}-\d{2}$/.test(version) || version > NEWEST_VERSION))
    throw invalidHeader('x-ms-version', version)
}

function commonHeaders(request: LabRequest, id: string): { readonly [name: string]: string } {
  const clientId = request.headers.get('x-ms-client-request-id')
  return {
    'x-ms-request-id': guidOf(id),
    'x-ms-version': versionOf(request) === '' ? '2015-02-21' : versionOf(request),
    ...(clientId === undefined ? {} : { 'x-ms-client-request-id': clientId }),
  }
}

/** Azure's request ids are GUIDs; the lab's ids become one. */
function guidOf(id: string): string {
  const hex = Buffer.from(id).toString('hex').padEnd(32, '0')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
}

function refuse(state: AzureState, request: LabRequest, error: AzureError): Answer {
  const time = new Date(state.clock.now()).toISOString().replace('Z', '0000Z')
  const body = writeXml([
    'Error',
    [['Code', error.code], ['Message', `${error.message}\nRequestId:${guidOf(request.id)}\nTime:${time}`], ...error.details],
  ])
  return {
    status: error.status,
    headers: {
      'x-ms-error-code': error.code,
      'content-type': 'application/xml',
      ...error.headers,
    },
    body: Buffer.from(body),
    code: error.code,
  }
}
