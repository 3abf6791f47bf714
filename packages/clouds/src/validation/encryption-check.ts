import type { CheckPlan } from '@sluice/core'
import { needs } from './bucket-checks.ts'
import type { ValidationContext } from './context.ts'
import { failed, overLocations, passed, skipped } from './outcomes.ts'
import { because, pick } from './read-checks.ts'
import type { ReadProbe } from './read-probe.ts'
import type { WriteProbes } from './write-probes.ts'

/** The KMS key of what is read and written lets us use it. The requests are those of the reading and writing checks. */
export function encryptionKeyUsable(context: ValidationContext, reads: readonly ReadProbe[], writes: readonly WriteProbes[]): CheckPlan {
  const { access } = context.connection
  const { dialect } = context
  const listing = access.includes('list') && access.includes('read') && context.locations.some((location) => location.extent !== 'object')
  return {
    name: 'encryption-key-usable',
    needs: listing ? ['lists-under-prefix'] : needs(context, ['bucket-is-the-expected-one', 'region-matches']),
    run: (signal) =>
      overLocations(context.locations, async (location, index) => {
        const read = access.includes('read') ? await pick(reads, index)(signal) : undefined
        if (read?.kind === 'kms')
          return failed(
            read.ms,
            'encryption.key_refuses',
            `${dialect.keyService} refuses to decrypt ${location.bucket}/${read.key}${because(context, read.denial)}.`,
            context.remedies.encryption({ location, key: read.key, actions: dialect.permissions.decrypt }, read.denial),
            read.denial,
          )
        if (read?.kind === 'kms-state')
          return failed(
            read.ms,
            'encryption.key_unusable',
            `The key of ${location.bucket}/${read.key} cannot be used: ${read.error.provider?.message ?? read.error.message}`,
            context.remedies.keyState({ location, key: read.key, actions: dialect.permissions.decrypt }),
            read.error,
          )
        const write = access.includes('write') ? await pick(writes, index).write(signal) : undefined
        if (write?.kind === 'kms')
          return failed(
            write.ms,
            'encryption.key_refuses',
            `${dialect.keyService} refuses to encrypt what we write to ${location.bucket}${because(context, write.denial)}.`,
            context.remedies.encryption({ location, actions: dialect.permissions.encrypt }, write.denial),
            write.denial,
          )
        if (read?.kind === 'read' && read.object.kmsKeyId !== undefined) return passed(read.ms, read.object.kmsKeyId)
        if (write?.kind === 'written' && write.kmsKeyId !== undefined) return passed(write.ms, write.kmsKeyId)
        if (write?.kind === 'written' && write.unstored === true) return skipped('Nothing was stored, so that no key had to encrypt it.')
        return skipped(`No ${dialect.keyService} key is in use on what was read and written.`)
      }),
  }
}
