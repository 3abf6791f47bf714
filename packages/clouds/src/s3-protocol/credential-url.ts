import type { PastedUrl } from '@sluice/core'
import { splitKeyPair } from '../url/key-pair-url.ts'

/** TiDB's parameters, and the names of the fields themselves. */
const FORM = {
  id: 'accessKeyId',
  secret: 'secretAccessKey',
  parameters: {
    'access-key': 'accessKeyId',
    'access-key-id': 'accessKeyId',
    'secret-access-key': 'secretAccessKey',
    'session-token': 'sessionToken',
  },
}

/** Takes a key pair out of a URL of S3. Anything else is left as it is. */
export function splitS3Credential(text: string): PastedUrl {
  return splitKeyPair(text, FORM)
}
