import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { crc32c } from '../../storage/crc32c.ts'
import { AwsError } from '../error.ts'

/** A checksum of S3's that is computed while a body passes by. */
export interface Checksum {
  readonly header: string
  /** As AWS writes it in messages. */
  readonly label: string
  update(chunk: Uint8Array): void
  digest(): string
}

const PREFIX = 'x-amz-checksum-'

/** Starts the checksum of a header `x-amz-checksum-…`; what S3 has and the lab does not is answered so. */
export function startChecksum(header: string): Checksum {
  const name = header.slice(PREFIX.length)
  if (name === 'sha1' || name === 'sha256') {
    const hash = createHash(name)
    return { header, label: name.toUpperCase(), update: (chunk) => void hash.update(chunk), digest: () => hash.digest('base64') }
  }
  if (name === 'crc32') return rolling(header, 'CRC32', (chunk, value) => crc32(chunk, value))
  if (name === 'crc32c') return rolling(header, 'CRC32C', crc32c)
  throw new AwsError(501, 'NotImplemented', `The lab does not implement the checksum ${name}.`)
}

/** The checksum header among headers or trailers, if there is one. `-type` and `-algorithm` say something else. */
export function checksumHeader(names: Iterable<string>): string | undefined {
  for (const name of names) if (name.startsWith(PREFIX) && !/-(type|algorithm|mode)$/.test(name)) return name
  return undefined
}

function rolling(header: string, label: string, step: (chunk: Uint8Array, value: number) => number): Checksum {
  let value = 0
  return {
    header,
    label,
    update: (chunk) => {
      value = step(chunk, value)
    },
    digest() {
      const bytes = Buffer.alloc(4)
      bytes.writeUInt32BE(value >>> 0)
      return bytes.toString('base64')
    },
  }
}
