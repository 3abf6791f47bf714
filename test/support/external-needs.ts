import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { azuriteProgram } from '../../packages/clouds/test/support/azurite-program.ts'

const RGW = ['radosgw', 'ceph-mon', 'ceph-osd']

/** What the suites run against, as programs of the PATH or as files: everything that test/tools/install-external.sh brings. */
export const NEEDS: { readonly [suite: string]: readonly string[] } = {
  'packages/clouds/test/azurite.external.test.ts': [azuriteProgram()],
  'packages/clouds/test/rgw.external.test.ts': RGW,
  'packages/clouds/test/setup.external.test.ts': ['python3', 'shellcheck', '/usr/bin/aws'],
  'packages/clouds/test/webdav.external.test.ts': ['/usr/bin/rclone'],
  'packages/lab/test/clients.external.test.ts': ['/usr/bin/aws', '/usr/bin/rclone', '/usr/lib/python3/dist-packages/boto3'],
  'packages/store/test/postgres.external.test.ts': ['/usr/lib/postgresql'],
  'test/azurite-diagnosis.external.test.ts': [azuriteProgram()],
  'test/azurite.external.test.ts': [azuriteProgram()],
  'test/evidence.external.test.ts': ['/usr/bin/aws', 'shellcheck'],
  'test/openapi.external.test.ts': ['python3'],
  'test/policy-second-opinion.external.test.ts': RGW,
  'test/postgres-server.external.test.ts': ['/usr/lib/postgresql'],
}

/** The suites that cannot run on this machine. Each is said by name with what it lacks. */
export function suitesThatCannotRun(path: string): readonly string[] {
  const isThere = (need: string): boolean =>
    need.startsWith('/') ? existsSync(need) : path.split(delimiter).some((folder) => existsSync(join(folder, need)))
  return Object.entries(NEEDS).flatMap(([suite, needs]) => {
    const missing = needs.filter((need) => !isThere(need))
    if (missing.length === 0) return []
    process.stdout.write(`cannot run here: ${suite} needs ${missing.join(', ')}: bash test/tools/install-external.sh\n`)
    return [suite]
  })
}
