import { type Connection, type Platform, type Setup, type SetupOptions, accessError } from '@sluice/core'
import { outermost } from '../setup/locations.ts'
import { promiseOf, words } from '../setup/promise.ts'

/** What the admin of the server does: WebDAV has no language for permissions, so that it is a step in words. */
export function setupWebdav(connection: Connection, _platform: Platform, options: SetupOptions): Setup {
  const [option] = Object.keys(options)
  if (option !== undefined)
    throw accessError('setup.option_conflict', { message: `A WebDAV server has nothing that the option ${option} could be for.` })
  const { auth, access, cloud, settings } = connection
  const locations = outermost(connection)
  const shared = { cloud, method: auth.method, promise: promiseOf(access, locations, 'webdav://'), artifacts: [], proofs: [] }
  const facts = [{ label: 'Server', value: settings.endpoint ?? '' }]
  if (auth.method === 'none')
    return { ...shared, facts, routes: [], removal: [], warnings: ['Sluice reads this without a user, so anybody else can too.'] }
  const user = auth.fields['user'] ?? 'sluice'
  const folders = words(
    locations.map(({ bucket, prefix }) => `${bucket}/${prefix}`),
    'and',
  )
  const where = 'The administration of the server'
  return {
    ...shared,
    facts: [...facts, { label: 'User name', value: user }],
    routes: [
      {
        id: 'console',
        title: 'By hand',
        artifacts: [],
        steps: [
          {
            title: 'Make the user and share the folder',
            where,
            body: `Create the user ${user}, or use it, and let it ${words(access, 'and')} in ${folders}, nowhere else. Where the server has passwords for single applications, make one of these.`,
          },
        ],
      },
    ],
    removal: [{ title: 'Take the user back', where, body: `Remove the user ${user} or its share of ${folders}.` }],
    warnings: ['Servers differ in what they enforce: validation shows whether this one refuses what lies outside.'],
  }
}
