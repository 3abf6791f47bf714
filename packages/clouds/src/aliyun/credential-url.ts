import type { PastedUrl } from '@sluice/core'
import { splitKeyPair } from '../url/key-pair-url.ts'

/** TiDB's parameters, and OSS's own names. A signature is no credential of a connection: it opens one object for a while. */
const FORM = {
  id: 'accessKeyId',
  secret: 'accessKeySecret',
  parameters: {
    'access-key': 'accessKeyId',
    'access-key-id': 'accessKeyId',
    'access-key-secret': 'accessKeySecret',
    'secret-access-key': 'accessKeySecret',
    'session-token': 'securityToken',
    'security-token': 'securityToken',
  },
}

/** Takes an AccessKey out of a URL of OSS. Anything else is left as it is. */
export function splitOssCredential(text: string): PastedUrl {
  return splitKeyPair(text, FORM)
}
