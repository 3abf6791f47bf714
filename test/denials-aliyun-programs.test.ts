import { testDenials } from './support/denials.ts'
import { startAliyunWorld } from './support/denials-aliyun.ts'
import { PROGRAMS } from './support/aliyun-denials/programs.ts'

testDenials('another program that OSS refuses, for', () => startAliyunWorld(), PROGRAMS)
