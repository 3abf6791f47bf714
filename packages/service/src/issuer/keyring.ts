import { isAccessError, type AuditEvent, type SigningKey } from '@sluice/core'
import { importJWK, type CryptoKey } from 'jose'
import type { ServiceDeps } from '../shared/deps.ts'
import { ALGORITHM, makeKeyPair } from './key-pair.ts'
import { nextIsDueAt, publishedKeys, signingKey, type Rotation } from './schedule.ts'

type KeyringDeps = Pick<ServiceDeps, 'store' | 'clock'> & { readonly rotation: Rotation }

/** Whoever caused a key to be made. */
export type Rotator = Pick<AuditEvent, 'actor'> & Partial<Pick<AuditEvent, 'requestId'>>

/** The signing keys, brought up to date whenever they are looked at: nothing has to run in between. */
export interface Keyring {
  keys(): Promise<readonly SigningKey[]>
  /** The key that signs now, its private part ready for use. */
  signer(): Promise<{ readonly id: string; readonly key: CryptoKey }>
  /**
   * `next` makes the key that follows, unless it is there and waits for its time.
   * `withdraw` makes one that signs at once and takes every other back: what they signed counts no more.
   */
  rotate(mode: 'next' | 'withdraw', by: Rotator): Promise<void>
}

const SCHEDULE: Rotator = { actor: 'system' }

export function createKeyring({ store, clock, rotation }: KeyringDeps): Keyring {
  let opened: { readonly id: string; readonly key: CryptoKey } | undefined
  let making: Promise<void> | undefined

  async function keys(): Promise<readonly SigningKey[]> {
    const stored = await store.signingKeys.list()
    if (clock.now() < nextIsDueAt(stored, rotation)) return stored
    // Making a key takes a while: whoever comes meanwhile waits for the same one.
    await (making ??= follow(stored, 'next', SCHEDULE).finally(() => {
      making = undefined
    }))
    return store.signingKeys.list()
  }

  async function follow(stored: readonly SigningKey[], mode: 'next' | 'withdraw', by: Rotator): Promise<void> {
    const { privateKey, ...pair } = await makeKeyPair()
    const now = clock.now()
    const isFirst = stored.length === 0
    const key: SigningKey = {
      ...pair,
      generation: (stored.at(-1)?.generation ?? 0) + 1,
      createdAt: new Date(now).toISOString(),
      signsFrom: new Date(mode === 'withdraw' || isFirst ? now : now + rotation.aheadMs).toISOString(),
    }
    const staying = mode === 'withdraw' ? [] : publishedKeys(stored, now)
    const retired = stored.filter((one) => !staying.includes(one)).map(({ id }) => id)
    const events = await rotationEvents(key, mode, by)
    try {
      await store.signingKeys.add(key, privateKey, { retired, events })
    } catch (error) {
      if (!isAccessError(error) || error.reason !== 'store.duplicate') throw error
      // Another node was first, and its key does as well; but what was to be withdrawn is still there.
      if (mode === 'withdraw') await follow(await store.signingKeys.list(), mode, by)
    }
  }

  /** A key is everybody's: each project reads of it in its own audit events. */
  async function rotationEvents({ id, createdAt, signsFrom }: SigningKey, mode: 'next' | 'withdraw', by: Rotator) {
    const projects = await store.projects.list()
    return projects.map((project): AuditEvent => ({
      ...by,
      at: createdAt,
      organization: project.organization,
      project: project.id,
      action: 'issuer.rotate',
      target: id,
      result: 'ok',
      details: { signsFrom, othersWithdrawn: mode === 'withdraw' },
    }))
  }

  return {
    keys,

    async signer() {
      for (;;) {
        const id = signingKey(await keys(), clock.now())?.id
        if (id === undefined) continue
        if (opened?.id === id) return opened
        const privateKey = await store.signingKeys.privateKey(id)
        // Withdrawn by another node since the list was read: the next list has another key.
        if (privateKey !== undefined) opened = { id, key: await importJWK({ ...privateKey, kty: 'RSA' as const }, ALGORITHM) }
      }
    },

    async rotate(mode, by) {
      const stored = await keys()
      const waits = Date.parse(stored.at(-1)?.signsFrom ?? '') > clock.now()
      if (mode === 'withdraw' || !waits) await follow(stored, mode, by)
    },
  }
}
