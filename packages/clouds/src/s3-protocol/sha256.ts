import { createHash, createHmac } from 'node:crypto'

type Source = string | ArrayBuffer | ArrayBufferView

/** SHA-256, keyed or plain, in the shape the signer constructs. A class because the signer calls `new`. */
export class Sha256 {
  readonly #hash

  constructor(secret?: Source) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret))
  }

  update(data: Source): void {
    this.#hash.update(bytesOf(data))
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest())
  }
}

function bytesOf(source: Source): string | Uint8Array {
  if (typeof source === 'string') return source
  return ArrayBuffer.isView(source) ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength) : new Uint8Array(source)
}
