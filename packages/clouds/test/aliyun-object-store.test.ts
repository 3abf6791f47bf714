import { testObjectStore } from '@sluice/conformance'
import type { Connection } from '@sluice/core'
import { ALIYUN_AUTH, OSS_BUCKET, aliyunConnection, keysConnection, startAliyunWorld } from './support/aliyun-world.ts'
import { openWithLease, sendPresigned } from './support/aws-world.ts'

for (const method of ['role', 'oidc'] as const)
  testObjectStore(`aliyun, by ${method}`, {
    open: async () => {
      const world = await startAliyunWorld()
      const connection: Connection = aliyunConnection({ auth: ALIYUN_AUTH[method] })
      const { store } = await openWithLease(world.aliyun, connection, world.aliyun.parse(`oss://${OSS_BUCKET}/suite/`))
      return { store, prefix: 'suite/', send: sendPresigned(world.transport), close: world.close }
    },
  })

testObjectStore('aliyun, by AccessKey', {
  open: async () => {
    const world = await startAliyunWorld()
    const { connection, secret } = keysConnection(world)
    const whole = world.aliyun.parse(`oss://${OSS_BUCKET}/`)
    const { store } = await openWithLease(world.aliyun, connection, whole, ['list', 'read', 'write', 'delete'], secret)
    return { store, prefix: 'suite/', send: sendPresigned(world.transport), close: world.close }
  },
})
