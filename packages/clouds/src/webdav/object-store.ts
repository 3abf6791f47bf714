import {
  type Access,
  type HttpResponse,
  type ObjectBody,
  type ObjectInfo,
  type ObjectStore,
  type PutRequest,
  type StoreCapabilities,
  accessError,
  isAccessError,
} from '@sluice/core'
import { discard } from '../http/body.ts'
import { contentLength, rangeHeader, sizeOfRanged } from '../store/ranges.ts'
import { type WebdavCaller, requirePath } from './call.ts'
import { entryAt, isoTime } from './collection.ts'
import { listFolders } from './listing.ts'

/** The driver of one share: files for objects, and folders made where a key needs them. */
export function createWebdavStore(share: string, capabilities: StoreCapabilities, call: WebdavCaller): ObjectStore {
  const stat = async (key: string, access: Access, signal: AbortSignal): Promise<ObjectInfo> =>
    fileOf((await entryAt(call, requirePath(key), access, signal)).file, key)

  const head: ObjectStore['head'] = async (key, { ifMatch, versionId }, signal) => {
    refuseVersion(versionId)
    return matching(await stat(key, 'read', signal), ifMatch)
  }

  const get: ObjectStore['get'] = async (key, { range, ifMatch, versionId }, signal): Promise<ObjectBody> => {
    refuseVersion(versionId)
    const headers = {
      // Bytes as they are stored: a length and a range are of those.
      'accept-encoding': 'identity',
      ...(range === undefined ? {} : { range: rangeHeader(range) }),
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
    }
    const response = await call({ method: 'GET', access: 'read', key: requirePath(key), headers }, signal)
    try {
      const length = contentLength(response, 'webdav.GET')
      if (range !== undefined && length === 0 && response.status === 200)
        throw accessError('object.range', { message: `The object ${key} has no bytes.` })
      // A page about a folder has no entity tag, and nothing without one can be pinned.
      const etag = fileOf(response.headers['etag'], key)
      const size = range === undefined ? length : sizeOfRanged(response, range, length)
      return { info: matching(infoOf(key, size, etag, response), ifMatch), body: response.body, length }
    } catch (error) {
      await discard(response)
      throw error
    }
  }

  const put = async (key: string, body: Uint8Array, request: PutRequest, signal: AbortSignal): Promise<ObjectInfo> => {
    if (request.ifNoneMatch !== undefined && !capabilities.conditionalPut) throw unsupported('a put that must not overwrite')
    const headers = {
      ...(request.contentType === undefined ? {} : { 'content-type': request.contentType }),
      ...(request.ifNoneMatch === undefined ? {} : { 'if-none-match': request.ifNoneMatch }),
    }
    const send = () => call({ method: 'PUT', access: 'write', key: requirePath(key), headers, body }, signal)
    try {
      await discard(await send().catch((error: unknown) => afterMakingFolders(call, key, error, send, signal)))
    } catch (error) {
      if (request.ifNoneMatch === undefined || !isAccessError(error) || error.reason !== 'object.changed') throw error
      throw accessError('object.exists', { message: `There is an object ${key} of share ${share} already.`, cause: error })
    }
    return stat(key, 'write', signal)
  }

  return {
    cloud: 'webdav',
    bucket: share,
    capabilities,
    head,
    get,
    put,
    listPage: (request, signal) => listFolders(call, request, signal),
    delete: async (key, { versionId }, signal) => {
      refuseVersion(versionId)
      try {
        // DELETE of a folder takes all that is in it: a key that is a folder names no object, and nothing is deleted.
        await stat(key, 'delete', signal)
        await discard(await call({ method: 'DELETE', access: 'delete', key, headers: {} }, signal))
      } catch (error) {
        if (!isAccessError(error) || error.reason !== 'object.missing') throw error
      }
    },
    createMultipart: () => Promise.reject(unsupported('uploads in parts')),
    uploadPart: () => Promise.reject(unsupported('uploads in parts')),
    completeMultipart: () => Promise.reject(unsupported('uploads in parts')),
    abortMultipart: () => Promise.reject(unsupported('uploads in parts')),
    presign: () => Promise.reject(unsupported('presigned requests')),
  }
}

/** Makes the folders of a key that a server refused for want of them (409), and puts again. https://www.rfc-editor.org/rfc/rfc4918#section-9.7.1 */
async function afterMakingFolders(
  call: WebdavCaller,
  key: string,
  error: unknown,
  again: () => Promise<HttpResponse>,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const folders = key.split('/').slice(0, -1)
  // Some servers say 404 where the standard wants 409.
  const status = isAccessError(error) ? error.provider?.status : undefined
  if (folders.length === 0 || (status !== 409 && status !== 404)) throw error
  for (const index of folders.keys()) {
    const folder = `${folders.slice(0, index + 1).join('/')}/`
    try {
      await discard(await call({ method: 'MKCOL', access: 'write', key: folder }, signal))
    } catch (failure) {
      // 405: it is there already.
      if (!isAccessError(failure) || failure.provider?.status !== 405) throw failure
    }
  }
  return again()
}

function infoOf(key: string, size: number, etag: string, { headers }: HttpResponse): ObjectInfo {
  const contentType = headers['content-type']
  return { key, size, etag, lastModified: isoTime(headers['last-modified']), ...(contentType === undefined ? {} : { contentType }) }
}

/** The thing itself where the key names a file; a folder is no object. */
function fileOf<T>(found: T | undefined, key: string): T {
  if (found !== undefined) return found
  throw accessError('object.missing', { message: `${key} is a folder, or the server tells no entity tag of it.` })
}

function matching(info: ObjectInfo, ifMatch: string | undefined): ObjectInfo {
  if (ifMatch === undefined || ifMatch === info.etag) return info
  throw accessError('object.changed', { message: `The object ${info.key} is another one than was asked for.` })
}

function refuseVersion(versionId: string | undefined): void {
  if (versionId !== undefined) throw unsupported('versions')
}

function unsupported(what: string): Error {
  return accessError('store.unsupported', { message: `A WebDAV share does not offer ${what}.` })
}
